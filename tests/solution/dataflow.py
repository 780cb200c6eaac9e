"""An oracle for ``solution.graph.check``: a schedule against its graph, by what words hold.

The graph is run in program order and the schedule in bundle order, both on tags instead of
numbers: a word's tag is the (op, unit) that wrote it last. Every slot must find the same tags in
its source words in both runs, which covers dependences, live ranges and allocation at once
(translation validation; Necula, PLDI 2000). Memory is covered by the graph's own edges, and the
store buffers by tags on the address words that name their cells.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, NoReturn

from frozen.ops import ENGINES, OPS, SLOT_LIMITS, VLEN, Slot
from solution.graph.bundles import Schedule, _addressed, addresses
from solution.graph.ir import BUFFERS, SPAN, Graph
from solution.graph.kinds import FETCH

Tag = tuple[int, int]
"""(op, unit) of the last writer."""


class Issue(NamedTuple):
    """One slot as emitted: ``unit`` counts the slots of the op's form for ``engine``."""

    cycle: int
    op: int
    engine: str
    unit: int
    slot: Slot


class Illegal(Exception):
    """The schedule does not compute what the graph says: which is a bug of the compiler."""


def check_schedule(graph: Graph, found: Schedule, first_block: int, buffers: list[int]) -> None:
    """Raise ``Illegal`` unless ``found``, emitted with these buffers, computes the graph."""
    at = addresses(graph, found, first_block, buffers)
    units: Counter[tuple[int, int]] = Counter()
    issues = []
    for cycle, number, op in found.issued:
        engine, unit = ENGINES[number], units[op, number]
        units[op, number] += 1
        slots = graph.ops[op].forms.get(engine, ())
        if unit >= len(slots):
            raise Illegal(f"cycle {cycle}, {engine}: op {op} has no unit {unit}")
        issues.append(Issue(cycle, op, engine, unit, _addressed(engine, slots[unit], at)))
    check(graph, issues)


def check(graph: Graph, issues: Iterable[Issue]) -> None:
    """Raise ``Illegal`` at the first rule that ``issues`` break."""
    rows = sorted(issues, key=lambda issue: issue.cycle)
    forms = _check_units(graph, rows)
    _check_slots(rows)
    _check_edges(graph, rows)
    _check_words(graph, rows, _expected(graph, forms))


def _refuse(graph: Graph, issue: Issue, problem: str) -> NoReturn:
    label = graph.ops[issue.op].label
    raise Illegal(
        f"cycle {issue.cycle}, {issue.engine}, op {issue.op} ({label}), unit {issue.unit}:"
        f" {problem}"
    )


def _check_units(graph: Graph, rows: Sequence[Issue]) -> list[list[str]]:
    """Every unit of one form (of all forms, for a fetch) is issued once. The forms in use."""
    used: list[dict[str, Counter[int]]] = [{} for _ in graph.ops]
    for issue in rows:
        used[issue.op].setdefault(issue.engine, Counter())[issue.unit] += 1
        slot = graph.ops[issue.op].forms[issue.engine][issue.unit]
        kinds = [operand.kind for operand in OPS[issue.engine, str(slot[0])].operands]
        fixed = [n + 1 for n, kind in enumerate(kinds) if kind in ("imm", "target")]
        if len(slot) != len(issue.slot) or any(slot[n] != issue.slot[n] for n in (0, *fixed)):
            _refuse(graph, issue, f"issued as {issue.slot}, not as {slot}")
    for number, (op, forms) in enumerate(zip(graph.ops, used, strict=True)):
        wanted = list(op.forms) if op.kind == FETCH else list(forms)[:1]
        once = {engine: Counter(range(len(op.forms[engine]))) for engine in wanted}
        if not once or forms != once:
            raise Illegal(f"op {number} ({op.label}): not every unit is issued once")
    return [list(forms) for forms in used]


def _check_slots(rows: Sequence[Issue]) -> None:
    for (cycle, engine), slots in Counter((row.cycle, row.engine) for row in rows).items():
        if slots > SLOT_LIMITS[engine]:
            raise Illegal(f"cycle {cycle}, {engine}: {slots} slots, limit {SLOT_LIMITS[engine]}")


def _check_edges(graph: Graph, rows: Sequence[Issue]) -> None:
    over = [0] * len(graph.ops)
    for issue in rows:
        over[issue.op] = issue.cycle
    for issue in rows:
        for pred in graph.preds[issue.op]:
            if over[pred] >= issue.cycle:
                _refuse(graph, issue, f"starts before op {pred} ({graph.ops[pred].label}) is over")


