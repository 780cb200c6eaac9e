"""The scheduler: legal on every path, the same in C, and the keys that drive it."""

import random
import shutil
from typing import Any

import pytest

from frozen.ops import ENGINES, SLOT_LIMITS
from frozen.problem import Shape
from solution.errors import BadRecipe, MissingDependency
from solution.graph import check, keys, options, plan, schedule
from solution.graph.arrays import arrays
from solution.graph.build import Built
from solution.graph.core.justify import justify
from solution.graph.core.state import LOGGED, State
from solution.graph.kinds import FETCH, KINDS, SLOTS
from solution.search import compiled

SMALL = Shape(6, 8, 40)
WIDE = Shape(9, 10, 240)
CHOICES: dict[str, dict[str, Any]] = {
    "selected": {"select": 3, "stagger": 170},
    "pairs": {"select": 2, "pairs": [3, 5], "strided": True, "scalar": {"5": 16}},
    "nested": {
        "select": 2, "pairs": [3, 5, 7], "nested": True, "flow": {"3": 32, "5": 9, "7": 20},
        "scalar": {"7": 8},
    },
    "forked": {
        "select": 2, "pairs": [3, 5, 7], "forked": True, "strided": True, "third": 16, "stored": 6,
        "flow": {"7": 16, "9": 32}, "scalar": {"7": 8}, "buffer_count": 2,
    },
    "indexed": {"select": 2, "pairs": [3, 5, 7], "nested": True, "indices": True},
    "forked, indexed": {
        "select": 2, "pairs": [3, 5, 7], "forked": True, "third": 8, "buffer_count": 2,
        "indices": True, "flow": {"0": 8, "9": 32}, "chained": [1, 2, 4, 8, 12],
    },
}  # fmt: skip


def built(name: str, shape: Shape) -> tuple[options.Options, Built]:
    chosen = options.parse(CHOICES[name])
    return chosen, Built(shape, chosen, plan.make(shape, chosen, []))


def test_kinds_state_the_machine() -> None:
    assert dict(zip(ENGINES, SLOTS, strict=True)).items() <= SLOT_LIMITS.items()
    assert {engine for kind in KINDS for engine in kind.engines} == set(ENGINES)


@pytest.mark.parametrize("name", CHOICES)
def test_ops_take_the_engines_of_their_kind(name: str) -> None:
    for op in built(name, SMALL)[1].graph.ops:
        engines = KINDS[op.kind].engines
        needed = engines[:2] if op.kind == FETCH else engines
        assert set(needed) <= set(op.forms) <= set(engines)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHOICES)
def test_schedules_are_legal(name: str) -> None:
    chosen, program = built(name, WIDE)
    for rounds in (0, 2):
        found = schedule.make(program.graph, chosen._replace(justify=rounds, blur=6), None, [])
        check.schedule(
            program.graph, found, schedule.first_block(program.graph), program.buffer_refs
        )


@pytest.mark.parametrize(("name", "shape"), [("selected", SMALL), ("forked", WIDE)])
def test_the_scheduler_in_c_gives_the_same_schedule(name: str, shape: Shape) -> None:
    chosen, program = built(name, shape)
    graph = program.graph
    try:
        quick = compiled.Scheduler(graph, chosen.buffer_count, chosen.reserve)
    except MissingDependency:
        pytest.skip("there is no C compiler")
    flat = arrays(graph, chosen.buffer_count, chosen.reserve)
    draw = random.Random(3)
    plain = keys.plain(graph, schedule.estimate(graph), 150)
    for start in (plain, [key + draw.randrange(40) for key in plain]):
        best = [0] * len(start)
        best_quick = compiled.words(best)
        here = justify(*flat, list(start), best, 2, 9, 20, 7, 10_000)
        there = quick.justify(compiled.words(start), best_quick, 2, 9, 20, 7, 10_000)
        assert here == there
        assert here[0] > 0
        assert best == list(best_quick)
        assert facts(flat.state) == facts(quick.state)


def facts(state: State) -> tuple[list[int], ...]:
    """The schedule that a run left: times, places, and what was issued when and where."""
    logged = state.counts[LOGGED]
    rows = state.start, state.finish, state.base
    logs = state.log_op[:logged], state.log_cycle[:logged], state.log_engine[:logged]
    return tuple(list(row) for row in (*rows, *logs))


def test_c_says_when_it_is_stuck() -> None:
    """As the plain one: a group of this mix needs more blocks than a limit of one cycle gives."""
    chosen, program = built("selected", SMALL)
    try:
        quick = compiled.Scheduler(program.graph, chosen.buffer_count, chosen.reserve)
    except MissingDependency:
        pytest.skip("there is no C compiler")
    key = compiled.words([0] * len(program.graph.ops))
    assert quick.run(key, False, 1) == -1
    assert quick.run(key, False, 1 << 20) > 1


def test_without_a_compiler_the_search_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    compiled.library.cache_clear()
    with pytest.raises(MissingDependency, match="needs a C compiler"):
        compiled.library()
    compiled.library.cache_clear()


@pytest.mark.slow
def test_keys_are_the_only_choice() -> None:
    """Any keys give a right program, if a worse one."""
    draw = random.Random(5)
    chosen, program = built("nested", WIDE)
    wild = [draw.randrange(4096) for _ in program.graph.ops]
    found = schedule.make(program.graph, chosen, wild, [])
    check.schedule(program.graph, found, schedule.first_block(program.graph), program.buffer_refs)
    good = schedule.make(program.graph, chosen, None, [])
    assert found.cycles > good.cycles


def test_hints_round_trip() -> None:
    row = [0, 1, 63, 64, 4095]
    text = keys.dump(row)
    assert keys.load(text, len(row), "x") == row
    assert keys.load(text, len(row) + 1, "x") is None
    assert keys.fit([-8, 0, 9000]) == [0, 3, 4095]
    with pytest.raises(BadRecipe, match="unexpected character"):
        keys.load("0!", 1, "x")


@pytest.mark.parametrize(
    ("choices", "complaint"),
    [
        ({"colour": 1}, "option 'colour' is unknown"),
        ({"select": "2"}, "option select: expected int"),
        ({"select": True}, "option select: expected int"),
        ({"select": 5}, "expected 0..4"),
        ({"pairs": [4]}, r"after select = 2 comes \[3\]"),
        ({"pairs": [3], "nested": True}, "needs two pairs"),
        ({"flow": {"x": 1}}, "keys are levels"),
        ({"flow": {"3": 33}}, "expected 0..32"),
        ({"offset": 8}, "expected 0..7"),
        ({"forked": True}, "needs select = 2 and three pairs"),
        ({"forked": True, "pairs": [3, 5, 7], "nested": True}, "not nested"),
        ({"third": 33}, "expected 0..32"),
        ({"chained": [1, 3]}, "no chain makes 3; there are: 1, 2, 4"),
        ({"chained": [[1]]}, r"no chain makes \[1\]"),
        ({"stagger": 99}, "at least 100"),
    ],
)
def test_bad_options(choices: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadRecipe, match=complaint):
        options.parse(choices)
