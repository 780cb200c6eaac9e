"""Which lanes an equation names: it is renamed as a whole, and no lane is taken for another."""

from functools import reduce
from itertools import product

from cycleproof.checker.budget import Budget
from cycleproof.checker.certificate import FIRST_LANE
from cycleproof.checker.obligations import as_own, in_order, rename
from cycleproof.checker.symbolic import Symbolic
from cycleproof.checker.terms import Algebra, Term
from cycleproof.checker.vocabulary import STAGES, Ref, own
from frozen.ops import MASK
from frozen.problem import (
    FOREST_P,
    Shape,
)

from .equations import SHAPE, Apply, Lookup, Node, Table, made


def test_renaming_is_one_injection_for_the_whole_equation() -> None:
    t = Table()
    v, n = t("V", 0, 6), t("N", 1)
    mixed, both = t("^", v, n), t("^", v, t("N", 1, 1))
    equation = made(t.expressions, Apply("^", (t.ref(v, 3), t.ref(n, 1)))), t.ref(mixed, 3)
    left, right = rename(equation, in_order)
    assert left == made(t.expressions, Apply("^", (t.ref(v, 0), t.ref(n, 1))))
    assert right == t.ref(mixed, 0)
    # A lane that is written out is one of the equation's lanes.
    for lanes, named in (((3, 1), (0, 1)), ((1, 1), (0, 0)), ((2, 1), (0, 1))):
        assert in_order(lanes) == named
    first, second = rename((t.ref(both, 3), t.ref(both, 1)), in_order)
    assert (first, second.lanes) == (t.ref(both, 0), (1, 1))
    assert rename((t.ref(both, 2), t.ref(v, 1)), as_own)[1] == Ref(t.ref(v).expression, (own(1),))
    word = t.ref(t("m", 7))
    table = Lookup(t.ref(v, 2), ((5, t.ref(n, 3)), (6, word), (7, t.ref(n, 2))))
    (renamed,) = rename([made(t.expressions, table)], in_order)
    assert renamed == made(
        t.expressions, Lookup(t.ref(v, 0), ((5, t.ref(n, 1)), (6, word), (7, t.ref(n, 0))))
    )


def test_a_lane_is_one_whether_it_is_written_out_or_named() -> None:
    t = Table()
    hole, fixed0, fixed1 = t("V", 0, 6), t("V", 0, 6, 0), t("V", 0, 6, 1)
    obligations = t.obligations()
    # Lane 1 is renamed to 0 first; it must not be taken for the written lane 0.
    assert obligations.settle(t.ref(hole, 1), t.ref(fixed1)).holds
    assert obligations.settle(t.ref(hole, 1), t.ref(fixed0)).holds is False
    assert obligations.settle(t.ref(hole, 0), t.ref(fixed0)).holds
    assert obligations.settle(t.ref(hole, 0), t.ref(fixed1)).holds is False
    # An initial value by address is its own lane's, in an expression and in what is made of it.
    start, at = t("V", -1, 6), t("M", t(SHAPE.values_p + 2))
    for more in (at, t("+", at, at), t("T", t(0), at)):
        obligations = t.obligations()
        same = t("+", start, start) if more == at + 1 else start
        assert obligations.settle(t.ref(same, 2), t.ref(more)).holds
        assert obligations.settle(t.ref(same, 0), t.ref(more)).holds is False


def test_pairs_of_lanes_share_one_equation() -> None:
    """What two lanes are written out in is closed for one pair, and stands for all pairs."""
    t = Table()
    obligations = t.obligations()

    def difference(a: int, b: int) -> Ref:
        return t.ref(t("-", t("*", t("Q", 1, a), t(2)), t("*", t("Q", 1, b), t(2))))

    for a, b in product(range(SHAPE.batch_size), repeat=2):
        assert obligations.words(difference(a, b)) == ((0,) if a == b else (0, 2, MASK - 1))
        assert obligations.settle(difference(a, b), Apply("-", (0, difference(b, a)))).holds
        holds = obligations.settle(difference(a, b), t.ref(t(0))).holds
        assert holds is (a == b)
    assert obligations.distinct == 4


