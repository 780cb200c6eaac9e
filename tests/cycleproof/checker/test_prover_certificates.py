"""Every recipe is proved, and the checker accepts what the prover wrote; no solver is asked."""

from pathlib import Path

import pytest

from cycleproof.artifact.format import load
from cycleproof.checker import ACCEPTED, Result, check
from cycleproof.proof import ProofVerdict, prove
from frozen.artifact import Artifact
from frozen.ops import VLEN
from frozen.problem import JUDGED
from tests.support.artifacts import RECIPES, recipe_artifact

from ...support.samples import artifact

SHAPES = [
    (1, 1, 1), (1, 3, 1), (1, 7, 8), (1, 30, 4), (2, 1, 8), (2, 3, 8), (2, 4, 5), (2, 20, 2),
    (3, 3, 7), (3, 4, 33), (3, 5, 16), (3, 9, 1), (4, 4, 12), (4, 5, 64), (4, 9, 8), (5, 5, 16),
    (5, 6, 3), (5, 17, 8), (6, 1, 1), (6, 8, 9), (6, 13, 8), (7, 8, 24), (7, 2, 17), (8, 10, 8),
    (8, 9, 10), (9, 3, 40), (9, 12, 8), (10, 4, 8), (10, 12, 8), (11, 13, 2),
]  # fmt: skip


def accepted(of: Artifact) -> Result:
    """What the checker says of the prover's certificate, once both are content."""
    proof = prove(of, certificate=True, refutation=False)
    assert proof.verdict is ProofVerdict.PROVED, proof.stuck_on
    assert str(of.shape) in proof.statement
    assert proof.certificate is not None
    result = check(of, proof.certificate)
    assert (result.verdict, result.reason) == (ACCEPTED, "")
    assert result.cycles == of.cycles
    return result


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe(name: str) -> None:
    accepted(recipe_artifact(name, (4, 7, 16)))


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("batch_size", range(1, VLEN))
def test_batches_that_leave_idle_lanes(batch_size: int, name: str) -> None:
    """Their vectors end with the last lane; what stands before lane 0 walks the tree as well."""
    accepted(recipe_artifact(name, (2, 7, batch_size)))


@pytest.mark.parametrize("name", ["packed", "vector"])
def test_a_lane_that_starts_from_the_root_has_known_values(name: str) -> None:
    """At this shape lane -4 is one: no word of another lane may take a known value's name."""
    accepted(recipe_artifact(name, (1, 5, 1)))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(SHAPES)), ids=lambda n: "{},{},{}".format(*SHAPES[n]))
def test_every_recipe_at_thirty_shapes(number: int) -> None:
    for name in RECIPES:
        accepted(recipe_artifact(name, SHAPES[number]))


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_at_the_judged_shape(name: str) -> None:
    accepted(artifact(name, JUDGED).decoded)


@pytest.mark.slow
def test_the_shipped_kernel() -> None:
    result = accepted(load(Path(__file__).parents[3] / "artifacts" / "kernel.json").decoded)
    assert result.distinct < result.writes / 20
