"""Ramp and drain: the capacity that no kernel of a shape can use at its two ends.

Optimistic on purpose, so that what is built on it stays a bound (lanes beyond whole groups are
left out, since scalar ops may serve them).

*Start.* In cycle 0 all of scratch is zero, and an op whose operands are zero gives 0 or 1 (a test
runs every op of the op table on zeros). So of all the compute that has a price, cycle 0 can do this
at most: the vector of ones, which is chained, and the address 0 of a table, which is there
already. For later cycles nothing is claimed: with a 1, and with what cycle 0 loads, they may be
full.

*End.* One group of VLEN lanes does its last round along ``LAST_ROUND``, then stores. Two groups can
store in one cycle, so going back from the end two more groups are at work in each cycle until the
machine is full.
"""

from typing import NamedTuple

from frozen.ops import SLOT_LIMITS, VLEN
from frozen.problem import Shape

from .counts import VEC_A_CYCLE
from .prices import CHAINED, CONSTANT, WORD, hash_constants

LAST_ROUND = (1, 1, 1, 1, 1, 2, 1, 1, 2, 1)
"""Ops per cycle on a group's way through its last round, the xor with the node first: the fused
hash (six stages as four multiply-adds and seven simple ops), its last constant applied aside."""

NODE_LATENCY = 2  # from a round's value to the next node: the bit, then a select of two nodes
FIRST_XOR = 2  # an address is known after cycle 0 at best, a value after cycle 1
FROM_ZEROS = CHAINED.vec + WORD  # what cycle 0 can do: the constant 1, the address 0


class Ramp(NamedTuple):
    """Losses at the two ends of a program for one shape."""

    head: float  # vec-eq
    drain: float  # vec-eq
    load: int  # cycles without use for a load: none helps once the last node is there
    flow: int  # cycles without use for a select: before the first bit, after the last node
    latency: int  # cycles of one lane's chain, however few lanes there are


def ramp(shape: Shape) -> Ramp:
    """The losses for ``shape``."""
    groups = shape.batch_size // VLEN
    round_latency = len(LAST_ROUND)
    head = VEC_A_CYCLE - FROM_ZEROS if groups else 0.0
    levels = [number % (shape.forest_height + 1) for number in range(shape.rounds)]
    below_root = sum(level > 0 for level in levels)
    latency = FIRST_XOR + round_latency * shape.rounds + NODE_LATENCY * below_root + 1
    first_select = FIRST_XOR + round_latency + 1
    flow = first_select + round_latency + 1
    # Constants that only the last round needs may still be made while it runs.
    late = hash_constants().vec if shape.rounds == 1 else CONSTANT.vec
    drain = max(0.0, _drain(groups) - late) if groups else 0.0
    return Ramp(head, drain, round_latency + 1, flow, latency)


def _drain(groups: int) -> float:
    """Vec-eq that groups leave idle at the end; the last cycle holds only the last stores."""
    lost = ready = 0.0
    for back in range(len(LAST_ROUND) + 1):
        steps = (back - 1 - group // SLOT_LIMITS["store"] for group in range(groups))
        ready += sum(LAST_ROUND[-1 - step] for step in steps if step >= 0)
        done = min(ready, VEC_A_CYCLE)
        ready -= done  # what does not fit is done earlier
        lost += VEC_A_CYCLE - done
    return lost
