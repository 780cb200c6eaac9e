"""Schedules of a graph: one pass of the list scheduler, or a justified one."""

from frozen.ops import SCRATCH_SIZE, VLEN

from ..errors import DoesNotFit
from . import core, ir, keys
from .arrays import Arrays, arrays
from .emit import Schedule
from .ir import Graph
from .options import Options

PATIENCE = 100_000
"""Ops times rounds of justification that a build may spend: about twenty seconds."""


def estimate(graph: Graph) -> int:
    """A lower bound on cycles from the slots that the graph needs."""
    flexible = alu = valu = load = flow = store = 0
    for op in graph.ops:
        alu += len(op.forms["alu"]) if op.kind in (ir.LANES, ir.FETCH) else 0
        valu += op.kind == ir.MADD
        flexible += op.kind == ir.FLEX
        load += len(op.forms["load"]) if op.kind in (ir.LOAD, ir.FETCH) else 0
        flow += op.kind == ir.FLOW
        store += len(op.forms.get("store", ()))
    work = -(-(8 * (flexible + valu) + alu) // 60)
    return max(work, -(-valu // 6), -(-alu // 12), -(-load // 2), flow, -(-store // 2)) + 5


def make(graph: Graph, options: Options, hints: list[int] | None, notes: list[str]) -> Schedule:
    """The schedule that ``options`` ask for, with ``hints`` for keys if there are any.

    If groups starve each other of scratch, fewer may be in flight. Raises ``DoesNotFit`` where
    not even one group at a time gets through.
    """
    reserve = options.reserve
    key = hints or keys.plain(graph, estimate(graph), options.overlap)
    rounds = 0 if hints else min(options.rounds, PATIENCE // max(1, len(key)))
    while True:
        flat = arrays(graph, options.buffers, reserve)
        room = len(flat.graph[-2])
        best = [0] * len(key)
        limit = 64 * len(key) + 64
        cycles, _ = core.justify(
            flat.graph, flat.state, list(key), best, rounds, options.blur, 0, options.seed, limit
        )
        if cycles >= 0:
            _, logged = core.run(flat.graph, flat.state, best, False, limit)
            if reserve != options.reserve:
                notes.append(f"scratch is short: a group starts when {reserve} blocks are free")
            return result(flat, cycles, logged)
        if reserve >= room:
            raise DoesNotFit(f"{room} blocks of scratch are too few for a group of this shape")
        reserve = min(room, 2 * reserve)


def result(flat: Arrays, cycles: int, logged: int) -> Schedule:
    """The schedule that the last run left in ``flat.state``."""
    _, finish, base, *_, log_op, log_cycle, log_engine = flat.state
    rows = zip(log_cycle[:logged], log_engine[:logged], log_op[:logged], strict=True)
    issued = [(int(cycle), int(engine), int(op)) for cycle, engine, op in rows]
    return Schedule(cycles, issued, [int(at) for at in base], [int(at) for at in finish])


def first_block(graph: Graph) -> int:
    """Where the placed blocks begin in scratch."""
    return SCRATCH_SIZE - (SCRATCH_SIZE - graph.static_words) // VLEN * VLEN
