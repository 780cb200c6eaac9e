"""The graph as the flat arrays that ``core`` works on."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from frozen.ops import OPS, SCRATCH_SIZE, VLEN

from . import ir, kinds
from .core.state import GraphArrays, State
from .ir import SPAN, Graph
from .kinds import QUEUES, SLOTS

Make = Callable[[Sequence[int]], Any]
"""How to hold integers: ``list`` here, an array in the search."""


class Arrays(NamedTuple):
    """The first two arguments of ``core.run.run``."""

    graph: GraphArrays
    state: State


def arrays(graph: Graph, buffer_count: int, reserve: int, make: Make = list) -> Arrays:
    """Flatten ``graph``. A group may only start while ``reserve`` blocks are free."""
    n, values = len(graph.ops), len(graph.values)
    succs: list[list[int]] = [[] for _ in range(n)]
    for op, before in enumerate(graph.preds):
        for other in before:
            succs[other].append(op)
    touchers = [0] * values
    for touched in graph.touches:
        for value in touched:
            touchers[value] += 1
    takeovers = [_takeover(graph, op) for op in range(n)]
    succ_ptr, succ = _rows(succs)
    pred_ptr, pred = _rows(graph.preds)
    touch_ptr, touch = _rows(graph.touches)
    take_ptr, take = _rows([donors for _, donors in takeovers])
    units = [len(next(reversed(op.forms.values()))) for op in graph.ops]
    flat = GraphArrays(
        kind=[op.kind for op in graph.ops],
        units=units,
        stored=[int(op.kind == kinds.FETCH and "store" in op.forms) for op in graph.ops],
        succ_ptr=succ_ptr,
        succ=succ,
        indegree=[len(preds) for preds in graph.preds],
        pred_ptr=pred_ptr,
        pred=pred,
        outdegree=[len(row) for row in succs],
        touch_ptr=touch_ptr,
        touch=touch,
        touchers=touchers,
        size=[value.size for value in graph.values],
        pool=[value.pool for value in graph.values],
        fixed=[0 if value.base >= 0 else -1 for value in graph.values],
        taker=[dest for dest, _ in takeovers],
        take_ptr=take_ptr,
        take=take,
        need=[reserve if op.opens else 0 for op in graph.ops],
    )
    blocks = (SCRATCH_SIZE - graph.static_words) // VLEN
    log = sum(units) + 2 * VLEN * sum(op.kind == kinds.FETCH for op in graph.ops)
    sizes = State(
        start=n, finish=n, base=values, moved=values, waits_for=n, alive=values,
        block_used=blocks, buffer_used=buffer_count, free=2, queue=len(QUEUES) * n,
        length=len(QUEUES), ready=n, progress=n, pending=n, active=n, left=len(SLOTS), counts=4,
        log_op=log, log_cycle=log, log_engine=log,
    )  # fmt: skip
    state = State(*(make([0] * size) for size in sizes))
    return Arrays(GraphArrays(*map(make, flat)), state)


def _rows(rows: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    pointers: list[int] = [0]
    flat: list[int] = []
    for row in rows:
        flat.extend(row)
        pointers.append(len(flat))
    return pointers, flat or [0]


def _takeover(graph: Graph, number: int) -> tuple[int, list[int]]:
    """The value that an op may write in the place of an operand that dies, and such operands.

    Safe where each unit reads only those words of the operand that it writes of the value. -1 where
    there is none.
    """
    op = graph.ops[number]
    engine, units = next(reversed(op.forms.items()))
    if op.kind == kinds.FETCH:
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
