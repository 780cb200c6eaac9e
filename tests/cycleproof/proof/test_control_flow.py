"""Jumps: loops over counters, branches on path bits, dispatch tables, and the budget."""

import pytest

from cycleproof.proof import ProofVerdict, prove
from frozen.problem import FOREST_P, HASH_STAGES, Shape

from .artifacts import artifact
from .plain_kernel import Kernel

SHAPE = (3, 6, 3)


class Looping(Kernel):
    """One copy of the round's code; lanes and rounds counted in scratch."""

    def build(self):
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

    def jump_back(self, to):
        self.flow("cond_jump_rel", self.word("more"), to - len(self.program) - 1)

    def _hash(self):
        for op1, constant, op2, shift, amount in HASH_STAGES:
            self.alu(op1, "left", "value", constant)
            self.alu(shift, "right", "value", amount)
            self.alu(op2, "value", "left", "right")


def branch_on_the_bit(k, place, lane, h):
    """The next index by a branch whose two sides take equally long."""
    if place != "bit":
        return
    k.flow("cond_jump_rel", k.word("bit"), 2)
    k.alu("+", "side", 1, 0)
    k.flow("cond_jump_rel", k.word("one"), 2)
    k.alu("+", "side", 2, 0)
    k.flow("cond_jump_rel", k.word("one"), 0)
    k.alu("-", "bit", "side", 1)
    k.alu("+", "one", 1, 0)


def branchy(k, place, lane, h):
    if (place, h) == ("address", 0):
        k.alu("+", "one", 1, 0)
    branch_on_the_bit(k, place, lane, h)


def dispatch(k, place, lane, h):
    """``jump_indirect`` by the two bits of level 2: one handler a node, each loads its own word."""
    if (place, h) != ("address", 2):
        return
    k.alu("-", "which", "address", FOREST_P + 3)
    k.alu("*", "target", "which", 3)
    k.bases.append(len(k.program))
    k.program.append({"load": [["const", k.word("here"), 0]]})
    k.alu("+", "target", "target", "here")
    k.flow("jump_indirect", k.word("target"))
    for node in range(4):
        k.program.append({"load": [["load", k.word("record"), k.const(FOREST_P + 3 + node)]]})
        k.alu("+", "record", "record", 0)
        k.flow("cond_jump_rel", k.const(1), 3 * (3 - node))
    k.alu("+", "dispatched", "record", 0)


def use_dispatched(k, place, lane, h):
    dispatch(k, place, lane, h)
    if (place, h) == ("node", 2):
        k.alu("+", "node", "dispatched", 0)


def dispatching_kernel(tamper=use_dispatched):
    """The base of each table is filled in once the program is laid out."""
    k = Kernel(SHAPE, tamper)
    k.bases = []
    program = k.build()
    head = len(program) - len(k.program)
    for at in k.bases:
        program[head + at] = {"load": [["const", k.word("here"), head + at + 3]]}
    return program


def verdict_of(program):
    return prove(artifact(program, Shape(*SHAPE)))


def test_loops_over_counters_are_followed():
    program = Looping(SHAPE).build()
    assert len(program) < 60
    result = verdict_of(program)
    assert result.verdict is ProofVerdict.PROVED, result.stuck_on
    assert result.figures["cycles"] > 500


def test_branches_of_equal_length_rejoin():
    result = verdict_of(Kernel(SHAPE, branchy).build())
    assert result.verdict is ProofVerdict.PROVED, result.stuck_on
    assert result.figures["paths"] == 2


def test_a_dispatch_table_rejoins():
    result = verdict_of(dispatching_kernel())
    assert result.verdict is ProofVerdict.PROVED, result.stuck_on
    assert result.figures["paths"] == 4


def test_a_handler_that_loads_another_word_is_refuted():
    program = dispatching_kernel()
    handlers = [i for i, b in enumerate(program) if b.get("flow", [[""]])[0][0] == "jump_indirect"]
    program[handlers[1] + 1], program[handlers[1] + 4] = (
        program[handlers[1] + 4],
        program[handlers[1] + 1],
    )
    result = verdict_of(program)
    assert result.verdict is ProofVerdict.REFUTED, result.stuck_on


def test_an_endless_loop_runs_longer_than_claimed():
    program = [{"alu": [["+", 0, 0, 0]]}, {"flow": [["jump", 0]]}]
    result = prove(artifact(program, Shape(1, 1, 1), cycles=500))
    assert result.verdict is ProofVerdict.REFUTED
    assert "out of fuel" in result.statement


def test_a_loop_that_counts_on_data_is_never_proved():
    """It runs value % 4 times: the cycle count is the input's."""

    def tamper(k, place, lane, h):
        if (place, lane, h) == ("bit", 0, 2):
            k.alu("&", "left over", "value", 3)
            k.alu("-", "left over", "left over", 1)
            k.flow("cond_jump_rel", k.word("left over"), -2)

    result = prove(artifact(Kernel(SHAPE, tamper).build(), Shape(*SHAPE), cycles=900))
    assert result.verdict is ProofVerdict.REFUTED


def test_a_jump_on_data_beyond_path_bits_is_not_proved():
    def tamper(k, place, lane, h):
        if (place, lane, h) == ("value", 1, 1):
            k.flow("jump_indirect", k.word("value"))

    program = Kernel(SHAPE, tamper).build()
    result = prove(artifact(program, Shape(*SHAPE), cycles=len(program)))
    assert result.verdict is ProofVerdict.REFUTED


@pytest.mark.parametrize("limit", [2, 3])
def test_past_the_path_budget_it_is_unknown(limit):
    from cycleproof.proof.algebra import Algebra, Stuck
    from cycleproof.proof.execute import Executor
    from cycleproof.proof.reference import initial_memory

    algebra = Algebra()
    executor = Executor(algebra, dispatching_kernel(), max_paths=limit)
    with pytest.raises(Stuck, match=f"at most {limit}"):
        executor.run(initial_memory(algebra, Shape(*SHAPE)))
