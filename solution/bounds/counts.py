"""What a finished program needs of each engine, whatever the order of its ops.

vec-eq, the unit of compute, is one vector op's work: one ``valu`` slot or VLEN ``alu`` slots.
Any lane-wise op may run on either, so the two engines together do 6 + 12/8 = 7.5 vec-eq a cycle.
"""

from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

from frozen.ops import ENGINES, SLOT_LIMITS, VLEN, Program

VEC_A_CYCLE = SLOT_LIMITS["valu"] + SLOT_LIMITS["alu"] / VLEN


class Counts(NamedTuple):
    """A straight-line program's cycles and slots per engine, pauses not counted."""

    cycles: int
    slots: Mapping[str, int]

    @property
    def vec(self) -> float:
        """Compute in vec-eq."""
        return self.slots["valu"] + self.slots["alu"] / VLEN

    def floors(self) -> dict[str, int]:
        """Cycles below which no order of these ops can come, per engine and for compute."""
        floors = {engine: ceil(self.slots[engine] / SLOT_LIMITS[engine]) for engine in ENGINES}
        return floors | {"compute": ceil(self.vec / VEC_A_CYCLE)}


def count(program: Program) -> Counts:
    """Count the slots of ``program``."""
    slots = dict.fromkeys(ENGINES, 0)
    cycles = 0
    for bundle in program:
        cycles += any(engine != "debug" for engine in bundle)
        for engine, row in bundle.items():
            if engine != "debug":
                slots[engine] += sum(slot[0] != "pause" for slot in row)
    return Counts(cycles, slots)
