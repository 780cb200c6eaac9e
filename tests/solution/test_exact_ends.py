"""The model of the two ends, on graphs whose least loss is known."""

import pytest

from frozen.ops import VLEN
from solution.graph import ir, kinds

pytest.importorskip("ortools")

from tests.studies.exact_ends import window


def chain(loads: int, products: int) -> ir.Graph:
    """``loads`` vectors from memory, then ``products`` multiply-adds of the first one, a store."""
    graph = ir.Graph(64)
    zero = graph.static("zero", VLEN)
    first = 0
    for number in range(loads):
        value = graph.dynamic("value")
        graph.add(kinds.LOAD, {"load": [("vload", value, zero)]}, "load")
        first = value if number == 0 else first
    for _ in range(products):
        graph.vector("multiply_add", "product", graph.dynamic("product"), first, first, first)
    return graph


@pytest.mark.parametrize(
    ("loads", "products", "cycles", "lost"),
    [
        (1, 8, 1, 7.5),  # nothing but the load
        (1, 8, 2, 9.0),  # six products: they run on valu only
        (1, 8, 3, 14.5),  # the last two
        (1, 2, 2, 13.0),
    ],
)
def test_first_cycles(loads: int, products: int, cycles: int, lost: float) -> None:
    found = window(chain(loads, products), cycles, last=False, seconds=20)
    assert found == (lost, lost)


def test_last_cycles_are_the_graph_turned_round() -> None:
    assert window(chain(1, 8), 1, last=True, seconds=20) == (1.5, 1.5)
    assert window(chain(1, 8), 2, last=True, seconds=20) == (7.0, 7.0)


def test_lane_wise_ops_fill_both_engines() -> None:
    graph = ir.Graph(64)
    a = graph.static("a", VLEN)
    for _ in range(9):
        graph.vector("^", "xor", graph.dynamic("xor"), a, a)
    assert window(graph, 1, last=False, seconds=20) == (0.0, 0.0)
    assert window(graph, 2, last=False, seconds=20) == (6.0, 6.0)
