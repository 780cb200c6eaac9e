"""Small programs that jump on data, with certificates by hand: what a path and a join know."""

import json
import re
from itertools import product
from typing import Any

import pytest

from cycleproof.checker import INCONCLUSIVE, REJECTED, Result, check
from frozen.problem import Shape
from tests.support.certificates import certificate, program

from .equations import Apply, Table

Document = dict[str, Any]

# Words 10 and 11 hold the path bits of lanes 0 and 1.

BITS = Shape(1, 2, 2)
TABLE: list[Any] = []


def x(entry: Any) -> int:
    """The position of an entry, which is added to the table if it is new."""
    if entry not in TABLE or type(TABLE[TABLE.index(entry)]) is not type(entry):
        TABLE.append(entry)
    return TABLE.index(entry)


V = ["V", -1, 6]
ZERO, ONE = x(0), x(1)
BIT = x(["&", x(V), ONE])
HEAD = [
    {"load": [["const", 1, BITS.values_p], ["const", 2, BITS.values_p + 1]]},
    {"load": [["load", 10, 1], ["load", 11, 2]]},
    {"load": [["const", 1, 1]]},
    {"alu": [["&", 10, 10, 1], ["&", 11, 11, 1]]},
]
ROWS: list[Any] = [
    [x(BITS.values_p), x(BITS.values_p + 1)],
    [[x(V), 0], [x(V), 1]],
    [ONE],
    [[BIT, 0], [BIT, 1]],
]
AT = len(HEAD)
NOTHING: Document = {"scratch": [], "memory": []}


def by_hand(bundles: list[Any], rows: list[Any]) -> Result:
    of = program(*HEAD, *bundles, shape=BITS)
    return check(of, certificate(of, ROWS + rows, TABLE))


def established(bundles: list[Any], rows: list[Any]) -> bool:
    """Whether all the rows are; all that is left to say is then that the output is wrong."""
    result = by_hand(bundles, rows)
    assert result.verdict == REJECTED
    return result.reason.startswith("output of lane 0")


def sides(even: Any, odd: Any, *after: Any, at: int = AT) -> list[Any]:
    """A branch on word 10, for bundle ``at``, with two sides of one bundle and a jump each."""
    out = {"flow": [["jump", at + 5]]}
    return [{"flow": [["cond_jump", 10, at + 3]]}, even, out, odd, out, *after]


COPY = {"alu": [["+", 20, 10, 0], ["+", 21, 11, 0]]}
KNOWN = [
    ([ZERO, None], [ONE, None], True),  # the path bit itself, as each path knows it
    ([ONE, None], [ONE, None], False),
    ([ZERO, None], [ZERO, None], False),
    ([[BIT, 0], None], [[BIT, 0], None], True),
    ([[BIT, 1], None], [[BIT, 0], None], False),
    ([None, [BIT, 1]], [None, [BIT, 1]], True),
    ([None, ZERO], [None, [BIT, 1]], False),  # the condition speaks only of lane 0
    ([None, [BIT, 1]], [None, ONE], False),
    ([None, [BIT, 1]], [None, [BIT, 0]], False),
]


@pytest.mark.parametrize(("even", "odd", "holds"), KNOWN)
def test_a_path_knows_its_condition_and_no_more(even: Any, odd: Any, holds: bool) -> None:
    rows = [[], even, odd, [], [], NOTHING]
    assert established(sides(COPY, COPY), rows) is holds


@pytest.mark.parametrize(("even", "odd", "holds"), KNOWN)
def test_the_same_by_a_table(even: Any, odd: Any, holds: bool) -> None:
    bundles = [
        {"load": [["const", 3, AT + 4]]},
        {"alu": [["<<", 12, 10, 1]]},  # word 1 is 1
        {"alu": [["+", 12, 12, 3]]},
        {"flow": [["jump_indirect", 12]]},
        *sides(COPY, COPY, at=AT + 3)[1:],
    ]
    double = x(["<<", BIT, ONE])
    head = [[x(AT + 4)], [[double, 0]], [[x(["+", double, x(AT + 4)]), 0]], []]
    assert established(bundles, [*head, even, odd, [], [], NOTHING]) is holds


