"""Forked tables: addresses that merge two bits with one multiply-add and one selection.

A bit that only an address needs is stored as X = -2 or -1 (``w | -2``). Then
``multiply_add(X, select(b, y1, y0), base)`` moves the address by one of four distances: -2·y0 and
-y0, or -2·y1 and -y1. They are no linear function of the bits, so the tables for (3,4) and (5,6)
lie *forked* in one another, at distances under which all 40 records stay apart. From there no
linear address leads on: the fourth word of each (5,6) record points at the four records of its
grandchildren in the third table, which is linear.
"""

from collections.abc import Iterator
from typing import NamedTuple

from frozen.ops import VLEN, Slot

from .address import Register
from .tables import Table
from .walk import Walk

OUTER, INNER, LINEAR = 3, 5, 7  # first levels of the three tables
SPLIT = (64, 164)  # by the bit after level 1, from the first word
OUTER_STEP = (20, -20)  # by the bit after level 0, times X of level 2
INNER_STEP = (8, 12)  # by the bit after level 3, times X of level 4
SIZE = 208
BLOCK = 16  # words of the third table below one record of the second


def _minus(bit: int) -> int:
    return bit - 2


def _bits(record: int, count: int) -> list[int]:
    return [record >> (count - 1 - at) & 1 for at in range(count)]


class Forked(NamedTuple):
    """The table for ``level`` and ``level + 1`` of the two in ``words``; see ``tables.Table``."""

    level: int
    words: range
    node: int = 2
    child0: int = 0
    child1: int = 1
    neighbours: bool = True
    minus: bool = True

    @property
    def pointer(self) -> int:
        """The word of a record that points into the third table, -1 if none does."""
        return 3 if self.level == INNER else -1

    @property
    def fields(self) -> tuple[int, int]:
        """The first and the last word of a record that is used."""
        return 0, max(self.node, self.pointer)

    def _places(self) -> Iterator[tuple[int, int]]:
        """(record, its first word), records in the order of the stored bits."""
        for record in range(1 << self.level):
            bits = _bits(record, self.level)
            at = self.words.start + SPLIT[bits[1]] + OUTER_STEP[bits[0]] * _minus(bits[2])
            if self.level == INNER:
                at += INNER_STEP[bits[3]] * _minus(bits[4])
            yield record, at

    def image(self) -> dict[int, int]:
        """Memory address -> tree node."""
        found = {}
        for record, at in self._places():
            node = (1 << self.level) - 1 + (1 << self.level) - 1 - record  # mirrored
            found[at + self.node] = node
            found[at + self.child0] = 2 * node + 2
            found[at + self.child1] = 2 * node + 1
        return found

    def links(self) -> dict[int, int]:
        """Memory address -> the address that this word holds."""
        if self.pointer < 0:
            return {}
        return {at + self.pointer: BLOCK * record for record, at in self._places()}

    def address(self, walk: Walk, style: str) -> int:
        """One multiply-add; 2 flow for the outer table's three bits, 1 for the inner one's two."""
        del style  # there is one way
        bits = walk.bits
        if self.level == INNER:
            return self._madd(walk, bits[4], self._one(walk, bits[3], INNER_STEP), walk.outer)
        step = self._one(walk, bits[0], OUTER_STEP)
        first, second = SPLIT
        base = self._one(walk, bits[1], (self.words.start + first, self.words.start + second))
        walk.outer = self._madd(walk, bits[2], step, base)
        return walk.outer

    @staticmethod
    def _one(walk: Walk, bit: int, values: tuple[int, int]) -> int:
        dest, vector = walk.graph.dynamic("address part"), walk.constants.vector
        yes, no = vector(values[1]), vector(values[0])
        walk.graph.select(f"{walk.label} address", dest, bit, yes, no)
        return dest

    @staticmethod
    def _madd(walk: Walk, bit: int, step: int, base: int) -> int:
        dest = walk.graph.dynamic("address")
        walk.graph.vector("multiply_add", f"{walk.label} address", dest, bit, step, base)
        return dest


class Pointed(Table):
    """The third table: its addresses are pointers plus 0, 4, 8 or 12."""

    def address(self, walk: Walk, style: str) -> int:
        """1 vector op and 3 flow, or 2 and 1."""
        graph, vector, label = walk.graph, walk.constants.vector, f"{walk.label} address"
        high, low = walk.bits[-2:]

        def choose(bit: int, yes: int, no: int) -> int:
            dest = graph.dynamic("address part")
            graph.select(label, dest, bit, yes, no)
            return dest

        if style == "flow":
            one = choose(high, vector(12), vector(4))
            zero = choose(high, vector(8), vector(0))
            part = choose(low, one, zero)
        else:
            least = choose(low, vector(4), vector(0))
            part = graph.dynamic("address part")
            graph.vector("multiply_add", label, part, high, vector(8), least)
        dest = graph.dynamic("address")
        slots: list[Slot] = [("+", dest + i, walk.pointers[i], part + i) for i in range(VLEN)]
        graph.lanes(label, slots)
        walk.register = Register(dest, self.form)
        return dest


def tables(base: int, linear: Table) -> tuple[Forked, Forked, Pointed]:
    """The three tables; the two forked ones start at ``base``."""
    words = range(base, base + SIZE)
    return Forked(OUTER, words), Forked(INNER, words), Pointed(*linear)
