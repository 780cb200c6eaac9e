"""A level fetched word by word from the tree where the challenge put it.

A window is a ``vload`` that starts ``offset`` words before the node: the address register then
needs no constant.
"""

from frozen.ops import VLEN, Slot
from frozen.problem import FOREST_P

from .. import kinds
from ..address import Form
from ..price import Price
from ..walk import Walk
from .strips import land


def price(constant: bool = True) -> Price:
    """Eight loads; 1 vec-eq for the hash's last constant, unless a copy of the level holds it."""
    return Price(vec=float(constant), load=VLEN)


class Raw:
    """Level ``level`` in place. ``style`` as for ``address.Addresses.make``."""

    folded = False
    own_bit = False
    minus = False

    def __init__(self, level: int, offset: int, style: str) -> None:
        self._level, self._offset, self._style = level, offset, style

    def form(self, mirrored: list[bool]) -> Form:
        """Heap order: the true branch has weight 2^(level - 1 - l) after level l."""
        const = FOREST_P + (1 << self._level) - 1 - self._offset
        weights = []
        for at, flipped in enumerate(mirrored):
            weight = 1 << (self._level - 1 - at)
            const += weight if flipped else 0
            weights.append(-weight if flipped else weight)
        return Form(const % (1 << 32), tuple(w % (1 << 32) for w in weights))

    def serve(self, walk: Walk) -> None:
        """Eight loads; no constant is folded in."""
        self.fetch(walk, walk.address(self.form(walk.mirrored), self._style))

    def fetch(self, walk: Walk, address: int) -> None:
        """Eight loads from the vector of addresses ``address``, then the xor."""
        first = FOREST_P + (1 << self._level) - 1
        table = range(first, first + (1 << self._level))
        if self._offset == 0:
            node = walk.graph.dynamic("node")
            loads: list[Slot] = [("load", node + i, address + i) for i in range(VLEN)]
            label = f"{walk.label} gather"
            walk.graph.add(kinds.LOAD, {"load": loads}, label, reads=[table])
            walk.xor(node)
            return
        strip, stride = land(walk, address, (self._offset, self._offset), table, "window")
        if stride == 1:
            walk.xor(strip + self._offset)
        else:
            walk.xor_lanes([strip + stride * i + self._offset for i in range(VLEN)])
