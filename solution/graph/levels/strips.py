"""Strips: windows that land in scratch so close that each overwrites its neighbour's junk."""

from frozen.ops import VLEN, Slot

from .. import kinds
from ..tables import RecordTable
from ..walk import Walk


def window(offsets: tuple[int, int]) -> tuple[int, list[int]]:
    """Stride and order of lanes that keep the words ``offsets`` (first, last) of each window."""
    first, last = offsets
    ascending, descending = last + 1, VLEN - first
    if descending < ascending:
        return descending, list(range(VLEN - 1, -1, -1))
    return ascending, list(range(VLEN))


def land(
    walk: Walk, address: int, offsets: tuple[int, int], table: range, what: str
) -> tuple[int, int]:
    """Fetch a window for each lane. Returns the strip and the stride between lanes."""
    stride, order = window(offsets)
    size = ((VLEN - 1) * stride + 2 * VLEN - 1) // VLEN
    strip = walk.graph.dynamic(what, size)
    loads: list[Slot] = [("vload", strip + stride * i, address + i) for i in order]
    walk.graph.add(kinds.LOAD, {"load": loads}, f"{walk.label} {what}", reads=[table])
    return strip, stride


def land_and_take(
    walk: Walk, table: RecordTable, style: str, pitch: int, at: int, buffer: int
) -> None:
    """Land record after record; each gives its node (and child1 to ``buffer``) in time.

    ``at``: where lane 0's window begins in the strip. The next lanes leave the first ``pitch``
    words of a window, or its last ones where child0 is the last.
    """
    graph, value = walk.graph, walk.value
    address = table.address(walk, style)
    order = range(VLEN) if table.child0 == 0 else range(VLEN - 1, -1, -1)
    forms: dict[str, list[Slot]] = {"load": [], "alu": []}
    if buffer >= 0:
        forms["store"] = []
    for i in order:
        landed = walk.strip + at + pitch * i
        forms["load"].append(("vload", landed, address + i))
        forms["alu"].append(("^", value + i, value + i, landed + table.node))
        if buffer >= 0:
            forms["store"].append(("store", buffer + i, landed + table.child1))
    graph.add(kinds.FETCH, forms, f"{walk.label} fetch", reads=[table.words])
