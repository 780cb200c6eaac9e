"""The price that each way of serving a level states is what the compiler pays for it."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from frozen.ops import VLEN
from frozen.problem import Shape
from solution.graph import kinds, options, plan
from solution.graph.build import Built
from solution.graph.ir import Op
from solution.graph.levels import (
    raw,
    s_record,
    scalar_record,
    select,
    single,
    strided_raw,
    t_record,
)  # fmt: skip
from solution.graph.price import Price

SHAPE = Shape(9, 16, 240)
HASH = Price(vec=11)  # with the xor
BIT = Price(vec=1)
FORKED = {
    "select": 2, "pairs": [3, 5, 7], "forked": True, "strided": True, "buffer_count": 2,
    "flow": {"7": 32, "9": 32},
}  # fmt: skip
PLAIN = {"select": 2, "pairs": [3, 5, 7], "scalar": {"5": 32}, "flow": {"3": 32}}
LAST = Price(vec=1)  # the hash's last constant, where it is not folded into a node
STORE = Price(store=1)  # of the values, at the end


def paid(op: Op) -> Price:
    """What an op takes of the engines, lane-wise ones in vec-eq."""
    units = {engine: len(slots) for engine, slots in op.forms.items()}
    if op.kind in (kinds.MADD, kinds.FLEX):
        return Price(vec=1)
    return Price(
        vec=units.get("alu", 0) / VLEN, load=units.get("load", 0), store=units.get("store", 0),
        flow=units.get("flow", 0),
    )  # fmt: skip


def rounds(choices: dict[str, object], shape: Shape) -> Iterator[tuple[int, Price, Price]]:
    """(round, price of serving it with the hash, price of its address) of a group in the middle."""
    chosen = options.parse(choices)
    graph = Built(shape, chosen, plan.make(shape, chosen, [])).graph
    serving: dict[int, Price] = defaultdict(Price)
    address: dict[int, Price] = defaultdict(Price)
    for op in graph.ops:
        words = op.label.split()
        if op.group == 4 and len(words) > 3 and words[1].startswith("r"):
            row = address if words[3] == "address" else serving
            row[int(words[1][1:])] = row[int(words[1][1:])].plus(paid(op))
    for number in range(shape.rounds):
        yield number, serving[number], address[number]


def total(*prices: Price) -> Price:
    result = Price()
    for price in prices:
        result = result.plus(price)
    return result


@pytest.mark.parametrize(
    ("choices", "first", "expected"),
    [
        (FORKED, 0, total(select.price(0), BIT)),
        (FORKED, 1, total(select.price(1), BIT)),
        (FORKED, 2, total(select.price(2), BIT)),
        (FORKED, 3, total(t_record.price(), BIT.times(2), HASH)),
        (FORKED, 5, total(scalar_record.price(), BIT.times(2), HASH)),
        (FORKED | {"third": 32}, 7, total(s_record.price(), BIT.times(1), HASH, LAST)),
        (FORKED | {"third": 32}, 9, total(raw.price(constant=False), BIT)),
        (FORKED, 9, total(raw.price(constant=False))),
        (PLAIN, 5, total(scalar_record.price(), BIT.times(2), HASH)),
        (PLAIN, 7, total(t_record.price(), BIT.times(2), HASH, LAST)),
    ],
)
def test_prices(choices: dict[str, object], first: int, expected: Price) -> None:
    """Raw levels pay their constant in the round before them."""
    rows = list(rounds(choices, SHAPE))
    last = first + 1 if HASH.vec < expected.vec else first
    found = total(*(serving for number, serving, _ in rows if first <= number <= last))
    assert found == expected.plus(HASH)


def test_a_descent_that_ends_at_a_record() -> None:
    rows = list(rounds(PLAIN, Shape(9, 4, 240)))
    assert rows[3][1] == total(single.price(), HASH, LAST, STORE)


def test_an_s_record_ends_the_program() -> None:
    rows = list(rounds(FORKED, Shape(9, 15, 240)))
    assert total(rows[13][1], rows[14][1]) == total(s_record.price(), BIT, HASH, HASH, LAST, STORE)


@pytest.mark.parametrize(
    ("choices", "number", "expected"),
    [
        (FORKED, 3, Price(vec=1, flow=2)),
        (FORKED, 5, Price(vec=1, flow=1)),
        (FORKED, 7, Price(vec=1, flow=3)),
        (FORKED | {"flow": {}}, 7, Price(vec=2, flow=1)),
        (FORKED, 9, Price(vec=1, flow=3)),
        (FORKED | {"third": 32}, 9, strided_raw.address_price()),
        (PLAIN, 3, Price(vec=1, flow=3)),
    ],
)
def test_addresses(choices: dict[str, object], number: int, expected: Price) -> None:
    """The figures of ``bounds.prices``."""
    assert list(rounds(choices, SHAPE))[number][2] == expected
