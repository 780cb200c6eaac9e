"""The audit of every recipe at the judged shape, and at small shapes of ten transformed programs,
of the tests' kernels with jumps that depend on data or ops spelled otherwise, and of a stranger's.

    python -m tests.studies.audit [NAME...]    # a table on stdout; NAME: a recipe, a seed, a kernel
    python -m tests.studies.audit --write      # and into docs/audit.md

Each must be accepted, with no fact closed by rules. Seconds are those of the wall clock, on as
many processors as there are.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from functools import partial

from cycleproof.artifact.build import build, run_recipe
from cycleproof.artifact.strip import strip
from cycleproof.audit import audit
from cycleproof.capture import capture
from cycleproof.checker import ACCEPTED
from cycleproof.proof import prove
from docs.page import ROOT, publish
from frozen.artifact import Artifact, parse
from frozen.problem import JUDGED, Shape
from solution import recipe
from tests.support.kernels import forks
from tests.support.kernels.spellings import (
    Respelled,
    bit_by_comparison,
    sum_by_halves,
    xor_by_halves,
)
from tests.support.kernels.transform import transformed

from .transformations import SHAPES, artifact

PAGE = ROOT / "docs" / "audit.md"
COLUMNS = ("program", "shape", "facts", "closed by", "closed by rules", "seconds")
TRANSFORMED = 10
STRANGERS = ROOT / "tests" / "data" / "upstream_style" / "perf_takehome.py"
RESPELLED = (xor_by_halves, sum_by_halves, bit_by_comparison)  # one for each op
SHAPE, SMALL = Shape(3, 6, 8), Shape(3, 4, 2)


def captured() -> Artifact:
    """What the honest generator of the corpus builds."""
    return parse(build(capture(STRANGERS, SHAPE).dump).data)


def forked(name: str) -> Artifact:
    """A kernel with jumps that depend on data."""
    return artifact(*forks.KERNELS[name]())


def respelled(respelling: Callable[..., None]) -> Artifact:
    """The plain kernel with one op of the hash spelled otherwise."""
    return artifact(Respelled(SMALL, [respelling]).build(), SMALL)


KERNELS: dict[str, Callable[[], Artifact]] = {
    **{f"jumps: {name}": partial(forked, name) for name in forks.KERNELS},
    **{f"respelled: {one.__name__}": partial(respelled, one) for one in RESPELLED},
    "honest generator": captured,
}


def subject(name: str) -> tuple[str, Artifact]:
    """A recipe at the judged shape; for a number, a recipe transformed in up to 25 places.

    Else one of the tests' kernels.
    """
    if name in KERNELS:
        return name, KERNELS[name]()
    if not name.isdigit():
        return f"`{name}`", parse(build(run_recipe(name, JUDGED)[0]).data)
    names, number = [row.name for row in recipe.load_all()], int(name)
    chosen, rng = names[number % len(names)], random.Random(number)
    shape = rng.choice(SHAPES)
    program = strip(recipe.load(chosen).build(shape, [])).program
    return f"`{chosen}`, transformed, seed {number}", artifact(
        transformed(program, rng, 25)[0], shape
    )


def measure(name: str) -> tuple[str, ...]:
    """One row of the table; raises ``SystemExit`` unless the audit accepts."""
    label, one = subject(name)
    certificate = prove(one, certificate=True).certificate
    if certificate is None:
        raise SystemExit(f"error: {label}: not proved")
    start = time.monotonic()
    result = audit(one, certificate)
    if result.verdict != ACCEPTED:
        raise SystemExit(f"error: {label}: {result.verdict}: {result.reason}")
    closed = ", ".join(f"{count:,} {names}" for names, count in result.closed.items())
    seconds = f"{time.monotonic() - start:.0f}"
    row = (label, str(one.shape), f"{result.facts:,}", closed, f"{result.closed_by_rules}", seconds)
    print(*row, sep=" | ", file=sys.stderr, flush=True)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--write", action="store_true", help="put the table into docs/audit.md")
    options = parser.parse_args()
    every = [each.name for each in recipe.by_cycles()]
    names = options.names or [*every, *map(str, range(TRANSFORMED)), *KERNELS]
    publish("audit", COLUMNS, [measure(name) for name in names], options.write, PAGE)


if __name__ == "__main__":
    main()
