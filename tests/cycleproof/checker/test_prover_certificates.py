"""The prover's certificates: every recipe, thirty shapes, and the shipped kernel, no solver."""

from pathlib import Path

import pytest

from cycleproof.artifact import load
from cycleproof.checker import ACCEPTED, INCONCLUSIVE, check
from cycleproof.proof import ProofVerdict, prove
from cycleproof.strip import strip
from frozen.decode import Artifact, program_digest
from frozen.machine import Machine
from frozen.ops import VLEN
from frozen.problem import Shape, inputs_from_seed, memory_image
from solution import recipe

RECIPES = [each.name for each in recipe.load_all()]
SCALAR = [each.name for each in recipe.load_all() if each.compiler == "scalar"]
SHAPES = [
    Shape(*sizes)
    for sizes in [
        (1, 1, 1), (1, 2, 3), (1, 7, 8), (1, 30, 4), (2, 1, 8), (2, 3, 8), (2, 4, 5), (2, 20, 2),
        (3, 3, 7), (3, 4, 33), (3, 5, 16), (3, 9, 1), (4, 4, 12), (4, 5, 64), (4, 9, 8), (5, 5, 16),
        (5, 6, 3), (5, 17, 8), (6, 1, 1), (6, 8, 9), (6, 13, 8), (7, 8, 24), (7, 2, 17), (8, 10, 8),
        (8, 9, 10), (9, 3, 40), (9, 12, 8), (10, 4, 8), (10, 12, 8), (11, 13, 2),
    ]
]  # fmt: skip


def built(name: str, shape: Shape) -> Artifact:
    program = strip(recipe.load(name).build(shape, [])).program
    cycles = Machine(program).run(memory_image(shape, inputs_from_seed(0, shape))).cycles
    return Artifact(shape, cycles, {}, program, program_digest(program))


@pytest.mark.parametrize("number", range(len(SHAPES)), ids=lambda n: str(SHAPES[n]))
def test_thirty_shapes(number: int) -> None:
    """One recipe a shape, in turn, so that each is tried at odd and at large ones."""
    names = RECIPES if SHAPES[number].batch_size >= VLEN else SCALAR
    artifact = built(names[number % len(names)], SHAPES[number])
    certificate = prove(artifact, certificate=True).certificate
    assert certificate is not None
    result = check(artifact, certificate, solvers=())
    assert (result.verdict, result.reason) == (ACCEPTED, "")
    assert result.cycles == artifact.cycles


@pytest.mark.parametrize("name", ["selected", "best"])
def test_idle_lanes_that_fetch_are_not_covered(name: str) -> None:
    """A limit: the walk of an idle lane has no name in the vocabulary, so its fetches stay open."""
    artifact = built(name, Shape(11, 13, 2))
    result = prove(artifact, certificate=True)
    assert result.verdict is ProofVerdict.PROVED
    assert result.certificate is not None
    assert check(artifact, result.certificate, solvers=()).verdict == INCONCLUSIVE


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe(name: str) -> None:
    artifact = built(name, Shape(4, 7, 16))
    certificate = prove(artifact, certificate=True).certificate
    assert certificate is not None
    assert check(artifact, certificate, solvers=()).verdict == ACCEPTED


def test_the_shipped_kernel() -> None:
    artifact = load(Path(__file__).parents[3] / "artifacts" / "kernel.json").decoded
    certificate = prove(artifact, certificate=True).certificate
    assert certificate is not None
    result = check(artifact, certificate, solvers=())
    assert (result.verdict, result.reason) == (ACCEPTED, "")
    assert result.distinct < result.writes / 20
