"""Capture: a stranger's generator runs once, apart, and leaves a program as data.

``sources`` reads the submission, ``sandbox`` chooses what it is shut into, ``process`` runs
``child`` there with the texts of ``plain`` and ``problem`` and takes one frame back.
"""

from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from frozen.decode import read_json
from frozen.errors import FrozenError
from frozen.problem import Shape

from ..build import BUILD_SECONDS, Dump, parse_dump
from ..errors import GeneratorFailed, NotReproducible
from .process import run_generator
from .sandbox import Sandbox, best_sandbox
from .sources import Submission, read_submission

BUILDS = 2


@dataclass(frozen=True)
class Capture:
    """What a generator built, how often it built the same, and in what sandbox."""

    dump: Dump
    builds: int
    sandbox: Sandbox


def capture(
    path: Path,
    shape: Shape,
    builds: int = BUILDS,
    seconds: float = BUILD_SECONDS,
    sandbox: Sandbox | None = None,
) -> Capture:
    """Run the ``KernelBuilder`` of a Python file, or of the folder that holds one.

    It is built ``builds`` times, each under another hash seed and within ``seconds``. Raises
    ``Unreadable`` if the files cannot be used, ``GeneratorFailed`` if no program comes back,
    ``NotReproducible`` if two programs differ.
    """
    submission = read_submission(path)
    sandbox = sandbox or best_sandbox()
    name = f"{path}: KernelBuilder"
    first = _once(submission, sandbox, shape, 1, seconds, name)
    for seed in range(2, builds + 1):
        again = _once(submission, sandbox, shape, seed, seconds, name)
        if again.program != first.program:
            raise NotReproducible(
                f"{name}: {_difference(first.program, again.program, seed)}",
                "seed its random numbers and iterate over no set; --builds 1 takes the first",
            )
    return Capture(first, builds, sandbox)


def _once(
    submission: Submission, sandbox: Sandbox, shape: Shape, seed: int, seconds: float, name: str
) -> Dump:
    height, rounds, batch = shape
    job = {"params": shape._asdict(), "arguments": [height, shape.n_nodes, batch, rounds]}
    try:
        body = run_generator(submission, sandbox, job, seed, seconds)
        _raise_refusal(body)
    except GeneratorFailed as error:
        raise GeneratorFailed(f"{name}: {error}", error.hint) from None
    dump = parse_dump(body, name)
    if dump.shape != shape:
        raise GeneratorFailed(f"{name}: its result is for {dump.shape}, asked for {shape}")
    generator = {
        "name": submission.name,
        "version": "1",
        "sources_sha256": submission.sources_sha256,
    }
    return replace(dump, generator=generator, names=None)


def _raise_refusal(body: bytes) -> None:
    try:
        document = read_json(body)
    except FrozenError as error:
        raise GeneratorFailed(f"its result is no JSON document: {error}") from None
    if isinstance(document, dict) and "refused" in document:
        raise GeneratorFailed(str(document["refused"])[:600])


def _difference(first: list[Any], again: list[Any], seed: int) -> str:
    pairs = zip_longest(first, again)
    bundle = next(n for n, (one, other) in enumerate(pairs) if one != other)
    return (
        f"builds 1 and {seed} differ, under different hash seeds: {len(first)} and {len(again)}"
        f" bundles, the first that differs is bundle {bundle}"
    )
