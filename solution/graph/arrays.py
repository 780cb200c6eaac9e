"""The graph as the flat arrays that ``core`` works on."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from frozen.ops import OPS, SCRATCH_SIZE, VLEN

from . import ir
from .ir import SPAN, Graph

Make = Callable[[Sequence[int]], Any]
"""How to hold integers: ``list`` here, an array of int64 in the search."""


class Arrays(NamedTuple):
    """``core.run``'s arguments, and where the placed blocks begin in scratch."""

    graph: tuple[Any, ...]
    state: tuple[Any, ...]
    first_block: int


def arrays(graph: Graph, buffers: int, reserve: int, make: Make = list) -> Arrays:
    """Flatten ``graph``. A group may only start while ``reserve`` blocks are free."""
    n = len(graph.ops)
    blocks = (SCRATCH_SIZE - graph.static_words) // VLEN
    succs: list[list[int]] = [[] for _ in range(n)]
    for op, before in enumerate(graph.preds):
        for other in before:
            succs[other].append(op)
    units = [len(next(reversed(op.forms.values()))) for op in graph.ops]
    stored = [int(op.kind == ir.FETCH and "store" in op.forms) for op in graph.ops]
    rem = [0] * len(graph.values)
    for touched in graph.touches:
        for value in touched:
            rem[value] += 1
    takeovers = [_takeover(graph, op) for op in range(n)]
    need = [reserve if op.opens else 0 for op in graph.ops]
    succ_ptr, succ = _rows(succs)
    pred_ptr, pred = _rows(graph.preds)
    touch_ptr, touch = _rows(graph.touches)
    take_ptr, take = _rows([donors for _, donors in takeovers])
    # A static value counts as placed (base 0; it is never touched in the sense of ``touches``).
    fixed: tuple[list[int], ...] = (
        [op.kind for op in graph.ops], units, stored, succ_ptr, succ,
        [len(preds) for preds in graph.preds], pred_ptr, pred, [len(row) for row in succs],
        touch_ptr, touch, rem, [value.size for value in graph.values],
        [value.pool for value in graph.values],
        [0 if value.base >= 0 else -1 for value in graph.values],
        [dest for dest, _ in takeovers], take_ptr, take, need,
        [0] * blocks, [0] * buffers,
    )  # fmt: skip
    log = sum(units) + 16 * sum(op.kind == ir.FETCH for op in graph.ops)
    values = len(graph.values)
    sizes = (n, n, values, values, n, values, blocks, buffers, 2, 6 * n, n, n, n, n, log, log, log)
    return Arrays(
        tuple(make(row) for row in fixed),
        tuple(make([0] * size) for size in sizes),
        SCRATCH_SIZE - blocks * VLEN,
    )


def _rows(rows: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    pointers: list[int] = [0]
    flat: list[int] = []
    for row in rows:
        flat.extend(row)
        pointers.append(len(flat))
    return pointers, flat or [0]


def _takeover(graph: Graph, number: int) -> tuple[int, list[int]]:
    """The value that ``op`` may write in a dying operand's place, and those operands.

    Safe where each unit reads the operand's words only where it writes its result's.
    """
    op = graph.ops[number]
    engine, units = next(reversed(op.forms.items()))
    if op.kind == ir.FETCH:
        return -1, []
    dests: set[int] = set()
    aligned: dict[int, bool] = {}
    for slot in units:
        row = OPS[engine, str(slot[0])]
        written = [ref for words in row.writes(slot) for ref in words]
        dests.update(ref // SPAN for ref in written)
        offsets = [ref % SPAN for ref in written]
        for words in row.reads(slot):
            for ref in words:
                same = len(units) == 1 or ref % SPAN in offsets
                aligned[ref // SPAN] = aligned.get(ref // SPAN, True) and same
    if len(dests) != 1:
        return -1, []
    (dest,) = dests
    values = graph.values
    fits = [
        value
        for value, safe in aligned.items()
        if safe and value != dest and values[value].base < 0 and values[value].size == 1
        and values[value].pool == ir.BLOCKS
    ]  # fmt: skip
    return (dest, fits) if values[dest].base < 0 and values[dest].size == 1 else (-1, [])
