"""Right programs that look different are proved, or unknown with a reason; never refuted."""

import random
from collections.abc import Callable, Iterator

import pytest

from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.fallback.solver import installed
from frozen.machine import Machine
from frozen.ops import Program
from frozen.problem import Shape, inputs_from_seed, memory_image, reference
from tests.support.artifacts import RECIPES, artifact, recipe_artifact
from tests.support.kernels.plain import ENCODINGS, Kernel
from tests.support.kernels.respelled import (
    add_as_or_less_xor,
    and_as_or_less_xor,
    xor_as_sum_less_carries,
)
from tests.support.kernels.rewriter import Rewriter
from tests.support.kernels.transform import TRANSFORMATIONS, transformed

SIZES = (4, 6, 8)
# No rule covers these spellings: it takes the fallback, and so a solver.
FALLBACK = {and_as_or_less_xor, xor_as_sum_less_carries, add_as_or_less_xor}


def sources() -> Iterator[Program]:
    for name in RECIPES:
        yield recipe_artifact(name, SIZES).program
    for encoding in ENCODINGS:
        yield Kernel((*SIZES[:2], 2), encoding=encoding).build()


def right(program: Program, shape: Shape) -> bool:
    inputs = inputs_from_seed(5, shape)
    memory = Machine(program).run(memory_image(shape, inputs)).memory
    return memory[shape.values_p :] == reference(shape, inputs)[1]


@pytest.mark.slow
@pytest.mark.parametrize("change", TRANSFORMATIONS, ids=lambda change: change.__name__)
def test_each_transformation_keeps_programs_right_and_proved(
    change: Callable[[Rewriter], None],
) -> None:
    applied = 0
    for number, program in enumerate(sources()):
        shape = Shape(*SIZES) if number < len(RECIPES) else Shape(*SIZES[:2], 2)
        rewriter = Rewriter(program, random.Random(number))
        try:
            change(rewriter)
        except IndexError:
            continue
        applied += 1
        assert right(rewriter.bundles, shape)
        result = prove(artifact(rewriter.bundles, shape))
        assert result.verdict is not ProofVerdict.REFUTED
        if installed() or change not in FALLBACK:
            assert result.verdict is ProofVerdict.PROVED, (number, result.stuck_on)
    if not applied:
        pytest.skip("no recipe has such a slot at this shape")


@pytest.mark.parametrize("seed", range(12))
def test_random_combinations(seed: int) -> None:
    rng = random.Random(seed)
    name = rng.choice(RECIPES)
    program, applied = transformed(recipe_artifact(name, SIZES).program, rng, 25)
    assert len(applied) >= 10
    result = prove(artifact(program, Shape(*SIZES)))
    if result.verdict is ProofVerdict.UNKNOWN:
        assert not installed()
        assert {change.__name__ for change in FALLBACK} & {*applied}
        assert result.stuck_on
    else:
        assert result.verdict is ProofVerdict.PROVED, (name, applied, result.statement)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_index_encodings(encoding: str) -> None:
    for sizes in ((1, 3, 2), (3, 7, 3), (5, 6, 2)):
        result = prove(artifact(Kernel(sizes, encoding=encoding).build(), Shape(*sizes)))
        assert result.verdict is ProofVerdict.PROVED, (sizes, result.stuck_on)