def test_lanes_of_words_and_conditions_are_renamed_together() -> None:
    t = Table()
    bit = t("&", t("V", -1, 6), t(1))
    far = t("+", t("*", bit, t(10_000)), t(7))
    odd = [Apply("==", (t.ref(bit, lane), 1)) for lane in range(2)]
    obligations = t.obligations()
    for lane, other in product(range(2), repeat=2):
        words = obligations.words(t.ref(far, lane), odd[other])
        assert words == ((10_007,) if lane == other else (7, 10_007))
        assert obligations.settle(t.ref(bit, lane), 1, odd[other]).holds is (lane == other)
        assert obligations.settle(t.ref(bit, lane), 0, odd[other]).holds is False
    assert obligations.words(t.ref(bit), 0) is None  # of no input at all


def test_after_a_join_a_path_knows_no_more_than_before() -> None:
    """Word 20 is told apart by the paths, so it is nothing after them; word 10 is a bit again."""
    after = {"alu": [["+", 22, 10, 0]]}
    bundles = sides(COPY, COPY, after)
    paths = [[], [ZERO, [BIT, 1]], [ONE, [BIT, 1]], [], []]
    for claim, holds in (([BIT, 0], True), (ZERO, False), (ONE, False), ([BIT, 1], False)):
        assert established(bundles, [*paths, NOTHING, [claim]]) is holds
    after["alu"][0][2] = 20
    claimed = {"scratch": [[20, [BIT, 0]]], "memory": []}
    assert "nothing is known" in by_hand(bundles, [*paths, NOTHING, [[BIT, 0]]]).reason
    assert established(bundles, [*paths, claimed, [[BIT, 0]]])
    after["alu"][0][2] = 21
    assert established(bundles, [*paths, NOTHING, [[BIT, 1]]])
    assert not established(bundles, [*paths, {"scratch": [[20, ZERO]], "memory": []}, [None]])
    assert not established(bundles, [*paths, {"scratch": [[20, ONE]], "memory": []}, [None]])


@pytest.mark.parametrize(
    ("claims", "holds"),
    [
        ([[BIT, 0], [BIT, 1]], True),
        ([[BIT, 0], ZERO], True),  # both of these two paths have an even word 11
        ([[BIT, 0], ONE], False),
        ([ZERO, None], False),  # true only on the first of them
        ([ONE, None], False),  # only on the second
    ],
)
def test_two_of_four_paths_that_join_know_what_both_know(claims: Any, holds: bool) -> None:
    base = x(AT + 4)
    moved = x(["+", x(["&", x([*V, 1]), ONE]), base])
    target = x(["+", x(["&", x([*V, 0]), ONE]), x(["&", x([*V, 1]), ONE]), moved])
    both = x(["+", x(["&", x([*V, 0]), ONE]), x(["&", x([*V, 1]), ONE])])
    here, there, end = ({"flow": [["jump", AT + at]]} for at in (8, 10, 12))
    bundles = [
        {"load": [["const", 3, AT + 4]]},
        {"alu": [["+", 12, 10, 11], ["+", 13, 11, 3]]},
        {"alu": [["+", 12, 12, 13]]},
        {"flow": [["jump_indirect", 12]]},
        *[here, here, there, there],
        *[COPY, end, {"flow": [["pause"]]}, end],
    ]
    rows = [[base], [both, moved], [target], [], [], [], [], [], NOTHING, NOTHING]
    assert established(bundles, [*rows, claims, [], [], [], NOTHING]) is holds


def test_what_one_path_stores_is_no_secret_to_the_join() -> None:
    store = {"store": [["store", 3, 11]]}
    pause = {"flow": [["pause"]]}
    head = {"load": [["const", 3, 7]]}
    read = {"load": [["load", 22, 3]]}
    bundles = [head, *sides(pause, store, read, at=AT + 1)]
    rows: list[Any] = [[x(7)], [], [], [], [], []]
    tree = x(["m", 7])
    for claim in (tree, [BIT, 1]):
        assert "nothing is known" in by_hand(bundles, [*rows, NOTHING, [claim]]).reason
        joined = {"scratch": [], "memory": [[7, claim]]}
        assert not established(bundles, [*rows, joined, [claim]])
    mixed = [x(["select", x(["V", -1, 6, 0]), tree, ZERO]), tree]
    assert not established(bundles, [*rows, {"scratch": [], "memory": [[7, mixed[0]]]}, [None]])
    odd = x(["&", x(["V", -1, 6, 0]), ONE])
    other = x(["&", x(["V", -1, 6, 1]), ONE])
    right = x(["select", odd, other, tree])
    assert established(bundles, [*rows, {"scratch": [], "memory": [[7, right]]}, [right]])


