"""What the loops read and write: two named tuples of flat arrays.

Lists in the plain build, arrays of 32-bit integers where the search runs it in C. Rows of several
numbers per op are flattened: those of op ``i`` lie at ``row[row_ptr[i] : row_ptr[i + 1]]``.
"""

from typing import Any, NamedTuple


class GraphArrays(NamedTuple):
    """A graph; nothing here changes while scheduling."""

    kind: Any  # per op: kinds.KINDS
    units: Any  # per op: slots to issue
    stored: Any  # per op: 1 for a fetch that also stores a word of each lane
    succ_ptr: Any
    succ: Any  # who depends on the op
    indegree: Any
    pred_ptr: Any
    pred: Any
    outdegree: Any
    touch_ptr: Any
    touch: Any  # placed values that the op reads or writes
    touchers: Any  # per value: ops that touch it
    size: Any  # per value: blocks
    pool: Any  # per value: ir.BLOCKS or ir.BUFFERS
    fixed: Any  # per value: 0 if it has its place from the start, else -1
    taker: Any  # per op: the value that it may write in an operand's place, -1: none
    take_ptr: Any
    take: Any  # those operands
    need: Any  # per op: blocks that must be free before it starts


class State(NamedTuple):
    """The state of a run; when the run is over, its schedule."""

    start: Any  # per op: first cycle
    finish: Any  # per op: last cycle
    base: Any  # per value: its place, -1 before it has one
    moved: Any  # per value: 1 if a result has taken its place over
    waits_for: Any  # per op: ops that must be over first
    alive: Any  # per value: ops that have still to touch it
    block_used: Any  # per block of scratch: 0 or 1
    buffer_used: Any  # per store buffer: 0 or 1
    free: Any  # [free blocks, free store buffers]
    queue: Any  # one row of as many places as there are ops for each queue, sorted by key
    length: Any  # per queue: ops in it
    ready: Any  # ops that became ready and are in no queue yet
    progress: Any  # per op: units issued (lanes done, for a fetch)
    pending: Any  # per op: 1 while a fetch's lane waits in the strip
    active: Any  # ops that have begun and are not over
    left: Any  # per engine: slots left in this cycle
    counts: Any  # [ready ops, active ops, ops that are over, issued units]
    log_op: Any  # issued units in order
    log_cycle: Any
    log_engine: Any


READY, ACTIVE, OVER, LOGGED = range(4)
"""Places in ``State.counts``."""
