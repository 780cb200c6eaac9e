"""Forward/backward justification: better keys from the times of the schedule before."""

from typing import Any

from .run import run
from .state import GraphArrays, State

QUANTUM = 4  # key units a cycle
LAST = 12  # cycles at the end whose finishes make the tail


def noise(state: int) -> int:
    """The next state of a linear congruential generator (31 bits)."""
    return (state * 1103515245 + 12345) & 0x7FFFFFFF


def lateness(finish: Any, cycles: int) -> int:
    """How far finishes reach into the last dozen cycles, summed."""
    total = 0
    for op in range(len(finish)):
        if finish[op] > cycles - LAST:
            total += finish[op] - (cycles - LAST)
    return total


def backward_keys(state: State, key: Any, length: int, window: int, since: int, seed: int) -> int:
    """Forward keys from a backward schedule of ``length`` cycles; the next ``seed``.

    Keys from the cycle ``since`` on are blurred by up to ``window`` key units.
    """
    for op in range(len(key)):
        key[op] = (length - 1 - state.finish[op]) * QUANTUM
        if window > 0 and key[op] >= since * QUANTUM:
            seed = noise(seed)
            key[op] += (seed >> 8) % window
    return seed


def justify(
    graph: GraphArrays, state: State, key: Any, best: Any, rounds: int, window: int, since: int,
    seed: int, limit: int,
) -> tuple[int, int]:  # fmt: skip
    """Justification from ``key``; ``best`` gets the best keys met.

    Each round schedules the reversed graph without allocation, most urgent what finished last;
    its start times, blurred, are the next forward keys.
    Returns (cycles, tail): ``tail`` sums how far finishes reach into the last cycles, a gradient
    on plateaus. Cycles is -1 if even ``key`` gets stuck.
    """
    best[:] = key
    cycles = run(graph, state, key, False, limit)
    if cycles < 0:
        return -1, 0
    tail = lateness(state.finish, cycles)
    for _ in range(rounds):
        for op in range(len(key)):
            key[op] = -state.finish[op]
        length = run(graph, state, key, True, limit * 2)
        if length < 0:
            break
        seed = backward_keys(state, key, length, window, since, seed)
        found = run(graph, state, key, False, limit)
        if found < 0:
            key[:] = best
            found = run(graph, state, key, False, limit)
        late = lateness(state.finish, found)
        if found < cycles or (found == cycles and late <= tail):
            cycles, tail = found, late
            best[:] = key
    return cycles, tail
