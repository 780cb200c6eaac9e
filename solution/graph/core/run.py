"""One pass of the list scheduler."""

from typing import Any

from ..kinds import SLOTS
from .issue import continue_started, issue_new
from .queue import enqueue
from .state import ACTIVE, LOGGED, OVER, READY, GraphArrays, State


def reset(graph: GraphArrays, state: State, reverse: bool) -> None:
    """The state before the first cycle."""
    if reverse:
        state.waits_for[:] = graph.outdegree
    else:
        state.waits_for[:] = graph.indegree
        state.alive[:] = graph.touchers
        state.base[:] = graph.fixed
        for value in range(len(state.moved)):
            state.moved[value] = 0
        for block in range(len(state.block_used)):
            state.block_used[block] = 0
        for buffer in range(len(state.buffer_used)):
            state.buffer_used[buffer] = 0
        state.free[0] = len(state.block_used)
        state.free[1] = len(state.buffer_used)
    for row in range(len(state.length)):
        state.length[row] = 0
    for place in range(len(state.counts)):
        state.counts[place] = 0
    n_ready = 0
    for op in range(len(graph.kind)):
        state.progress[op] = 0
        state.pending[op] = 0
        if state.waits_for[op] == 0:
            state.ready[n_ready] = op
            n_ready += 1
    state.counts[READY] = n_ready


def run(graph: GraphArrays, state: State, key: Any, reverse: bool, limit: int) -> int:
    """Schedule by ``key``; the cycles, or -1 when stuck or beyond ``limit``.

    ``state`` holds the result: start, finish, base and the log of issued units.
    """
    reset(graph, state, reverse)
    counts = state.counts
    cycle = 0
    while counts[OVER] < len(graph.kind):
        if cycle >= limit:
            return -1
        enqueue(graph, state, key)
        for engine in range(len(SLOTS)):
            state.left[engine] = SLOTS[engine]
        before = counts[LOGGED]
        continue_started(graph, state, cycle, reverse)
        issue_new(graph, state, cycle, reverse)
        if counts[LOGGED] == before and counts[ACTIVE] == 0 and counts[READY] == 0:
            return -1
        cycle += 1
    return cycle
