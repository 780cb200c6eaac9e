"""One cycle's slots: first for what has begun, then for new ops."""

from frozen.ops import VLEN

from ..kinds import (  # isort: skip
    ALU, CONST, FETCH, FLOW_ENGINE, LOAD, LOAD_ENGINE, Q_FLEX, Q_FLOW, Q_LANES, Q_LOAD, Q_MADD,
    Q_STORE, STORE, STORE_ENGINE, VALU, WORD,
)  # fmt: skip
from .allocate import place, release
from .queue import remove
from .state import ACTIVE, LOGGED, OVER, READY, GraphArrays, State

STEPS = (
    (Q_FLOW, FLOW_ENGINE), (Q_LOAD, FLOW_ENGINE), (Q_MADD, VALU), (Q_FLEX, VALU),
    (Q_LOAD, LOAD_ENGINE), (Q_STORE, STORE_ENGINE), (Q_LANES, ALU), (Q_FLEX, ALU),
)  # fmt: skip
"""Queues in the order in which they are served, and the engine that serves them: constants take
what selections leave of flow; on valu the ops that can run nowhere else come first."""


def issue(state: State, op: int, cycle: int, engine: int, count: int) -> None:
    """Take ``count`` slots of ``engine`` for ``op``."""
    first = state.counts[LOGGED]
    for i in range(first, first + count):
        state.log_op[i] = op
        state.log_cycle[i] = cycle
        state.log_engine[i] = engine
    state.counts[LOGGED] = first + count
    state.left[engine] -= count


def finish_op(graph: GraphArrays, state: State, op: int, cycle: int, reverse: bool) -> None:
    """End ``op``: free its scratch; an op that waited for it only is ready."""
    state.finish[op] = cycle
    state.counts[OVER] += 1
    if not reverse:
        release(graph, state, op)
    pointers, row = graph.succ_ptr, graph.succ
    if reverse:
        pointers, row = graph.pred_ptr, graph.pred
    n_ready = state.counts[READY]
    for i in range(pointers[op], pointers[op + 1]):
        other = row[i]
        state.waits_for[other] -= 1
        if state.waits_for[other] == 0:
            state.ready[n_ready] = other
            n_ready += 1
    state.counts[READY] = n_ready


def advance_fetch(graph: GraphArrays, state: State, op: int, cycle: int, reverse: bool) -> bool:
    """Issue the units of a fetch that can go in this cycle; returns whether it is over.

    A lane has two halves: its load, then its way out of the strip (reversed, the other way
    round). In one cycle a lane that is under way may end (half 0) and the next begin (half 1).
    """
    for half in range(2):
        if state.pending[op] == half or state.progress[op] == VLEN:
            continue
        if (half == 1) != reverse:
            if state.left[LOAD_ENGINE] == 0:
                break
            issue(state, op, cycle, LOAD_ENGINE, 1)
        else:
            if state.left[ALU] == 0 or (graph.stored[op] == 1 and state.left[STORE_ENGINE] == 0):
                break
            issue(state, op, cycle, ALU, 1)
            if graph.stored[op] == 1:
                issue(state, op, cycle, STORE_ENGINE, 1)
        state.pending[op] = half
        if half == 0:
            state.progress[op] += 1
    return bool(state.progress[op] == VLEN)


def advance_units(graph: GraphArrays, state: State, op: int, cycle: int) -> bool:
    """Issue more lanes of a split op, as far as slots go; returns whether it is over."""
    engine = ALU
    if graph.kind[op] == LOAD:
        engine = LOAD_ENGINE
    elif graph.kind[op] == STORE:
        engine = STORE_ENGINE
    count = min(graph.units[op] - state.progress[op], state.left[engine])
    issue(state, op, cycle, engine, count)
    state.progress[op] += count
    return bool(state.progress[op] == graph.units[op])


def continue_started(graph: GraphArrays, state: State, cycle: int, reverse: bool) -> None:
    """Continue the ops that have begun: fetches first, then split ops."""
    for fetches in (True, False):
        for i in range(state.counts[ACTIVE]):
            op = state.active[i]
            if op < 0 or (graph.kind[op] == FETCH) != fetches:
                continue
            if fetches:
                over = advance_fetch(graph, state, op, cycle, reverse)
            else:
                over = advance_units(graph, state, op, cycle)
            if over:
                state.active[i] = -1
                finish_op(graph, state, op, cycle, reverse)
    kept = 0
    for i in range(state.counts[ACTIVE]):
        if state.active[i] >= 0:
            state.active[kept] = state.active[i]
            kept += 1
    state.counts[ACTIVE] = kept


def next_engine(state: State, kind: int, row: int, engine: int, reverse: bool) -> int:
    """The engine on which an op of ``kind`` may begin where ``engine`` serves queue ``row``."""
    if kind == FETCH and reverse:  # backwards a fetch begins with its last lane's way out
        return ALU
    if row == Q_LANES and kind == WORD and state.left[FLOW_ENGINE] > 0:
        return FLOW_ENGINE
    return engine


def begin(
    graph: GraphArrays, state: State, op: int, cycle: int, engine: int, reverse: bool
) -> None:
    """Issue ``op`` for the first time, on ``engine``: one lane, one slot, or what units fit."""
    total = graph.units[op]
    fetch = graph.kind[op] == FETCH
    single = engine in (VALU, FLOW_ENGINE)
    count = 1
    if not fetch and not single:
        count = min(total, state.left[engine])
    issue(state, op, cycle, engine, count)
    state.start[op] = cycle
    if fetch and engine == ALU and graph.stored[op] == 1:
        issue(state, op, cycle, STORE_ENGINE, 1)
    if fetch:
        state.pending[op] = 1
    if fetch or (not single and count < total):
        if not fetch:
            state.progress[op] = count
        state.active[state.counts[ACTIVE]] = op
        state.counts[ACTIVE] += 1
    else:
        state.progress[op] = total
        finish_op(graph, state, op, cycle, reverse)


def issue_new(graph: GraphArrays, state: State, cycle: int, reverse: bool) -> None:
    """Begin new ops, queue by queue, the most urgent first, while there are slots and scratch."""
    n = len(graph.kind)
    for row, served_by in STEPS:
        first = row * n
        at = 0
        if row == Q_LOAD and served_by == FLOW_ENGINE and state.left[FLOW_ENGINE] == 0:
            continue
        while at < state.length[row]:
            op = state.queue[first + at]
            kind = graph.kind[op]
            if row == Q_LOAD and served_by == FLOW_ENGINE and kind != CONST:
                at += 1
                continue
            engine = next_engine(state, kind, row, served_by, reverse)
            room = state.left[engine]
            if kind == FETCH and reverse and graph.stored[op] == 1:
                room = min(room, state.left[STORE_ENGINE])
            if room == 0:
                # Another kind in the same queue may still have room.
                if (row == Q_LOAD and served_by == LOAD_ENGINE and reverse) or (
                    row == Q_LANES and state.left[FLOW_ENGINE] > 0
                ):
                    at += 1
                    continue
                break
            if not reverse and not place(graph, state, op):
                at += 1
                continue
            remove(state.queue, first, state.length[row], at)
            state.length[row] -= 1
            begin(graph, state, op, cycle, engine, reverse)
