"""The study of kernels with ops left out: right with all of them, seen wrong without one."""

import pytest

from cycleproof.proof import ProofVerdict, prove
from frozen.problem import Shape
from tests.studies.approximate_kernel import ROWS, SEEDS, choices, floor, kernel, wrong
from tests.support.artifacts import artifact

SMALL = Shape(6, 9, 64)
WITHOUT = [(row.what, where, leaves) for row in ROWS[1:] for where, leaves in choices(row)]


def test_with_all_ops_it_is_right() -> None:
    (everything,) = choices(ROWS[0])
    assert wrong(kernel(everything[1], SMALL), SMALL) == (0.0, SEEDS)


@pytest.mark.slow
def test_one_op_less_in_one_round_of_one_group_is_shorter_by_it_and_wrong() -> None:
    slots = {}
    for row in (ROWS[0], ROWS[1]):
        *_, (_, leaves) = choices(row)
        program = kernel(leaves, SMALL)
        slots[row.what] = sum(
            {"valu": 8, "alu": 1}.get(engine, 0) * len(used)
            for bundle in program
            for engine, used in bundle.items()
        )
        part, passed = wrong(program, SMALL)
        assert (part > 0, passed) == ((True, 0) if row.ops else (False, SEEDS))
    assert slots["nothing"] - slots["xor with C1"] == 8


@pytest.mark.slow
def test_the_proof_refutes_it() -> None:
    _, leaves = list(choices(ROWS[1]))[-1]
    program = kernel(leaves, SMALL)
    found = prove(artifact(program, SMALL, cycles=len(program)))
    assert found.verdict is ProofVerdict.REFUTED


@pytest.mark.slow
def test_a_shorter_hash_lowers_the_floor() -> None:
    pytest.importorskip("scipy")
    assert float(floor(1)) < float(floor(0)) - 30
