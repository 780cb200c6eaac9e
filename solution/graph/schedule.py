"""Schedules of a graph: one pass of the list scheduler, or a justified one."""

from frozen.ops import SCRATCH_SIZE, VLEN

from ..errors import DoesNotFit
from . import keys, kinds
from .arrays import arrays
from .bundles import Schedule
from .core.justify import justify
from .core.run import run
from .core.state import LOGGED, State
from .ir import Graph
from .options import Options

PATIENCE = 100_000
"""Ops times rounds of justification that a build may spend: about twenty seconds."""


def estimate(graph: Graph) -> int:
    """A lower bound on cycles from the slots that the graph needs."""
    flexible = alu = valu = load = flow = store = 0
    for op in graph.ops:
        alu += len(op.forms["alu"]) if op.kind in (kinds.LANES, kinds.FETCH) else 0
        valu += op.kind == kinds.MADD
        flexible += op.kind == kinds.FLEX
        load += len(op.forms["load"]) if op.kind in (kinds.LOAD, kinds.FETCH) else 0
        flow += op.kind == kinds.FLOW
        store += len(op.forms.get("store", ()))
    work = -(-(8 * (flexible + valu) + alu) // 60)
    return max(work, -(-valu // 6), -(-alu // 12), -(-load // 2), flow, -(-store // 2)) + 5


def make(graph: Graph, options: Options, hints: list[int] | None, notes: list[str]) -> Schedule:
    """The schedule that ``options`` ask for, with ``hints`` for keys if there are any.

    If groups starve each other of scratch, fewer may be in flight. Raises ``DoesNotFit`` where
    not even one group at a time gets through.
    """
    reserve = options.reserve
    key = hints or keys.plain(graph, estimate(graph), options.stagger)
    rounds = 0 if hints else min(options.justify, PATIENCE // max(1, len(key)))
    while True:
        flat = arrays(graph, options.buffer_count, reserve)
        room = len(flat.state.block_used)
        best = [0] * len(key)
        limit = 64 * len(key) + 64
        cycles, _ = justify(*flat, list(key), best, rounds, options.blur, 0, options.seed, limit)
        if cycles >= 0:
            run(*flat, best, False, limit)
            if reserve != options.reserve:
                notes.append(f"scratch is short: a group starts when {reserve} blocks are free")
            return result(flat.state, cycles)
        if reserve >= room:
            raise DoesNotFit(f"{room} blocks of scratch are too few for a group of this shape")
        reserve = min(room, 2 * reserve)


def result(state: State, cycles: int) -> Schedule:
    """The schedule of ``cycles`` cycles that the last run left in ``state``."""
    logged = state.counts[LOGGED]
    rows = zip(
        state.log_cycle[:logged], state.log_engine[:logged], state.log_op[:logged], strict=True
    )
    issued = list(rows)
    return Schedule(
        cycles, issued, [int(at) for at in state.base], [int(at) for at in state.finish]
    )


def first_block(graph: Graph) -> int:
    """Where the placed blocks begin in scratch."""
    return SCRATCH_SIZE - (SCRATCH_SIZE - graph.static_words) // VLEN * VLEN
