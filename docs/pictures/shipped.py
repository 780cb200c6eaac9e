"""The shipped program with the labels of its slots, which an artifact does not hold."""

from functools import cache
from pathlib import Path

from cycleproof.artifact.format import digest, load
from frozen.ops import Program
from frozen.problem import JUDGED
from solution import recipe

ARTIFACT = Path(__file__).parents[2] / "artifacts" / "kernel.json"


@cache
def shipped() -> tuple[Program, recipe.Labels]:
    """The artifact's bundles; the labels come from a build of ``best``.

    Raises ``SystemExit`` if that build is another program.
    """
    program, labels = recipe.load("best").build_labelled(JUDGED, [])
    kept = load(ARTIFACT).decoded.program
    if digest(kept) != digest(program):
        raise SystemExit(f"error: {ARTIFACT.name} is not what recipe best builds")
    return kept, labels
