"""Records: one ``vload`` a lane serves a level and the next."""

from frozen.ops import VLEN, Slot

from .. import ir
from ..tables import RecordTable
from ..walk import Walk
from .raw import land


class Single:
    """The record's node alone, where a descent ends before its children."""

    folded = True
    own_bit = False

    def __init__(self, table: RecordTable, style: str) -> None:
        self._table, self._style, self.minus = table, style, table.minus

    def serve(self, walk: Walk) -> None:
        """Eight loads, a window each."""
        table = self._table
        address = table.address(walk, self._style)
        strip, stride = land(walk, address, (table.node, table.node), table.words, "record")
        walk.xor_lanes([strip + stride * i + table.node for i in range(VLEN)])


class ScalarFirst:
    """The record waits in a strip; scalar lanes take the node out."""

    folded = True
    own_bit = False

    def __init__(self, table: RecordTable, style: str) -> None:
        self._table, self._style, self.minus = table, style, table.minus

    def serve(self, walk: Walk) -> None:
        """Eight loads; the xor costs the same as on whole vectors."""
        table = self._table
        address = table.address(walk, self._style)
        walk.strip, stride = land(walk, address, table.fields, table.words, "record")
        walk.xor_lanes([walk.strip + stride * i + table.node for i in range(VLEN)])
        if table.pointer >= 0:
            walk.pointers = [walk.strip + stride * i + table.pointer for i in range(VLEN)]


class ScalarSecond:
    """Both children are xored in as scalar lanes, then the bit selects: +1 vector op."""

    folded = True
    own_bit = False

    minus = False

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def serve(self, walk: Walk) -> None:
        """See the class."""
        table, graph, value = self._table, walk.graph, walk.value
        first, last = table.fields
        stride = min(last + 1, VLEN - first)
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


def _fetch(walk: Walk, table: RecordTable, style: str, pitch: int, at: int, buffer: int) -> None:
    """Land record after record; each gives its node (and child1 to ``buffer``) in time.

    ``at``: where lane 0's window begins in the strip. What the next lanes leave of a window is
    its first ``pitch`` words, or its last ones where child0 is the last.
    """
    graph, value = walk.graph, walk.value
    address = table.address(walk, style)
    order = range(VLEN) if table.child0 == 0 else range(VLEN - 1, -1, -1)
    forms: dict[str, list[Slot]] = {"load": [], "alu": []}
    if buffer >= 0:
        forms["store"] = []
    for i in order:
        window = walk.strip + at + pitch * i
        forms["load"].append(("vload", window, address + i))
        forms["alu"].append(("^", value + i, value + i, window + table.node))
        if buffer >= 0:
            forms["store"].append(("store", buffer + i, window + table.child1))
    graph.add(ir.FETCH, forms, f"{walk.label} fetch", reads=[table.words])


class StoreFirst:
    """t-pair: child0 stays behind as a vector; child1 goes through a buffer in memory."""

    folded = True
    own_bit = False

    def __init__(self, table: RecordTable, style: str) -> None:
        self._table, self._style, self.minus = table, style, table.minus

    def serve(self, walk: Walk) -> None:
        """Nine loads, eight stores, no vector op but the xor."""
        graph = walk.graph
        walk.strip = graph.dynamic("strip", 2)
        buffer = graph.dynamic("buffer", 1, ir.BUFFERS)
        up = self._table.child0 == 0
        _fetch(walk, self._table, self._style, 1, 0 if up else 1, buffer)
        free = walk.strip + (VLEN if up else 0)
        slot: Slot = ("vload", free, buffer)
        words = [graph.buffer_words]
        graph.add(ir.LOAD, {"load": [slot]}, f"{walk.label} child", reads=words)


class StoreSecond:
    """One selection between the two contiguous children."""

    folded = True
    own_bit = False

    minus = False

    def __init__(self, table: RecordTable) -> None:
        self._up = table.child0 == 0

    def serve(self, walk: Walk) -> None:
        """See the class."""
        low, high = walk.strip, walk.strip + VLEN
        child0, child1 = (low, high) if self._up else (high, low)
        node = walk.graph.dynamic("node")
        walk.graph.select(f"{walk.label} select", node, walk.bits[-1], child1, child0)
        walk.xor(node)


class StridedFirst:
    """s-pair: both children stay behind, interleaved."""

    folded = True
    own_bit = True

    def __init__(self, table: RecordTable, style: str) -> None:
        self._table, self._style, self.minus = table, style, table.minus

    def serve(self, walk: Walk) -> None:
        """Eight loads, no vector op but the xor."""
        walk.strip = walk.graph.dynamic("strip", 3)
        _fetch(walk, self._table, self._style, 2, 0, -1)


class StridedSecond:
    """The parity is taken at stride 2, then two selections between neighbouring words.

    ``goes_on``: an address below wants this bit and the next one, which then come at stride 2.
    """

    folded = True
    minus = False

    def __init__(self, table: RecordTable, goes_on: bool = False) -> None:
        self._table, self.own_bit = table, goes_on

    def serve(self, walk: Walk) -> None:
        """No vector op but the xor: the bit's scalar ops are the bit's price anyway."""
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
