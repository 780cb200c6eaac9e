"""Capture: a stranger's generator runs once, apart, and leaves a program as data.

``sources`` reads the generator's files, ``sandbox`` chooses where it is shut in, ``process`` runs
``child`` there with the texts of ``plain`` and ``problem`` and takes one frame back.
"""

import re
import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from frozen.artifact import read_json
from frozen.errors import FrozenError
from frozen.problem import Shape

from ..artifact.build import BUILD_SECONDS, Dump, parse_dump
from ..base.errors import GeneratorFailed, NotReproducible
from .process import run_generator
from .sandbox import Sandbox, best_sandbox
from .sources import PROBLEM, Sources, read_sources

BUILDS = 2
SLOW_SECONDS = 120  # a first build beyond this is not repeated unless that is asked for
REFUSAL = b'{"refused"'
_NO_NAME = re.compile(r"cannot import name '.*' from 'problem'|module 'problem' has no attribute")
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([A-Za-z]\w*)[.']")


Progress = Callable[[int, float], None]


@dataclass(frozen=True)
class Capture:
    """What a generator built, how often it built the same, and in what sandbox."""

    dump: Dump
    builds: int
    seconds: float  # of the first build
    sandbox: Sandbox
    set_aside: tuple[str, ...]  # what the builder did not get: file names with reasons


def capture(
    path: Path,
    shape: Shape,
    builds: int | None = None,
    seconds: float = BUILD_SECONDS,
    sandbox: Sandbox | None = None,
    own_problem: bool = False,
    progress: Progress = lambda _build, _seconds: None,
) -> Capture:
    """Run the ``KernelBuilder`` of a Python file, or of the folder that holds one.

    It is built ``builds`` times, each under another hash seed and within ``seconds``: twice if that
    is left open, but only once where the first build takes more than ``SLOW_SECONDS``. With
    ``own_problem`` it is built on the folder's own ``problem.py`` in place of ours. ``progress``
    is called a few times a second with the build's number and its seconds so far.

    Raises ``Unreadable`` if the files cannot be used, ``GeneratorFailed`` if no program comes back,
    ``NotReproducible`` if two programs differ. A child that this process starts meanwhile, in
    another thread, is taken for the generator's and killed with it.
    """
    sources = read_sources(path, own_problem)
    sandbox = sandbox or best_sandbox()
    name = f"{path}: KernelBuilder"

    def once(seed: int) -> bytes:
        return _once(sources, sandbox, shape, seed, seconds, name, partial(progress, seed))

    began = time.monotonic()
    first = once(1)
    took = time.monotonic() - began
    if builds is None:
        builds = BUILDS if took <= SLOW_SECONDS else 1
    dump = _decode(first, shape, name, sources)
    for seed in range(2, builds + 1):
        again = once(seed)
        if (
            again != first
            and (program := _decode(again, shape, name, sources).program) != dump.program
        ):
            raise NotReproducible(
                f"{name}: {_difference(dump.program, program, seed)}",
                "seed its random numbers and iterate over no set; --builds 1 takes the first",
            )
    generator = {
        "name": sources.name,
        "version": "1",
        "sources_sha256": sources.sources_sha256,
    }
    return Capture(
        replace(dump, generator=generator, names=None),
        builds,
        took,
        sandbox,
        sources.set_aside,
    )


def _once(
    sources: Sources,
    sandbox: Sandbox,
    shape: Shape,
    seed: int,
    seconds: float,
    name: str,
    tick: Callable[[float], None],
) -> bytes:
    height, rounds, batch = shape
    job = {"params": shape._asdict(), "arguments": [height, shape.n_nodes, batch, rounds]}
    try:
        return run_generator(sources, sandbox, job, seed, seconds, tick)
    except GeneratorFailed as error:
        raise GeneratorFailed(f"{name}: {error}", error.hint) from None


def _decode(body: bytes, shape: Shape, name: str, sources: Sources) -> Dump:
    """The child's answer: an instruction dump for the shape asked for, or its refusal."""
    if body.startswith(REFUSAL):
        try:
            reason = read_json(body)["refused"]
        except (FrozenError, KeyError) as error:
            raise GeneratorFailed(f"{name}: its result is no JSON document: {error}") from None
        raise GeneratorFailed(f"{name}: {reason!s:.600}", _way_out(str(reason), sources))
    dump = parse_dump(body, name)
    if dump.shape != shape:
        raise GeneratorFailed(f"{name}: its result is for {dump.shape}, asked for {shape}")
    return dump


def _way_out(reason: str, sources: Sources) -> str:
    """The next step after a refusal; ``""`` where there is none."""
    if _NO_NAME.search(reason) and PROBLEM not in sources.files:
        if "problem" in sources.left_out:
            return (
                "the folder's own problem.py was set aside;"
                " --problem theirs gives it to the builder"
            )
        return (
            "the challenge's problem.py has no such name: put that of the builder's author beside"
            " it, and give it to the builder by --problem theirs"
        )
    missing = _NO_MODULE.search(reason)
    if missing and missing[1] in sources.left_out:
        return (
            f"{missing[1]} of its folder is never handed over; let the builder import what it needs"
            " from a file beside it, or from problem"
        )
    if missing:
        install = shlex.join([sys.executable, "-m", "pip", "install", missing[1]])
        return (
            f"the builder needs a package that has the module {missing[1]}: if you trust it,"
            f" install it beside cycleproof, where it has the same name by: {install}"
        )
    if sources.set_aside:
        return f"set aside, not handed to the builder: {'; '.join(sources.set_aside[:5])}"
    return ""


def _difference(first: list[Any], again: list[Any], seed: int) -> str:
    pairs = zip_longest(first, again)
    bundle = next(n for n, (one, other) in enumerate(pairs) if one != other)
    return (
        f"builds 1 and {seed} differ, under different hash seeds: {len(first):,} and {len(again):,}"
        f" bundles, the first that differs is bundle {bundle}"
    )
