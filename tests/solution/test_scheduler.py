"""The scheduler: legal on every path, the same compiled or not, and the keys that drive it."""

import random

import pytest

from frozen.ops import ENGINES, SLOT_LIMITS
from frozen.problem import Shape
from solution.errors import BadRecipe, MissingDependency
from solution.graph import check, core, keys, options, plan, schedule
from solution.graph.arrays import arrays
from solution.graph.build import Built
from solution.search import compiled

SMALL = Shape(6, 8, 40)
WIDE = Shape(9, 10, 240)
CHOICES = {
    "selected": {"select": 3, "overlap": 170},
    "pairs": {"select": 2, "pairs": [3, 5], "strided": True, "scalar": {"5": 16}},
    "nested": {
        "select": 2, "pairs": [3, 5, 7], "nested": True, "flow": {"3": 32, "5": 9, "7": 20},
        "scalar": {"7": 8},
    },
    "forked": {
        "select": 2, "pairs": [3, 5, 7], "forked": True, "strided": True, "third": 16, "stored": 6,
        "flow": {"7": 16, "9": 32}, "scalar": {"7": 8}, "buffers": 2,
    },
    "indexed": {"select": 2, "pairs": [3, 5, 7], "nested": True, "indices": True},
}  # fmt: skip


def built(name: str, shape: Shape) -> tuple[options.Options, Built]:
    chosen = options.parse(CHOICES[name])
    return chosen, Built(shape, chosen, plan.make(shape, chosen, []))


def test_core_states_the_machine() -> None:
    slots = core.ALU_SLOTS, core.VALU_SLOTS, core.LOAD_SLOTS, core.STORE_SLOTS, core.FLOW_SLOTS
    assert dict(zip(ENGINES, slots, strict=True)).items() <= SLOT_LIMITS.items()


@pytest.mark.parametrize("name", CHOICES)
def test_schedules_are_legal(name: str) -> None:
    chosen, program = built(name, WIDE)
    for rounds in (0, 2):
        found = schedule.make(program.graph, chosen._replace(rounds=rounds, blur=6), None, [])
        check.schedule(program.graph, found, schedule.first_block(program.graph), program.buffers)


@pytest.mark.slow
def test_compiled_scheduler_gives_the_same_schedule() -> None:
    try:
        fast = compiled.compile_core()
    except MissingDependency:
        pytest.skip("numba is not installed")
    draw = random.Random(3)
    for name in ("nested", "selected"):
        chosen, program = built(name, SMALL)
        graph = program.graph
        slow = arrays(graph, chosen.buffers, chosen.reserve)
        quick = arrays(graph, chosen.buffers, chosen.reserve, compiled.array)
        plain = keys.plain(graph, schedule.estimate(graph), 150)
        noisy = [key + draw.randrange(40) for key in plain]
        for start in (plain, noisy):
            best_slow, best_quick = [0] * len(start), compiled.array([0] * len(start))
            here = core.justify(slow.graph, slow.state, list(start), best_slow, 3, 9, 20, 7, 10_000)
            there = fast["justify"](
                quick.graph, quick.state, compiled.array(start), best_quick, 3, 9, 20, 7, 10_000
            )
            assert here == tuple(there)
            assert best_slow == list(best_quick)
            for at in (0, 1, 2, 14, 15, 16):  # start, finish, base, log
                assert list(slow.state[at]) == list(quick.state[at])


def test_keys_are_the_only_choice() -> None:
    """Any keys give a right program, if a worse one."""
    draw = random.Random(5)
    chosen, program = built("nested", WIDE)
    wild = [draw.randrange(4096) for _ in program.graph.ops]
    found = schedule.make(program.graph, chosen, wild, [])
    check.schedule(program.graph, found, schedule.first_block(program.graph), program.buffers)
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
        ({"forked": True, "pairs": [3, 5, 7], "indices": True}, "make no final indices"),
        ({"third": 33}, "expected 0..32"),
        ({"overlap": 99}, "at least 100"),
    ],
)
def test_bad_options(choices: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadRecipe, match=complaint):
        options.parse(choices)
