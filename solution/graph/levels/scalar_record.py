"""A record whose lanes lie strided in a strip; scalar ops, which can read them, take it apart."""

from frozen.ops import VLEN, Slot

from ..price import Price
from ..tables import RecordTable
from ..walk import Walk
from .strips import land, window


def price() -> Price:
    """Eight loads; both children are xored in, so one vec-eq more than the hash's xor."""
    return Price(vec=1, load=VLEN, flow=1)


class First:
    """The record waits in a strip; scalar lanes take the node out."""

    folded = True
    own_bit = False

    def __init__(self, table: RecordTable, style: str) -> None:
        self._table, self._style, self.minus = table, style, table.minus

    def serve(self, walk: Walk) -> None:
        """Fetch, xor; where the record has a pointer, note where its words lie."""
        table = self._table
        address = table.address(walk, self._style)
        walk.strip, stride = land(walk, address, table.fields, table.words, "record")
        walk.xor_lanes([walk.strip + stride * i + table.node for i in range(VLEN)])
        if table.pointer >= 0:
            walk.pointers = [walk.strip + stride * i + table.pointer for i in range(VLEN)]


class Second:
    """Both children are xored in as scalar lanes, then the bit selects."""

    folded = True
    own_bit = False
    minus = False

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def serve(self, walk: Walk) -> None:
        """Two candidates, one selection."""
        table, graph, value = self._table, walk.graph, walk.value
        stride, _ = window(table.fields)
        both = []
        for child in (table.child1, table.child0):
            dest = graph.dynamic("candidate")
            slots: list[Slot] = [
                ("^", dest + i, value + i, walk.strip + stride * i + child) for i in range(VLEN)
            ]
            graph.lanes(f"{walk.label} candidate", slots)
            both.append(dest)
        result = graph.dynamic("x")
        graph.select(f"{walk.label} select", result, walk.bits[-1], both[0], both[1])
        walk.value = result
