"""Jumps: loops over counters, branches on path bits, dispatch tables, and the budget."""

import pytest

from cycleproof.checker import ACCEPTED, check
from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.result import ProofResult
from frozen.ops import Program
from frozen.problem import HASH_STAGES, Shape
from tests.support.artifacts import artifact
from tests.support.kernels.forks import KERNELS, SHAPE
from tests.support.kernels.plain import Kernel
from tests.support.programs import Bundles


class Looping(Kernel):
    """One copy of the round's code; lanes and rounds counted in scratch."""

    def build(self) -> Bundles:
        lanes, rounds = self.shape.batch_size, self.shape.rounds
        self.alu("+", "value address", self.shape.values_p, 0)
        outer = len(self.program)
        self.load("value", "value address")
        self.alu("+", "index", 0, 0)
        self.alu("+", "round", 0, 0)
        inner = len(self.program)
        self._address()
        self.load("node", "address")
        self.alu("^", "value", "value", "node")
        self._hash()
        self.alu("&", "bit", "value", 1)
        self._step(0)
        self.alu("+", "round", "round", 1)
        self.alu("<", "more", "round", rounds)
        self.jump_back(inner)
        self.store("value address", "value")
        self.alu("+", "value address", "value address", 1)
        self.alu("<", "more", "value address", self.shape.values_p + lanes)
        self.jump_back(outer)
        self.flow("halt")
        head = [{"load": [["const", word, value]]} for value, word in self._consts.items()]
        return head + self.program

    def jump_back(self, to: int) -> None:
        self.flow("cond_jump_rel", self.word("more"), to - len(self.program) - 1)

    def _hash(self) -> None:
        for op1, constant, op2, shift, amount in HASH_STAGES:
            self.alu(op1, "left", "value", constant)
            self.alu(shift, "right", "value", amount)
            self.alu(op2, "value", "left", "right")


def proved(program: Program, shape: Shape) -> ProofResult:
    """The result, once the checker has accepted its certificate."""
    of = artifact(program, shape)
    result = prove(of, certificate=True)
    assert result.verdict is ProofVerdict.PROVED, result.stuck_on
    checked = check(of, result.certificate)
    assert (checked.verdict, checked.reason) == (ACCEPTED, "")
    return result


def test_loops_over_counters_are_followed() -> None:
    program = Looping(SHAPE).build()
    assert len(program) < 60
    assert proved(program, SHAPE).figures["cycles"] > 500


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("branch", 2),
        ("dispatch", 4),
        ("nested", 4),
        ("staggered", 4),
        ("guarded", 2),
        ("interleaved", 2),
        ("looped", 4),
        ("256 paths", 256),
        ("paired", 16),
    ],
)
def test_paths_that_take_equally_long_rejoin(name: str, paths: int) -> None:
    assert proved(*KERNELS[name]()).figures["paths"] == paths


def test_a_handler_that_loads_another_word_is_refuted() -> None:
    program, shape = KERNELS["dispatch"]()
    handlers = [i for i, b in enumerate(program) if b.get("flow", [[""]])[0][0] == "jump_indirect"]
    program[handlers[1] + 1], program[handlers[1] + 4] = (
        program[handlers[1] + 4],
        program[handlers[1] + 1],
    )
    result = prove(artifact(program, shape))
    assert result.verdict is ProofVerdict.REFUTED, result.stuck_on


def test_an_endless_loop_runs_longer_than_claimed() -> None:
    program = [{"alu": [["+", 0, 0, 0]]}, {"flow": [["jump", 0]]}]
    result = prove(artifact(program, Shape(1, 1, 1), cycles=500))
    assert result.verdict is ProofVerdict.REFUTED
    assert "out of fuel" in result.statement


@pytest.mark.slow
def test_a_loop_that_counts_on_data_is_never_proved() -> None:
    """It runs value % 4 times: the cycle count is the input's."""

    def tamper(k: Kernel, place: str, lane: int, h: int) -> None:
        if (place, lane, h) == ("bit", 0, 2):
            k.alu("&", "left over", "value", 3)
            k.alu("-", "left over", "left over", 1)
            k.flow("cond_jump_rel", k.word("left over"), -2)

    result = prove(artifact(Kernel(SHAPE, tamper).build(), SHAPE, cycles=900))
    assert result.verdict is ProofVerdict.REFUTED


def test_a_jump_on_data_beyond_path_bits_is_not_proved() -> None:
    def tamper(k: Kernel, place: str, lane: int, h: int) -> None:
        if (place, lane, h) == ("value", 1, 1):
            k.flow("jump_indirect", k.word("value"))

    program = Kernel(SHAPE, tamper).build()
    result = prove(artifact(program, SHAPE, cycles=len(program)))
    assert result.verdict is ProofVerdict.REFUTED


@pytest.mark.parametrize("limit", [2, 3])
def test_past_the_path_budget_it_is_unknown(limit: int) -> None:
    from cycleproof.proof.algebra import Algebra, Stuck
    from cycleproof.proof.reference import initial_memory
    from cycleproof.proof.rules import RULES
    from cycleproof.proof.run.paths import Executor

    algebra = Algebra(RULES)
    executor = Executor(algebra, KERNELS["dispatch"]()[0], max_paths=limit)
    with pytest.raises(Stuck, match=f"at most {limit}"):
        executor.run(initial_memory(algebra, SHAPE))
