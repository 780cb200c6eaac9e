"""Every rule of ``graph.check``, seen failing; an independent oracle finds no more than it."""

import random
from collections.abc import Callable

import dataflow
import pytest

from frozen.machine import Machine
from frozen.ops import ENGINES, SLOT_LIMITS, Slot
from frozen.problem import Shape, inputs_from_seed, memory_image, reference
from solution.graph import bundles, check, ir, kinds, options, plan, schedule
from solution.graph.build import Built
from solution.graph.bundles import Schedule

SHAPE = Shape(6, 7, 192)
OPTIONS = {"select": 2, "pairs": [3, 5], "nested": True, "strided": True, "scalar": {"5": 16}}
Issued = list[tuple[int, int, int]]


class Case:
    """One small kernel with every kind of op: its graph and its schedule."""

    def __init__(self) -> None:
        chosen = options.parse(OPTIONS)
        self.built = Built(SHAPE, chosen, plan.make(SHAPE, chosen, []))
        self.graph = self.built.graph
        self.schedule = schedule.make(self.graph, chosen, None, [])
        self.first_block = schedule.first_block(self.graph)

    def check(self, found: Schedule) -> None:
        check.schedule(self.graph, found, self.first_block, self.built.buffer_refs)

    def oracle(self, found: Schedule) -> None:
        dataflow.check_schedule(self.graph, found, self.first_block, self.built.buffer_refs)

    def op(self, kind: int, skip: int = 40) -> int:
        """The number of some op of this kind that depends on others."""
        found = [
            n for n, op in enumerate(self.graph.ops) if op.kind == kind and self.graph.preds[n]
        ]
        return found[min(skip, len(found) - 1)]


@pytest.fixture(scope="module")
def case() -> Case:
    return Case()


@pytest.mark.slow
def test_the_schedule_itself_is_legal_and_right(case: Case) -> None:
    case.check(case.schedule)
    case.oracle(case.schedule)
    found = bundles.make(case.graph, case.schedule, case.first_block, case.built.buffer_refs)[0]
    inputs = inputs_from_seed(3, SHAPE)
    run = Machine(found).run(memory_image(SHAPE, inputs))
    assert run.memory[SHAPE.values_p :] == reference(SHAPE, inputs)[1]


def test_it_holds_every_kind_of_op(case: Case) -> None:
    found = {op.kind for op in case.graph.ops}
    assert found >= {
        kinds.MADD,
        kinds.FLEX,
        kinds.LANES,
        kinds.LOAD,
        kinds.STORE,
        kinds.FLOW,
        kinds.CONST,
        kinds.FETCH,
    }


def moved(issued: Issued, op: int, cycle: int) -> Issued:
    return [(cycle if each == op else at, engine, each) for at, engine, each in issued]


def too_many(case: Case, issued: Issued) -> Issued:
    load = ENGINES.index("load")
    full = next(
        at for at in range(20, 99)
        if sum((c, e) == (at, load) for c, e, _ in issued) == SLOT_LIMITS["load"]
    )  # fmt: skip
    return moved(issued, next(op for at, e, op in issued if e == load and at != full), full)


def beyond_the_end(case: Case, issued: Issued) -> Issued:
    return [(at + 1, engine, op) for at, engine, op in issued]


def missing(case: Case, issued: Issued) -> Issued:
    return [row for row in issued if row[2] != case.op(kinds.FLOW)]


def lane_missing(case: Case, issued: Issued) -> Issued:
    forms = [op.forms.get("load", ()) for op in case.graph.ops]
    gather = next(
        n for n, op in enumerate(case.graph.ops) if op.kind == kinds.LOAD and len(forms[n]) == 8
    )
    at = next(n for n, row in enumerate(issued) if row[2] == gather)
    return issued[:at] + issued[at + 1 :]


def twice(case: Case, issued: Issued) -> Issued:
    return sorted([*issued, next(row for row in issued if row[2] == case.op(kinds.MADD))])


def wrong_engine(case: Case, issued: Issued) -> Issued:
    op = case.op(kinds.MADD)
    return [(at, 0 if each == op else engine, each) for at, engine, each in issued]


def fetch_lane_missing(case: Case, issued: Issued) -> Issued:
    at = next(n for n, row in enumerate(issued) if row[2] == case.op(kinds.FETCH) and row[1] == 0)
    return issued[:at] + issued[at + 1 :]