def test_idle_lanes_start_from_the_words_before_the_lane_values() -> None:
    """Each word by its name and in a hole; no other word, and never for a renamed lane."""
    for shape in (Shape(2, 4, 2), Shape(1, 2, 1), Shape(1, 2, 3), SHAPE):
        t = Table(shape)
        start, words = t("V", -1, STAGES), [t("m", a) for a in range(shape.values_p)]
        zero, free, names = t(0), t("V", -1, STAGES, 0), {}
        for lane in range(FIRST_LANE, 0):
            names[lane] = t("V", -1, STAGES, lane)
        obligations = t.obligations()
        image = [t.ref(word) for word in words]
        for lane, name in names.items():
            right = image[shape.values_p + lane]
            for claim in (t.ref(start, lane), t.ref(name)):
                assert obligations.settle(right, claim).holds
                assert not obligations.settle(t.ref(free), claim).holds
                index = shape.values_p + lane >= shape.indices_p
                assert obligations.settle(t.ref(zero), claim).holds is index
            for other in range(FOREST_P, shape.indices_p):
                if other != shape.values_p + lane:
                    assert not obligations.settle(image[other], t.ref(name)).holds
                    assert not obligations.settle(image[other], t.ref(start, lane)).holds
        # What holds of an idle lane's start alone holds of no other lane, and is not remembered.
        assert obligations.settle(t.ref(zero), t.ref(start, -1)).holds
        assert obligations.settle(t.ref(zero), t.ref(start, 0)).holds is False


def test_no_lane_is_taken_for_another() -> None:
    """Holes and written names, idle lanes too: equal if the lane or its start is, and only then."""
    t = Table()
    lanes = range(FIRST_LANE, SHAPE.batch_size)
    hole, written = t("V", 1, 3), {lane: t("V", 1, 3, lane) for lane in lanes}
    obligations = t.obligations()
    assert not {own(lane) for lane in lanes} & set(in_order(tuple(lanes)))
    assert [own(own(lane)) for lane in lanes] == [*lanes]
    reader = Symbolic(obligations.reference, Algebra(Budget(1000)), -1)
    starts = [reader.V(lane, -1, STAGES) for lane in (*range(len(lanes)), *map(own, lanes[7:]))]
    assert len(set(map(str, starts))) == len(starts)
    assert all(isinstance(start, Term) and start.kind == "V" for start in starts)
    zeros = range(-SHAPE.batch_size, 0)  # idle lanes that start from the index words
    for a, b in product(lanes, lanes):
        same = a == b or (a in zeros and b in zeros)
        for right in (t.ref(hole, b), t.ref(written[b])):
            assert obligations.settle(t.ref(hole, a), right).holds is same
            assert obligations.settle(t.ref(written[a]), right).holds is same


def test_what_is_held_of_some_lanes_is_held_of_no_others() -> None:
    """Slots share an answer where all their lanes are moved together, and only there."""
    t = Table()
    v, zero, one = t("V", 0, 0), t.ref(t(0)), t.ref(t(1))
    tried = [  # lanes of the two operands, whether their difference is 0
        ((0, 0), True),
        ((3, 3), True),
        ((0, 1), False),
        ((1, 0), False),
        ((2, 2), True),
        ((-1, 2), False),
    ]
    for order in (tried, tried[::-1]):
        obligations = t.obligations()
        for lanes, same in order:
            operands = [t.ref(v, lane) for lane in lanes]
            held = obligations.hold_alike("a - b", (*operands, zero), 1)
            assert held == same, lanes
        by_constants = [
            obligations.hold_alike("a - b", (one, t.ref(t(n)), zero), 1) for n in (1, 2, 1)
        ]
        assert by_constants == [True, False, True]
        assert obligations.asked == 5


def test_a_lookup_is_held_alike_with_the_lanes_of_its_table() -> None:
    """Where lanes' words stand in memory, a claim is held for those lanes and for no others."""
    t = Table()
    node, bit = t("N", 1), t("Q", 0)
    address = t("+", bit, t(40))
    obligations = t.obligations()
    held = 0
    for first, second, at, claimed in product(range(3), repeat=4):
        words = [t.ref(node, first), t.ref(node, second)]
        table = t.expressions.operation("table", words, (40, 41))
        same = first == second == claimed
        refs = t.ref(address, at), table, t.ref(node, claimed)
        assert obligations.hold_alike("lookup", refs, 1) is same, (first, second, at, claimed)
        chosen = made(t.expressions, Apply("select", (t.ref(bit, at), words[1], words[0])))
        assert obligations.hold_alike("lookup", (*refs[:2], chosen), 1)
        other = made(t.expressions, Apply("select", (t.ref(bit, claimed), words[1], words[0])))
        chosen_alike = obligations.hold_alike("lookup", (*refs[:2], other), 1)
        assert chosen_alike is (at == claimed or first == second)
        held += same
    assert held == 9


def test_an_equation_may_speak_of_every_lane_at_once() -> None:
    t = Table(Shape(2, 4, 1))
    value = t("V", 1, 6)
    each: list[Node] = [t.ref(value, lane) for lane in range(FIRST_LANE, 1)]
    obligations = t.obligations()
    total, turned, less = (
        reduce(lambda a, b: Apply("+", (a, b)), order) for order in (each, each[::-1], each[1:])
    )
    assert obligations.settle(total, turned).holds
    assert obligations.settle(total, less).holds is False