def test_side_conditions_on_one_path_alone() -> None:
    """An address, a divisor and a target that are bad where word 10 is 0, or where it is 1."""
    # Word 13 is 10,000 times the bit, word 14 what is left to 10,000.
    head = [
        {"load": [["const", 3, 10_000]]},
        {"alu": [["*", 13, 10, 3], ["^", 15, 10, 1]]},
        {"alu": [["*", 14, 15, 3]]},
    ]
    far = x(["*", BIT, x(10_000)])
    rows: list[Any] = [[x(10_000)], [[far, 0], [x(["^", BIT, ONE]), 0]]]
    rows.append([[x(["*", x(["^", BIT, ONE]), x(10_000)]), 0]])
    pause = {"flow": [["pause"]]}
    for word in (13, 14):
        both = [*head, {"flow": [["jump_indirect", word]]}]
        assert "jump to 10000, outside the program" in by_hand(both, [*rows, []]).reason
    for slot, row, said in (
        ({"load": [["load", 20, 0]]}, [None], "outside memory"),
        ({"store": [["store", 0, 11]]}, [], "outside memory"),
        ({"flow": [["jump_indirect", 0]]}, [], "outside the program"),
        ({"alu": [["//", 20, 11, 0]]}, [None], "can be 0"),
    ):
        engine = next(iter(slot))
        for odd in (False, True):
            for word in (13, 14):
                use = json.loads(json.dumps(slot))
                use[engine][0][{"alu": 3, "load": 2}.get(engine, 1)] = word
                pair = [use, pause] if not odd else [pause, use]
                bundles = [*head, *sides(*pair, at=AT + 3)]
                each = [row, []] if not odd else [[], row]
                result = by_hand(bundles, [*rows, [], *each, [], [], NOTHING])
                # On the odd path word 13 is 10,000 and word 14 is 0; on the other one vice versa.
                large = (word == 13) is odd
                bad = not large if engine == "alu" else large
                if bad:
                    assert said in result.reason
                elif engine != "flow":
                    assert result.reason.startswith("output of lane 0")
                else:  # a jump to bundle 0: the paths run on
                    assert "outside" not in result.reason


def test_paths_of_different_length_are_refused() -> None:
    pause = {"flow": [["pause"]]}
    end = AT + 2
    bundles = [{"flow": [["cond_jump", 10, end]]}, pause]
    assert "number of cycles depends on data" in by_hand(bundles, [[], []]).reason
    halt = [{"flow": [["cond_jump", 10, AT + 2]]}, {"flow": [["halt"]]}, {"flow": [["halt"]]}]
    assert established(halt, [[], [], [], NOTHING])
    later = [{"flow": [["cond_jump", 10, AT + 2]]}, {"flow": [["halt"]]}, pause, pause]
    assert "number of cycles depends on data" in by_hand(later, [[], [], []]).reason


def test_a_jump_to_the_next_bundle_either_way_is_no_fork() -> None:
    assert established([{"flow": [["cond_jump", 10, AT + 1]]}], [[]])
    assert established([{"flow": [["cond_jump_rel", 10, 0]]}], [[]])


@pytest.mark.slow
def test_conditions_that_grow_without_end_are_cut_off() -> None:
    """Two paths that swap some of their inputs again and again."""
    one, two = AT + 2, AT + 4
    bundles = [
        {"flow": [["cond_jump", 10, AT + 6]]},
        {"flow": [["jump", one]]},
        {"flow": [["cond_jump", 11, two + 1]]},
        {"flow": [["jump", one]]},
        {"flow": [["cond_jump", 11, one + 1]]},
        {"flow": [["jump", two]]},
        {"flow": [["jump", two]]},
    ]
    turn: list[Any] = [[], [], NOTHING, NOTHING, [], []]
    result = by_hand(bundles, [[], [], [], *turn * 120])
    assert result.verdict == INCONCLUSIVE
    spent = re.fullmatch(r"row (\d+): the work for one check is spent", result.reason)
    assert spent
    assert int(spent[1]) < 600
