"""Subtle ways of being wrong: each is refuted, with inputs that the frozen simulator confirms."""

import random

import pytest

from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.attempt import attempt
from cycleproof.proof.refuter.aim import Aimer, Goal, Goals
from cycleproof.proof.refuter.questions import names, question
from cycleproof.proof.refuter.suspects import Suspect
from cycleproof.proof.refuter.witness import GoalFinder
from cycleproof.simulator.hashing import unhash32
from frozen.harness import judge
from frozen.problem import Shape, hash32
from tests.support.artifacts import artifact
from tests.support.kernels.plain import Kernel, Tamper

SHAPE = (4, 7, 4)  # rounds 0..4 descend, 5 and 6 start again at the root


def off_by_one_for_one_leaf(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("address", 2, 4):
        k.alu("==", "t", "address", 7 + 23)
        k.alu("+", "address", "address", "t")


def one_lanes_constant(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("mixed", 3, 2):
        k.alu("^", "value", "value", 1 << 13)


def live_range_cut_short(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("index", 1, 3):
        k.alu("+", "index", "bit", 0)


def wrong_above_two_to_the_30(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("node", 0, 0):
        k.alu("&", "node", "node", (1 << 30) - 1)


def wrong_on_one_path(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("index", 0, 3):
        k.alu("==", "t", "index", 26)
        k.alu("<<", "t", "t", 7)
        k.alu("+", "value", "value", "t")


def stale_record(k: Kernel, place: str, lane: int, h: int) -> None:
    """Where the bit is set at level 3, the node of the level before is used again."""
    if (place, lane, h) == ("node", 1, 2):
        k.alu("+", "old node", "node", 0)
    if (place, lane, h) == ("node", 1, 3):
        k.alu("==", "t", "index", 14)
        k.select("node", "t", "old node", "node")


def rare_value(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("value", 2, 3):
        k.alu("==", "t", "value", 0xDEADBEEF)
        k.alu("^", "value", "value", "t")


def rare_value_in_the_last_round(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("value", 3, 6):
        k.alu("==", "t", "value", 0x12345678)
        k.alu("+", "value", "value", "t")


def rare_small_value(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("mixed", 0, 1):
        k.alu("<", "t", "value", 2)
        k.alu("+", "value", "value", "t")


def rare_large_value(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("value", 1, 4):
        k.alu("<", "t", 0xFFFFFFF0, "value")
        k.alu("-", "value", "value", "t")


def rare_by_select(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("mixed", 1, 5):
        k.alu("^", "t", "value", 0x0BADCAFE)
        k.select("value", "t", "value", 5)


def rare_by_low_bits(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("value", 0, 2):
        k.alu("&", "t", "value", 0x00FFFFFF)
        k.alu("==", "t", "t", 0x00ABCDEF)
        k.alu("+", "value", "value", "t")


def rare_after_arithmetic(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("mixed", 2, 2):
        k.alu("*", "t", "value", 0x9E3779B1)
        k.alu("+", "t", "t", 12345)
        k.alu("==", "t", "t", 777)
        k.alu("^", "value", "value", "t")


def wrong_where_a_tree_word_is_rare(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("node", 2, 3):
        k.alu("==", "t", "node", 0x2BADBEEF)
        k.alu("+", "value", "value", "t")


def index_kept_only_if_small(k: Kernel, place: str, lane: int, h: int) -> None:
    """The wrap's comparison hides a value that was to be an index."""
    if (place, lane, h) == ("bit", 1, 3):
        k.alu("+", "kept", "value", 0)
    if (place, lane, h) == ("bit", 1, 4):
        k.alu("+", "index", "kept", 0)


def wraps_for_another_reason(k: Kernel, place: str, lane: int, h: int) -> None:
    """A word of the hash, shifted left, takes the index's place just before the tree ends."""
    if (place, lane, h) == ("mixed", 1, 4):
        k.alu("<<", "t", "value", 12)
    if (place, lane, h) == ("bit", 1, 4):
        k.alu("+", "index", "t", 0)


def no_wrap(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("index", 3, 4):
        k.alu("+", "index", "bit", 0)


def parity_inverted_once(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("bit", 2, 5):
        k.alu("^", "bit", "bit", 1)


def last_round_left_out_for_one_lane(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("node", 3, 6):
        k.alu("+", "kept", "value", 0)
    if (place, lane) == ("output", 3):
        k.alu("+", "value", "kept", 0)


def outputs_swapped(k: Kernel, place: str, lane: int, h: int) -> None:
    if place == "output" and lane in (0, 1):
        k.alu("^", "value address", "value address", k.shape.values_p ^ (k.shape.values_p + 1))


def address_outside_memory_for_one_leaf(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("address", 1, 4):
        k.alu("==", "t", "address", 7 + 30)
        k.alu("<<", "t", "t", 20)
        k.alu("+", "other", "address", "t")
        k.load("junk", "other")


def division_by_zero_on_one_path(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("address", 0, 4):
        k.alu("-", "t", "address", 7 + 19)
        k.alu("//", "t", 7, "t")


def cycles_depend_on_data(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("index", 1, 3):
        k.alu("==", "t", "index", 22)
        k.flow("cond_jump_rel", k.word("t"), 1)
        k.alu("+", "nothing", "t", 0)


def forest_overwritten_before_it_is_read(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("index", 2, 2):
        k.alu("+", "t", 7, "index")
        k.alu("==", "u", "index", 9)
        k.alu("*", "u", "u", 9)
        k.alu("+", "t", 7, "u")
        k.load("u", "t")
        k.alu("+", "u", "u", 0)
        k.alu("+", "t", 7 + 8, 0)
        k.store("t", "u")


WRONG = [
    off_by_one_for_one_leaf,
    one_lanes_constant,
    live_range_cut_short,
    wrong_above_two_to_the_30,
    wrong_on_one_path,
    stale_record,
    rare_value,
    rare_value_in_the_last_round,
    rare_small_value,
    rare_large_value,
    rare_by_select,
    rare_by_low_bits,
    rare_after_arithmetic,
    wrong_where_a_tree_word_is_rare,
    index_kept_only_if_small,
    wraps_for_another_reason,
    no_wrap,
    parity_inverted_once,
    last_round_left_out_for_one_lane,
    outputs_swapped,
    address_outside_memory_for_one_leaf,
    division_by_zero_on_one_path,
    cycles_depend_on_data,
    forest_overwritten_before_it_is_read,
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_refuted_with_confirmed_inputs(wrong: Tamper[Kernel]) -> None:
    shape = Shape(*SHAPE)
    plain = Kernel(SHAPE).build()
    program = Kernel(SHAPE, wrong).build()
    assert program != plain
    subject = artifact(program, shape, cycles=len(program))
    result = prove(subject)
    assert result.verdict is ProofVerdict.REFUTED, result.stuck_on
    found = result.counterexample
    (answer,) = judge(subject, [{"tree": found.inputs.tree, "values": found.inputs.values}])
    assert not answer["pass"] or answer["cycles"] != subject.cycles
    assert found.judged == all(w < 1 << 30 for words in found.inputs for w in words)
    assert found.judged == (wrong is not wrong_above_two_to_the_30)
    if not found.judged:
        assert "outside the judged domain" in result.statement


def test_the_untampered_kernel_is_proved() -> None:
    result = prove(artifact(Kernel(SHAPE).build(), Shape(*SHAPE)))
    assert result.verdict is ProofVerdict.PROVED


def test_a_wrong_claim_is_refuted() -> None:
    shape = Shape(*SHAPE)
    program = Kernel(SHAPE).build()
    result = prove(artifact(program, shape, cycles=len(program) - 1))
    assert result.verdict is ProofVerdict.REFUTED
    assert f"takes {len(program)} cycles" in result.statement


@pytest.mark.parametrize("seed", range(10))
def test_a_scaled_word_is_led_into_a_narrow_range(seed: int) -> None:
    """8192 v + 1 + q < 127 holds for one v in 2^20: no draw from the range finds that."""
    made = attempt(artifact(Kernel(SHAPE).build(), Shape(*SHAPE)))
    algebra, lane = made.algebra, made.lanes[1]
    scaled = algebra.apply("*", lane.values[4][0], algebra.const(8192))
    term = algebra.apply("+", scaled, algebra.apply("+", algebra.one, lane.bits[4]))
    condition = algebra.apply("<", term, algebra.const(127))
    goals = GoalFinder(made, random.Random(seed)).goals({condition: 1})
    assert goals is not None
    value = goals.lanes[1].values[4, 0]
    assert all((8192 * value + 1 + q) % 2**32 < 127 for q in (0, 1))


def test_a_bit_of_a_table_leads_to_the_path_bit_that_is_its_reverse() -> None:
    """The hash ends with a constant whose lowest bit is set: tables are of what comes before."""
    made = attempt(artifact(Kernel(SHAPE).build(), Shape(*SHAPE)))
    (below,) = made.lanes[2].bits[1].cases[0]
    assert below is not made.lanes[2].bits[1]
    for bit, wanted in ((below, 0), (made.lanes[2].bits[1], 1)):
        goals = GoalFinder(made, random.Random(0)).goals({bit: wanted})
        assert goals == Goals({2: Goal(bits={1: 1})})


def test_goals_are_read_off_the_leaves_in_which_tables_differ() -> None:
    made = attempt(artifact(Kernel(SHAPE).build(), Shape(*SHAPE)))
    node, word = made.lanes[1].nodes[2], made.initial[7]
    bits, leaves = node.cases
    other = made.algebra.table(bits, (*leaves.terms[:-1], word))
    (goals,) = GoalFinder(made, random.Random(0)).leaves(other, node)
    inputs = Aimer(made.shape, random.Random(0)).inputs(goals)
    value, index = inputs.values[1], 0
    for _ in range(2):
        value = hash32(value ^ inputs.tree[index])
        index = 2 * index + 1 + (value & 1)
    assert leaves.terms[-1] is made.initial[7 + index]


def test_no_walk_is_tried_for_a_value_with_the_other_path_bit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Aimer, "_lead", lambda *_: 1 / 0)
    aimer = Aimer(Shape(*SHAPE), random.Random(0))
    bit = hash32(unhash32(0x1234567, 4)) & 1
    goal = Goal(bits={3: 1 - bit}, values={(3, 4): 0x1234567})
    assert aimer.inputs(Goals({0: goal})) is None
    with pytest.raises(ZeroDivisionError):
        aimer.inputs(Goals({0: Goal(bits={3: bit}, values=goal.values)}))


def test_a_question_has_one_root() -> None:
    """In round 5 the lane is at the root again: a word that differs from itself leads nowhere."""
    made = attempt(artifact(Kernel(SHAPE).build(), Shape(*SHAPE)))
    lane, algebra = made.lanes[0], made.algebra
    either = algebra.apply("|", lane.values[4][6], lane.nodes[5])
    asked = question(lane, names(lane), Suspect(0, either, lane.values[5][0], "^", 0), 30)
    assert sorted(asked.free.values()) == [("N", 0, 0), ("V", 4, 6)]
