"""Bounds: exact on programs, bracketed by what recipes reach, honest without scipy."""

import sys

import pytest

from frozen.errors import Fault
from frozen.machine import Machine
from frozen.ops import OPS, SCRATCH_SIZE, VLEN, Op, Program
from frozen.problem import JUDGED, Shape
from solution import recipe
from solution.__main__ import main
from solution.bounds import prices
from solution.bounds.counts import count
from solution.bounds.mix import best_mix
from solution.bounds.prices import CONSTANT, FORKED, LINEAR, NONE, POINTER, STRIDED, State, moves
from solution.bounds.ramp import ramp

PROGRAM: Program = [
    {"valu": [("vbroadcast", 8, 0)] * 6, "alu": [("+", 1, 0, 0)] * 12},
    {"valu": [("vbroadcast", 8, 0)], "flow": [("pause",)], "debug": [("comment", "x")]},
    {"debug": [("comment", "x")]},
    {"load": [("const", 1, 1)] * 2, "flow": [("add_imm", 1, 1, 1)]},
]


def test_counts_and_floors() -> None:
    counts = count(PROGRAM)
    assert counts.cycles == 3
    assert counts.slots == {"alu": 12, "valu": 7, "load": 2, "store": 0, "flow": 1}
    assert counts.vec == 8.5
    assert counts.floors() == {"alu": 1, "valu": 2, "load": 1, "store": 0, "flow": 1, "compute": 2}


def test_ends_of_the_judged_shape() -> None:
    ends = ramp(JUDGED)
    # From the end: the stores, then the last ops of two, four, … groups: 0, 2, 6 of 7.5 vec-eq.
    assert ends.drain == 7.5 + 5.5 + 1.5 - CONSTANT.vec
    assert ends.head == 7.5 - 1 - 1 / 8  # the constant 1, and the address 0


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.engine in ("alu", "valu")], ids=str)
def test_on_zeros_an_op_gives_0_or_1(op: Op) -> None:
    """So cycle 0 makes no other constant. A division by zero is no value."""
    slot = (op.name, *range(0, VLEN * len(op.operands), VLEN))
    made: list[int] = []
    try:
        Machine([{op.engine: [slot]}]).run([], observe=lambda _at, scratch, _: made.extend(scratch))
    except Fault:
        assert op.name in ("//", "cdiv", "%")
    else:
        written = VLEN if op.engine == "valu" else 1
        assert made == [int(op.name == "==")] * written + [0] * (SCRATCH_SIZE - written)


def test_ends_of_one_group() -> None:
    # One group by itself does only twelve vec-eq in the last eleven cycles.
    assert ramp(Shape(3, 4, 8)).drain == 11 * 7.5 - 12 - CONSTANT.vec
    assert ramp(Shape(3, 1, 8)).latency == 2 + 10 + 1


def test_price_list_holds_the_known_addresses() -> None:
    """Costs that kernels are known to pay: (vec, flow) of the first address, and of a next one."""
    first = {m.price[::3] for m in moves(State(3, NONE, 3), 5, 0) if "s-record" in m.way}
    assert first == {(0, 9), (1, 5), (2, 3), (3, 2)}
    then = {m.price[::3] for m in moves(State(9, LINEAR, 2), 11, 0) if "9 in place" in m.way}
    assert then == {(2, 3), (3, 1), (4, 0)}
    (last,) = (m for m in moves(State(10, LINEAR, 1), 11, 0) if "10 in place" in m.way)
    assert last.price[:2] == (2, 8)


def test_nested_tables_need_room() -> None:
    """The inner one of two nested tables takes 2 vec-eq and no flow for its address."""
    for room, expected in ((159, {(3, 1), (2, 2), (1, 4)}), (160, {(2, 1), (1, 4)})):
        found = moves(State(5, LINEAR, 2), 11, room)
        assert {m.price[::3] for m in found if "t-record" in m.way} == expected


def test_s_records_end_a_descent() -> None:
    ways = {levels: {m.way for m in moves(State(3, NONE, 3), levels, 0)} for levels in (4, 5, 6)}
    assert any("s-record" in way for way in ways[5])
    assert not any("s-record" in way for way in ways[6])
    assert not any("record," in way or "t-record" in way for way in ways[4])


@pytest.mark.slow
def test_mix_floor_of_the_judged_shape() -> None:
    pytest.importorskip("scipy")
    steady, whole = best_mix(JUDGED), best_mix(JUDGED, ramp(JUDGED))
    assert 865.5 < steady.time < 866.5
    assert 869.0 < whole.time < 870.0
    served = [0] * 11
    for levels, groups, move in steady.moves:
        if levels == 11:
            for level in range(move.start.level, move.end.level):
                served[level] += groups
    assert served == [32] * 11  # every group passes every level once


def test_the_forked_family() -> None:
    """(vec, load, flow) of its records with their addresses, level by level."""
    needs = {(3, NONE, 3): 208, (5, FORKED, 2): 0, (7, POINTER, 2): 0, (9, STRIDED, 2): 0}
    found = {}
    for state, room in needs.items():
        rows = list(moves(State(*state), 11, room))
        found[state[0]] = {(m.way, m.price.vec, m.price.load, m.price.flow) for m in rows}
    assert ("(3,4) t-record, forked; address by 1 vec, 2 flow", 1, 9, 3) in found[3]
    assert not any("forked" in move.way for move in moves(State(3, NONE, 3), 11, 207))
    way = "(5,6) record, scalar, with a pointer; address by 1 vec, 1 flow"
    assert found[5] == {(way, 2, 8, 2)}
    assert ("(7,8) s-record, strided on; address by 1 vec, 3 flow", 1, 8, 5) in found[7]
    assert ("gather 9 in place; address by 1 vec, 6 flow", 2, 8, 6) in found[9]


def test_constants_by_way_of_memory_come_late() -> None:
    assert prices.by_memory("mux 4 for 4") is None
    assert prices.by_memory("record 5") is None
    assert prices.by_memory("mux 4 for 7") == (-3.5, 4, 32, 0)


@pytest.mark.slow
def test_forked_tables_lower_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scipy")
    ends = ramp(JUDGED)
    with_them = best_mix(JUDGED, ends).time
    monkeypatch.setattr(prices, "_forked", lambda *_: iter(()))
    assert with_them + 0.3 < best_mix(JUDGED, ends).time


@pytest.mark.parametrize(
    "shape",
    [Shape(1, 1, 1), Shape(2, 1, 23), Shape(1, 40, 8), Shape(3, 9, 40), Shape(12, 2, 512)],
    ids=str,
)
def test_no_recipe_comes_below_the_floors(shape: Shape) -> None:
    pytest.importorskip("scipy")
    ends = ramp(shape)
    floor = best_mix(shape, ends).time
    assert floor >= max(best_mix(shape).time, ends.latency) - 1e-6
    for each in recipe.load_all():
        assert count(each.build(shape, [])).cycles >= floor


@pytest.mark.slow
def test_report(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("scipy")
    assert main(["bounds", "--recipe", "vector", "--shape", "3,4,65"]) == 0
    out = capsys.readouterr().out
    assert "vector at H=3 R=4 B=65:" in out
    assert "note: batch tail: 1 lanes" in out
    assert "op-mix floor at H=3 R=4 B=65:" in out
    assert "above the mix floor" in out


def test_without_scipy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    assert main(["bounds", "--recipe", "vector", "--shape", "3,4,64"]) == 5
    out, err = capsys.readouterr()
    assert "compute" in out
    needs = "error: the op-mix floor needs scipy"
    assert err == f"{needs}: pip install '.[search]' in a clone of the project\n"
