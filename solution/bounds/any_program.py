"""Floors that hold for any program of this machine, not only for the modelled mixes.

**Loads**, without an assumption. A program that is right on all inputs must read, on each input,
every word that the result depends on: if it does not read one, it cannot tell that input from
the same one with the word changed. There are inputs whose lanes spread evenly over every level
(a test finds one for the judged shape, and sees the result change with words of it), so that one
load of VLEN words brings few of those that are needed.

**Compute**, under two assumptions: the program hashes *stage by stage* (in every round, each
lane's word after each stage is in scratch at some time, up to a constant added or xored), and no
op serves two lanes or two rounds. Then a round takes ``ROUND_OPS`` lane-wise ops: a stage
is a bijection and no constant shift, so 1 op at least; xor-and-shift-right stages are no
T-functions (output bits depend on higher input bits; Klimov and Shamir, CHES 2002), while one op
with constants is a T-function or no bijection: 2; the stage (a + C) ^ (a << s) is no affine
function up to constants: 2; node and first stage together: 2. The tests prove the last two by
enumeration and a solver.
"""

from math import ceil
from typing import NamedTuple

from frozen.ops import SLOT_LIMITS, VLEN
from frozen.problem import Shape

from .counts import VEC_A_CYCLE

STAGE_OPS = (1, 2, 1, 2, 1, 2)
ROUND_OPS = 1 + sum(STAGE_OPS)  # with the xor of the node
FIRST = 1  # cycle 0 can only load
LAST = 1  # the last cycle can only store
USE = 1  # what the last load brings must go through an op


class Floors(NamedTuple):
    """Cycles: by the loads that no program can avoid, and by stage-by-stage hashing."""

    loads: int
    load_cycles: int
    hashing: int


def floors(shape: Shape) -> Floors:
    """The floors for ``shape``."""
    loads = ceil(shape.batch_size / VLEN) + tree_loads(shape)
    load_cycles = ceil(loads / SLOT_LIMITS["load"]) + USE + LAST
    lane_ops = ROUND_OPS * shape.rounds * shape.batch_size
    hashing = FIRST + ceil(lane_ops / (VLEN * VEC_A_CYCLE)) + LAST
    return Floors(loads, load_cycles, hashing)


def spread(shape: Shape) -> list[tuple[int, int]]:
    """(level, stride): on some input, the lanes stand on every ``stride``th node of the level."""
    lanes = 1 << (shape.batch_size.bit_length() - 1)
    levels = min(shape.forest_height + 1, shape.rounds)
    return [(level, max(1, (1 << level) // lanes)) for level in range(levels)]


def tree_loads(shape: Shape) -> int:
    """Loads of VLEN words that bring all needed nodes: weights such that no window exceeds 1.

    A spread level's first node is left out, so that no window over two levels is heavier.
    """
    weight = [0.0] * (shape.n_nodes + VLEN)
    for level, stride in spread(shape):
        first = (1 << level) - 1
        for at in range(stride if stride > 1 else 0, 1 << level, stride):
            weight[first + at] = min(stride, VLEN) / VLEN
    window = [sum(weight[at : at + VLEN]) for at in range(shape.n_nodes)]
    return ceil(round(sum(weight) / max(window), 9))
