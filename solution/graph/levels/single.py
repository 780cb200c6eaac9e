"""The record's node by itself, where a descent ends before its children."""

from frozen.ops import VLEN

from ..price import Price
from ..tables import RecordTable
from ..walk import Walk
from .strips import land


def price() -> Price:
    """Eight loads, a window each."""
    return Price(load=VLEN)


class Single:
    """One level."""

    folded = True
    own_bit = False

    def __init__(self, table: RecordTable, style: str) -> None:
        self._table, self._style, self.minus = table, style, table.minus

    def serve(self, walk: Walk) -> None:
        """The xor costs the same on scalar lanes as on whole vectors."""
        table = self._table
        address = table.address(walk, self._style)
        strip, stride = land(walk, address, (table.node, table.node), table.words, "record")
        walk.xor_lanes([strip + stride * i + table.node for i in range(VLEN)])
