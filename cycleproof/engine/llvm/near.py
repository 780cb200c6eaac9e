"""Loads from a few places: their words lie in one vector, and each lane picks its own."""

import functools

from frozen.ops import MASK

from .emit import TABLE, Block, Words
from .host import host

STEP = 0x9E3779B1  # 2**32 over the golden ratio, whose multiples spread well
TRIES = 20_000
SHIFT = 33 - TABLE.bit_length()


class Near:
    """The vectors of one function; ``block`` makes them at its start."""

    def __init__(self) -> None:
        self.block = Block("n")
        self._made: dict[tuple[int, ...], str] = {}

    def load(self, words: Words, address: str, shift: int, members: tuple[int, ...]) -> str | None:
        """The words at ``address + shift``; ``members`` are all addresses, if these are few."""
        # Without a factor the caller loads from the image as usual.
        factor = _factor(members) if members and host().permutes else None
        if factor is None:
            return None
        table = self._table(factor, shift, members)
        mixed = words.let("mul", address, words.word(factor))
        return words.pick(table, words.let("lshr", mixed, words.word(SHIFT)))

    def _table(self, factor: int, shift: int, members: tuple[int, ...]) -> str:
        key = (shift, *members)
        if key not in self._made:
            made = "zeroinitializer"
            for member in members:
                pointer = self.block.let(f"getelementptr i32, ptr %image, i32 {member + shift}")
                word = self.block.let(f"load i32, ptr {pointer}")
                at = (member * factor & MASK) >> SHIFT
                made = self.block.let(f"insertelement <{TABLE} x i32> {made}, i32 {word}, i32 {at}")
            self._made[key] = made
        return self._made[key]


@functools.cache
def _factor(members: tuple[int, ...]) -> int | None:
    """A factor that gives each word other highest bits, so that these number the words."""
    for number in range(TRIES):
        factor = (number * STEP & MASK) | 1
        if len({(member * factor & MASK) >> SHIFT for member in members}) == len(members):
            return factor
    return None
