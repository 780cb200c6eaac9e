"""Every recipe is proved, at the judged shape where that is quick and at thirty others."""

import pytest

from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.prover import attempt
from frozen.problem import JUDGED

from .artifacts import RECIPES, recipe_artifact

SCALAR = {
    "baseline",
    "pipelined",
    "packed",
    "resident",
}  # benchmarks/transformations.py proves these
SHAPES = [
    (1, 1, 1),
    (1, 1, 8),
    (1, 2, 8),
    (1, 3, 3),
    (1, 9, 16),
    (2, 1, 8),
    (2, 2, 2),
    (2, 3, 8),
    (2, 4, 5),
    (2, 7, 32),
    (3, 1, 8),
    (3, 3, 1),
    (3, 4, 8),
    (3, 5, 24),
    (3, 9, 7),
    (4, 2, 64),
    (4, 5, 9),
    (4, 8, 8),
    (4, 11, 16),
    (5, 1, 13),
    (5, 6, 8),
    (5, 7, 40),
    (5, 13, 8),
    (6, 3, 16),
    (6, 9, 11),
    (7, 8, 8),
    (7, 17, 16),
    (8, 4, 8),
    (8, 10, 24),
    (9, 11, 8),
    (10, 3, 16),
    (10, 12, 8),
]


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_proved_at_other_shapes(name):
    for sizes in SHAPES:
        result = prove(recipe_artifact(name, sizes), refutation=False)
        assert result.verdict is ProofVerdict.PROVED, (sizes, result.stuck_on)
        assert f"H={sizes[0]} R={sizes[1]} B={sizes[2]}" in result.statement


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in RECIPES if name not in SCALAR])
def test_proved_at_the_judged_shape(name):
    made = attempt(recipe_artifact(name, JUDGED))
    assert made.stuck_on == ""
    assert made.wrong_lanes() == []
