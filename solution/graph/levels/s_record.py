"""A record whose children stay strided: at even and odd words of a strip, two a lane."""

from frozen.ops import VLEN

from ..price import Price
from ..tables import RecordTable
from ..walk import Walk
from .strips import land_and_take


def price() -> Price:
    """Eight loads, two selections, no compute but the hash's xor.

    The bit at stride 2 costs what any bit does; a walk that needs it as a vector, too, pays twice.
    """
    return Price(load=VLEN, flow=2)


class First:
    """Lanes land two words apart: both children stay behind, side by side."""

    folded = True
    own_bit = True

    def __init__(self, table: RecordTable, style: str) -> None:
        self._table, self._style, self.minus = table, style, table.minus

    def serve(self, walk: Walk) -> None:
        """Fetch and xor lane by lane."""
        walk.strip = walk.graph.dynamic("strip", 3)
        land_and_take(walk, self._table, self._style, 2, 0, -1)


class Second:
    """The parity is taken at stride 2, then two selections between neighbouring words.

    ``goes_on``: an address below wants this bit and the next one, which then come at stride 2.
    """

    folded = True
    minus = False

    def __init__(self, table: RecordTable, goes_on: bool = False) -> None:
        self._table, self.own_bit = table, goes_on

    def serve(self, walk: Walk) -> None:
        """Select on 16 words, xor every second one."""
        condition = walk.take_strided_bit()
        if self.own_bit:
            walk.strided = [condition]
            walk.bits.append(-1)
            walk.mirrored.append(True)
        low = walk.strip + min(self._table.child0, self._table.child1)
        yes = 1 if self._table.child0 < self._table.child1 else 0
        for half in (0, VLEN):
            walk.graph.select(
                f"{walk.label} select", low + half, condition + half,
                low + half + yes, low + half + 1 - yes,
            )  # fmt: skip
        walk.xor_lanes([low + 2 * i for i in range(VLEN)])
