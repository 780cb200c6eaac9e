"""The audit of every recipe at the judged shape and of ten transformed programs.

    python -m tests.studies.audit [NAME...]    # a table on stdout; NAME: a recipe, or a seed
    python -m tests.studies.audit --write      # and into docs/audit.md

Each must be accepted, with no fact closed by rules. Seconds are those of the wall clock, on as
many processors as there are.
"""

import argparse
import random
import sys
import time

from cycleproof.artifact.build import build, run_recipe
from cycleproof.artifact.strip import strip
from cycleproof.audit import audit
from cycleproof.checker import ACCEPTED
from cycleproof.proof import prove
from docs.page import ROOT, publish
from frozen.artifact import Artifact, parse
from frozen.problem import JUDGED
from solution import recipe
from tests.support.kernels.transform import transformed

from .transformations import SHAPES, artifact

PAGE = ROOT / "docs" / "audit.md"
COLUMNS = ("program", "shape", "facts", "closed by", "closed by rules", "seconds")
TRANSFORMED = 10


def subject(name: str) -> tuple[str, Artifact]:
    """A recipe at the judged shape; for a number, a recipe transformed in up to 25 places."""
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
    names = options.names or [*every, *map(str, range(TRANSFORMED))]
    publish("audit", COLUMNS, [measure(name) for name in names], options.write, PAGE)


if __name__ == "__main__":
    main()