def _program_order(graph: Graph, forms: Sequence[Sequence[str]]) -> Iterator[tuple[str, int, int]]:
    """(engine, op, unit): a fetch lands lane by lane, its ways out right behind each load."""
    for number, op in enumerate(graph.ops):
        if op.kind == FETCH:
            for lane in range(VLEN):
                for engine in op.forms:
                    yield engine, number, lane
        else:
            (engine,) = forms[number]
            for unit in range(len(op.forms[engine])):
                yield engine, number, unit


def _sources(slot: Slot, engine: str) -> list[int]:
    return [word for words in OPS[engine, str(slot[0])].reads(slot) for word in words]


def _cells(slot: Slot, engine: str) -> tuple[str, range]:
    """("load" or "store", address words that name the memory cells), or ("", nothing)."""
    name = str(slot[0])
    if engine == "load" and name == "vload":
        return "load", range(int(slot[2]), int(slot[2]) + VLEN)
    if engine == "store" and name == "store":
        return "store", range(int(slot[1]), int(slot[1]) + 1)
    return "", range(0)


class _Tags:
    """Words and buffer cells with the tags of their last writers."""

    def __init__(self) -> None:
        self.words: dict[int, Tag] = {}
        self.cells: dict[int, Tag] = {}

    def seen(self, slot: Slot, engine: str, buffered: bool) -> list[Tag | None]:
        found = [self.words.get(word) for word in _sources(slot, engine)]
        way, cells = _cells(slot, engine)
        if buffered and way == "load":
            found += [self.cells.get(cell) for cell in cells]
        return found

    def write(self, slot: Slot, engine: str, buffered: bool, tag: Tag) -> None:
        for words in OPS[engine, str(slot[0])].writes(slot):
            self.words.update(dict.fromkeys(words, tag))
        way, cells = _cells(slot, engine)
        if buffered and way == "store":
            self.cells.update(dict.fromkeys(cells, tag))


def _is_buffered(graph: Graph, slot: Slot, engine: str) -> bool:
    _, cells = _cells(slot, engine)
    return bool(cells) and graph.values[cells[0] // SPAN].pool == BUFFERS


def _expected(
    graph: Graph, forms: Sequence[Sequence[str]]
) -> dict[tuple[str, int, int], list[Tag | None]]:
    tags = _Tags()
    expected = {}
    for engine, op, unit in _program_order(graph, forms):
        slot = graph.ops[op].forms[engine][unit]
        buffered = _is_buffered(graph, slot, engine)
        expected[engine, op, unit] = tags.seen(slot, engine, buffered)
        tags.write(slot, engine, buffered, (op, unit))
    return expected


def _check_words(
    graph: Graph,
    rows: Sequence[Issue],
    expected: dict[tuple[str, int, int], list[Tag | None]],
) -> None:
    tags = _Tags()
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end].cycle == rows[at].cycle:
            end += 1
        for issue in rows[at:end]:
            virtual = graph.ops[issue.op].forms[issue.engine][issue.unit]
            buffered = _is_buffered(graph, virtual, issue.engine)
            refs = _sources(virtual, issue.engine)
            wanted = expected[issue.engine, issue.op, issue.unit]
            for n, found in enumerate(tags.seen(issue.slot, issue.engine, buffered)):
                if found != wanted[n] and not (n < len(refs) and _junk(graph, refs[n], wanted[n])):
                    what = "a buffer cell" if n >= len(refs) else _name(graph, refs[n])
                    _refuse(
                        graph, issue, f"{what} was written by {found}, should be by {wanted[n]}"
                    )
        for issue in rows[at:end]:
            virtual = graph.ops[issue.op].forms[issue.engine][issue.unit]
            buffered = _is_buffered(graph, virtual, issue.engine)
            tags.write(issue.slot, issue.engine, buffered, (issue.op, issue.unit))
        at = end


def _junk(graph: Graph, ref: int, wanted: Tag | None) -> bool:
    """Words that no op writes mean nothing, unless they are static (those hold zero)."""
    value = graph.values[ref // SPAN]
    return wanted is None and value.base < 0


def _name(graph: Graph, ref: int) -> str:
    return f"word {ref % SPAN} of {graph.values[ref // SPAN].name}"
