"""A record that the store engine transposes.

One child stays behind as a vector, the other one comes back as one from a buffer in memory.
"""

from frozen.ops import VLEN, Slot

from .. import ir, kinds
from ..price import Price
from ..tables import RecordTable
from ..walk import Walk
from .strips import land_and_take


def price() -> Price:
    """Nine loads, eight stores, no compute but the hash's xor."""
    return Price(load=VLEN + 1, store=VLEN, flow=1)


class First:
    """Lanes land one word apart, so that the words of child0 end side by side."""

    folded = True
    own_bit = False

    def __init__(self, table: RecordTable, style: str) -> None:
        self._table, self._style, self.minus = table, style, table.minus

    def serve(self, walk: Walk) -> None:
        """Fetch, xor and store child1 lane by lane; one load brings all of child1 back."""
        graph = walk.graph
        walk.strip = graph.dynamic("strip", 2)
        buffer = graph.dynamic("buffer", 1, ir.BUFFERS)
        up = self._table.child0 == 0
        land_and_take(walk, self._table, self._style, 1, 0 if up else 1, buffer)
        free = walk.strip + (VLEN if up else 0)
        slot: Slot = ("vload", free, buffer)
        words = [graph.buffer_words]
        graph.add(kinds.LOAD, {"load": [slot]}, f"{walk.label} child", reads=words)


class Second:
    """One selection between the two contiguous children."""

    folded = True
    own_bit = False
    minus = False

    def __init__(self, table: RecordTable) -> None:
        self._up = table.child0 == 0

    def serve(self, walk: Walk) -> None:
        """Select, xor."""
        low, high = walk.strip, walk.strip + VLEN
        child0, child1 = (low, high) if self._up else (high, low)
        node = walk.graph.dynamic("node")
        walk.graph.select(f"{walk.label} select", node, walk.bits[-1], child1, child0)
        walk.xor(node)
