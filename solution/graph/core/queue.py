"""Ready ops, sorted by key, one queue for each kind of slot that they compete for."""

from typing import Any

from ..kinds import QUEUE_OF
from .state import READY, GraphArrays, State


def insert(queue: Any, first: int, length: int, op: int, key: Any) -> None:
    """Put ``op`` into the sorted ``queue[first : first + length]``."""
    low, high = first, first + length
    mine = key[op]
    while low < high:
        middle = (low + high) // 2
        other = queue[middle]
        if key[other] < mine or (key[other] == mine and other < op):
            low = middle + 1
        else:
            high = middle
    for i in range(first + length, low, -1):
        queue[i] = queue[i - 1]
    queue[low] = op


def remove(queue: Any, first: int, length: int, index: int) -> None:
    """Take ``queue[first + index]`` out."""
    for i in range(first + index, first + length - 1):
        queue[i] = queue[i + 1]


def enqueue(graph: GraphArrays, state: State, key: Any) -> None:
    """Bring every op that became ready to its queue."""
    n = len(graph.kind)
    for i in range(state.counts[READY]):
        op = state.ready[i]
        row = QUEUE_OF[graph.kind[op]]
        insert(state.queue, row * n, state.length[row], op, key)
        state.length[row] += 1
    state.counts[READY] = 0
