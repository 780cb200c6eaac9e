"""Capture: a stranger's generator runs once, apart, and leaves a program as data.

``sources`` reads the submission, ``sandbox`` chooses what it is shut into, ``process`` runs
``child`` there with the texts of ``plain`` and ``problem`` and takes one frame back.
"""

import re
import shlex
import sys
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from frozen.decode import read_json
from frozen.errors import FrozenError
from frozen.problem import Shape

from ..artifact.build import BUILD_SECONDS, Dump, parse_dump
from ..base.errors import GeneratorFailed, NotReproducible
from .process import run_generator
from .sandbox import Sandbox, best_sandbox
from .sources import PROBLEM, Submission, read_submission

BUILDS = 2
REFUSAL = b'{"refused"'
_NO_NAME = re.compile(r"cannot import name '.*' from 'problem'|module 'problem' has no attribute")
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([A-Za-z]\w*)[.']")


@dataclass(frozen=True)
class Capture:
    """What a generator built, how often it built the same, and in what sandbox."""

    dump: Dump
    builds: int
    sandbox: Sandbox
    set_aside: tuple[str, ...]  # what of the folder was not handed over, each with its reason


def capture(
    path: Path,
    shape: Shape,
    builds: int = BUILDS,
    seconds: float = BUILD_SECONDS,
    sandbox: Sandbox | None = None,
    own_problem: bool = False,
) -> Capture:
    """Run the ``KernelBuilder`` of a Python file, or of the folder that holds one.

    It is built ``builds`` times, each under another hash seed and within ``seconds``; with
    ``own_problem`` on the folder's own ``problem.py`` in place of ours. Raises ``Unreadable`` if
    the files cannot be used, ``GeneratorFailed`` if no program comes back, ``NotReproducible`` if
    two programs differ. What this process starts meanwhile, in another thread, is taken for the
    generator's and killed with it.
    """
    submission = read_submission(path, own_problem)
    sandbox = sandbox or best_sandbox()
    name = f"{path}: KernelBuilder"
    first = _once(submission, sandbox, shape, 1, seconds, name)
    dump = _decode(first, shape, name, submission)
    for seed in range(2, builds + 1):
        again = _once(submission, sandbox, shape, seed, seconds, name)
        if (
            again != first
            and (program := _decode(again, shape, name, submission).program) != dump.program
        ):
            raise NotReproducible(
                f"{name}: {_difference(dump.program, program, seed)}",
                "seed its random numbers and iterate over no set; --builds 1 takes the first",
            )
    generator = {
        "name": submission.name,
        "version": "1",
        "sources_sha256": submission.sources_sha256,
    }
    return Capture(
        replace(dump, generator=generator, names=None), builds, sandbox, submission.set_aside
    )


def _once(
    submission: Submission, sandbox: Sandbox, shape: Shape, seed: int, seconds: float, name: str
) -> bytes:
    height, rounds, batch = shape
    job = {"params": shape._asdict(), "arguments": [height, shape.n_nodes, batch, rounds]}
    try:
        return run_generator(submission, sandbox, job, seed, seconds)
    except GeneratorFailed as error:
        raise GeneratorFailed(f"{name}: {error}", error.hint) from None


def _decode(body: bytes, shape: Shape, name: str, submission: Submission) -> Dump:
    """The child's answer: an instruction dump for the shape asked for, or its refusal."""
    if body.startswith(REFUSAL):
        try:
            reason = read_json(body)["refused"]
        except (FrozenError, KeyError) as error:
            raise GeneratorFailed(f"{name}: its result is no JSON document: {error}") from None
        raise GeneratorFailed(f"{name}: {reason!s:.600}", _way_out(str(reason), submission))
    dump = parse_dump(body, name)
    if dump.shape != shape:
        raise GeneratorFailed(f"{name}: its result is for {dump.shape}, asked for {shape}")
    return dump


def _way_out(reason: str, submission: Submission) -> str:
    """What a person can do about a refusal, or nothing."""
    if submission.own_problem and PROBLEM not in submission.files and _NO_NAME.search(reason):
        return "the folder's own problem.py was set aside; --problem theirs gives it to the builder"
    if missing := _NO_MODULE.search(reason):
        install = shlex.join([sys.executable, "-m", "pip", "install", missing[1]])
        return (
            f"the builder needs a package: if you trust it, install it beside cycleproof: {install}"
        )
    if submission.set_aside:
        return f"set aside, not handed to the builder: {'; '.join(submission.set_aside[:5])}"
    return ""


def _difference(first: list[Any], again: list[Any], seed: int) -> str:
    pairs = zip_longest(first, again)
    bundle = next(n for n, (one, other) in enumerate(pairs) if one != other)
    return (
        f"builds 1 and {seed} differ, under different hash seeds: {len(first)} and {len(again)}"
        f" bundles, the first that differs is bundle {bundle}"
    )