def taken_before_it_landed(case: Case, issued: Issued) -> Issued:
    op = case.op(kinds.FETCH)
    first = min(at for at, _, each in issued if each == op)
    return sorted(
        (first if each == op and engine == 0 else at, engine, each) for at, engine, each in issued
    )


def too_early(case: Case, issued: Issued) -> Issued:
    op = case.op(kinds.FLEX)
    over = max(at for at, _, each in issued if each in case.graph.preds[op])
    return moved(issued, op, over)


@pytest.mark.parametrize(
    ("breaks", "rule", "complaint"),
    [
        (too_many, "slots", "slots on load"),
        (beyond_the_end, "slots", "is outside 0"),
        (missing, "units", r"issued on \[\]"),
        (lane_missing, "units", "7 of 8 units"),
        (twice, "units", "2 of 1 units"),
        (wrong_engine, "units", r"issued on \['alu'\]"),
        (fetch_lane_missing, "units", "lanes are missing"),
        (taken_before_it_landed, "units", "is taken at"),
        (too_early, "dependences", "starts at .* ends at"),
    ],
)
def test_broken_orders(
    case: Case, breaks: Callable[[Case, Issued], Issued], rule: str, complaint: str
) -> None:
    broken = case.schedule._replace(issued=breaks(case, case.schedule.issued))
    arguments = (broken,) if rule == "slots" else (case.graph, broken)
    with pytest.raises(check.Illegal, match=complaint):
        getattr(check, rule)(*arguments)
    with pytest.raises(check.Illegal):
        case.check(broken)


def lives(case: Case) -> list[tuple[int, int, int]]:
    """(first cycle, last cycle, value) of the dynamic single blocks."""
    spans: dict[int, tuple[int, int]] = {}
    for at, _, op in case.schedule.issued:
        for value in case.graph.touches[op]:
            first, last = spans.get(value, (at, at))
            spans[value] = min(first, at), max(last, at)
    values = case.graph.values
    return [
        (first, last, value)
        for value, (first, last) in sorted(spans.items())
        if values[value].pool == ir.BLOCKS and values[value].size == 1
    ]


def test_two_values_in_one_place(case: Case) -> None:
    rows = lives(case)
    first, last, value = next(row for row in rows if row[1] - row[0] > 8)
    other = next(row[2] for row in rows if first < row[0] < last and row[1] > last)
    base = list(case.schedule.base)
    base[other] = base[value]
    with pytest.raises(check.Illegal, match="in its place lives until"):
        case.check(case.schedule._replace(base=base))


@pytest.mark.parametrize("place", [-1, 192, 10_000])
def test_a_value_outside_scratch(case: Case, place: int) -> None:
    base = list(case.schedule.base)
    base[lives(case)[0][2]] = place
    with pytest.raises(check.Illegal, match="placed at"):
        case.check(case.schedule._replace(base=base))


def test_blocks_over_constants(case: Case) -> None:
    with pytest.raises(check.Illegal, match="blocks begin at"):
        check.lifetimes(case.graph, case.schedule, case.graph.static_words - 8)


def test_a_word_written_by_two_engines() -> None:
    graph = ir.Graph(8)
    word = graph.static("word", 1)
    slot: Slot = ("+", word, word, word)
    graph.lanes("a", [slot])
    graph.add(kinds.CONST, {"load": [("const", word, 1)]}, "b")
    rows = [(0, ENGINES.index("alu"), 0), (0, ENGINES.index("load"), 1)]
    with pytest.raises(check.Illegal, match="written by two engines"):
        check.writes(graph, Schedule(1, rows, [0], [0, 0]), 8, [])


@pytest.mark.slow
def test_what_the_oracle_refuses_is_refused(case: Case) -> None:
    """Random damage: whatever changes the dataflow is also against a stated rule."""
    draw = random.Random(7)
    refused = 0
    for _ in range(20):
        issued, base = list(case.schedule.issued), list(case.schedule.base)
        if draw.random() < 0.5:
            op = draw.randrange(len(case.graph.ops))
            shift = draw.choice((-3, -2, -1, 1, 2, 3))
            issued = sorted(
                (max(0, at + shift) if each == op else at, engine, each)
                for at, engine, each in issued
            )
        else:
            a, b = (draw.choice(lives(case))[2] for _ in range(2))
            base[a] = base[b]
        broken = case.schedule._replace(issued=issued, base=base)
        try:
            case.oracle(broken)
        except dataflow.Illegal:
            refused += 1
            with pytest.raises(check.Illegal):
                case.check(broken)
    assert refused > 3
