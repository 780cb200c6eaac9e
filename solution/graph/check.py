"""The legality of a schedule, stated apart from the scheduler that made it.

Used by the tests and, on demand, by the search: whatever the scheduler believes, what it issued
must obey the machine's limits, the graph's dependences and the lifetimes of values.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from frozen.ops import ENGINES, OPS, SCRATCH_SIZE, SLOT_LIMITS, VLEN

from ..errors import SolutionError
from . import ir, kinds
from .bundles import Schedule, addresses
from .ir import SPAN, Graph
from .kinds import KINDS


class Illegal(SolutionError):
    """The schedule breaks a rule; the message names the op and the cycle."""


def schedule(graph: Graph, found: Schedule, first_block: int, buffers: list[int]) -> None:
    """Raise ``Illegal`` unless ``found`` is a legal schedule of ``graph``."""
    slots(found)
    units(graph, found)
    dependences(graph, found)
    lifetimes(graph, found, first_block)
    writes(graph, found, first_block, buffers)


def slots(found: Schedule) -> None:
    """No engine issues more than its slots in a cycle."""
    used = Counter((cycle, engine) for cycle, engine, _ in found.issued)
    for (cycle, engine), count in used.items():
        if count > SLOT_LIMITS[ENGINES[engine]]:
            raise Illegal(f"cycle {cycle}: {count} slots on {ENGINES[engine]}")
        if not 0 <= cycle < found.cycles:
            raise Illegal(f"cycle {cycle} is outside 0..{found.cycles - 1}")


def _by_op(found: Schedule) -> dict[int, list[tuple[int, str]]]:
    rows: dict[int, list[tuple[int, str]]] = {}
    for cycle, engine, op in found.issued:
        rows.setdefault(op, []).append((cycle, ENGINES[engine]))
    return rows


def units(graph: Graph, found: Schedule) -> None:
    """Each op has all its units on one of its engines; fetches land lane after lane."""
    rows = _by_op(found)
    for number, op in enumerate(graph.ops):
        issued = rows.get(number, [])
        if op.kind == kinds.FETCH:
            _fetch(op, issued)
            continue
        engines = {engine for _, engine in issued}
        if len(engines) != 1 or not engines <= set(KINDS[op.kind].engines):
            raise Illegal(f"{op.label}: issued on {sorted(engines)}")
        (engine,) = engines
        if len(issued) != len(op.forms[engine]):
            raise Illegal(f"{op.label}: {len(issued)} of {len(op.forms[engine])} units")


def _fetch(op: ir.Op, issued: list[tuple[int, str]]) -> None:
    times = {name: [cycle for cycle, engine in issued if engine == name] for name in op.forms}
    if any(len(times[name]) != len(units) for name, units in op.forms.items()):
        raise Illegal(f"{op.label}: lanes are missing")
    for name in op.forms:
        if name == "load":
            continue
        for lane, (landed, taken) in enumerate(zip(times["load"], times[name], strict=True)):
            following = times["load"][lane + 1 : lane + 2]
            if taken <= landed or any(taken > other for other in following):
                raise Illegal(f"{op.label}: lane {lane} is taken at {taken}, landed at {landed}")


def _spans(found: Schedule) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for cycle, _, op in found.issued:
        first, last = spans.get(op, (cycle, cycle))
        spans[op] = min(first, cycle), max(last, cycle)
    return spans


def dependences(graph: Graph, found: Schedule) -> None:
    """No op starts before all that it depends on is over."""
    spans = _spans(found)
    for number, preds in enumerate(graph.preds):
        for pred in preds:
            if spans[pred][1] >= spans[number][0]:
                raise Illegal(
                    f"{graph.ops[number].label} starts at {spans[number][0]}, but"
                    f" {graph.ops[pred].label} ends at {spans[pred][1]}"
                )


def lifetimes(graph: Graph, found: Schedule, first_block: int) -> None:
    """No two values live in one block at a time, but for a result in its operand's place."""
    if first_block < graph.static_words or (SCRATCH_SIZE - first_block) % VLEN:
        raise Illegal(f"blocks begin at {first_block}, constants end at {graph.static_words}")
    spans = _spans(found)
    touching: dict[int, list[int]] = {}
    for op, touched in enumerate(graph.touches):
        for value in touched:
            touching.setdefault(value, []).append(op)
    homes: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for value, ops in touching.items():
        first = min(spans[op][0] for op in ops)
        last = max(spans[op][1] for op in ops)
        row = graph.values[value]
        base = found.base[value]
        limit = (SCRATCH_SIZE - first_block) // VLEN if row.pool == ir.BLOCKS else 1 << 30
        if not 0 <= base <= limit - row.size:
            raise Illegal(f"value {row.name}: placed at {base}")
        for block in range(base, base + row.size):
            homes.setdefault((row.pool, block), []).append((first, last, value))
    for lives in homes.values():
        lives.sort()
        for (_, over, old), (begin, _, new) in pairwise(lives):
            if begin > over or _inherits(graph, spans, touching, old, new, over):
                continue
            raise Illegal(
                f"value {graph.values[new].name} begins at {begin}, but"
                f" {graph.values[old].name} in its place lives until {over}"
            )


def _inherits(
    graph: Graph, spans: dict[int, tuple[int, int]], touching: dict[int, list[int]],
    old: int, new: int, over: int,
) -> bool:  # fmt: skip
    """Whether ``new`` may begin while ``old`` is read for the last time."""
    heirs = [op for op in touching[new] if op in touching[old]]
    begin = min(spans[op][0] for op in touching[new])
    for op in touching[old]:
        if op in heirs or spans[op][1] < begin:
            continue
        if spans[op][1] > begin or _writes(graph, op, old):
            return False
    return begin == over or bool(heirs)


def _writes(graph: Graph, op: int, value: int) -> bool:
    return any(
        ref // SPAN == value
        for engine, units in graph.ops[op].forms.items()
        for slot in units
        for words in OPS[engine, str(slot[0])].writes(slot)
        for ref in words
    )


def _written(
    graph: Graph, found: Schedule, first_block: int, buffers: list[int]
) -> Iterator[tuple[int, str, range]]:
    at = addresses(graph, found, first_block, buffers)
    unit: Counter[tuple[int, int]] = Counter()
    for cycle, number, op in found.issued:
        engine = ENGINES[number]
        slot = graph.ops[op].forms[engine][unit[op, number]]
        unit[op, number] += 1
        for words in OPS[engine, str(slot[0])].writes(slot):
            first = at[words.start // SPAN] + words.start % SPAN
            yield cycle, engine, range(first, first + len(words))


def writes(graph: Graph, found: Schedule, first_block: int, buffers: list[int]) -> None:
    """No word is written by two engines in one bundle, none outside scratch."""
    owner: dict[tuple[int, int], str] = {}
    for cycle, engine, words in _written(graph, found, first_block, buffers):
        if words.stop > SCRATCH_SIZE:
            raise Illegal(f"cycle {cycle}: {engine} writes words {words.start}..{words.stop - 1}")
        for word in words:
            if owner.setdefault((cycle, word), engine) != engine:
                raise Illegal(f"cycle {cycle}: word {word} written by two engines")
