"""Loads from a few places: their words lie in one vector, and each lane picks its own."""

import functools
import itertools
from typing import NamedTuple

from frozen.ops import MASK

from ..sliced import FEW
from .block import Block
from .emit import Words
from .host import host
from .vectors import shuffled

STEP = 0x9E3779B1  # 2**32 over the golden ratio, whose multiples spread well
TRIES = 20_000
TOP = 33 - FEW.bit_length()  # leaves the highest bits of a product
SUMS = 10  # shifts of a sum that are tried


class Numbering(NamedTuple):
    """How a word becomes its number, of which the lowest bits count."""

    factor: int
    more: int
    shift: int

    def number(self, word: int) -> int:
        """A word's number, less than ``FEW``."""
        return ((word * self.factor + self.more) & MASK) >> self.shift & (FEW - 1)


class Near:
    """The vectors of one function; ``block`` makes them at its start."""

    def __init__(self) -> None:
        self.block = Block("n")
        self._made: dict[tuple[int, ...], str] = {}

    def load(self, words: Words, address: str, shift: int, members: tuple[int, ...]) -> str | None:
        """The words at ``address + shift``; ``members`` are all addresses, if these are few."""
        # Without a number for each the caller loads from the image as usual.
        found = _numbering(members) if members and host().picks else None
        if found is None:
            return None
        table = self._table(found, shift, members)
        if found.factor != 1:
            address = words.let("mul", address, words.word(found.factor))
        if found.more:
            address = words.let("add", address, words.word(found.more))
        return words.pick([table], words.let("lshr", address, words.word(found.shift)))

    def _table(self, found: Numbering, shift: int, members: tuple[int, ...]) -> str:
        key = (shift, *members)
        if key not in self._made:
            made = "zeroinitializer"
            for member in members:
                pointer = self.block.let(f"getelementptr i32, ptr %image, i32 {member + shift}")
                word = self.block.let(f"load i32, ptr {pointer}")
                at = found.number(member)
                made = self.block.let(f"insertelement <{FEW} x i32> {made}, i32 {word}, i32 {at}")
            # As often as a vector has room for, since no more than the lowest bits count.
            lanes = [lane % FEW for lane in range(host().vector)]
            self._made[key] = shuffled(self.block, FEW, made, "poison", lanes)
        return self._made[key]


@functools.cache
def _numbering(members: tuple[int, ...]) -> Numbering | None:
    """A numbering in which no two words share a number: a shifted sum, or else a product.

    None if none of those that are tried is one.
    """
    sums = (Numbering(1, more, shift) for shift in range(SUMS) for more in range(1 << shift))
    products = (Numbering((n * STEP & MASK) | 1, 0, TOP) for n in range(TRIES))
    for found in itertools.chain(sums, products):
        if len({found.number(member) for member in members}) == len(members):
            return found
    return None
