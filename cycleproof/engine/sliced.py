"""A program cut into lane slices, as compilers take it: lanes as instructions, and the image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .ir import Executed
from .layout import Level

CELL, GUARD = "cell", "guard"
"""Kinds of instruction beside an op's expression, ``const``, ``lane`` and ``load``."""

FEW = 8  # a load that can name more addresses does not list them


class Instruction(NamedTuple):
    """One step of a lane: a kind, and what it works on.

    An op's arguments are numbers of earlier instructions. ``const``: a word. ``lane``: nothing,
    the lane's input value. ``cell``: a place in the image. ``load``: the address's instruction,
    what is added to it, and every word that the address can be, if these are few and proved.
    ``guard``: the word's instruction, the least and greatest word allowed, and
    the number of a set of words (-1: the whole interval); its result is the word, or the least one
    allowed where the guard misses.
    """

    kind: str
    args: tuple[int, ...]


@dataclass(frozen=True)
class LaneClass:
    """Lanes that compute the same way. ``outputs`` are instructions, ``places`` their addresses.

    ``places[i]`` are the memory addresses of lane ``lanes[i]``'s outputs.
    """

    lanes: tuple[int, ...]
    code: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Sliced:
    """A program ready for a compiler.

    ``words`` is the size of an image; ``tree_at`` and ``values_at`` say where tree word 0 and lane
    0 of a seed's inputs lie in it, both multiples of four. ``levels`` fill the rest, in order.
    ``shared`` are (memory address, place in the image) of outputs that hang on no lane. ``sets``
    are the words that guards with a set allow.
    """

    executed: Executed
    words: int
    tree_at: int
    values_at: int
    levels: tuple[Level, ...]
    classes: tuple[LaneClass, ...]
    shared: tuple[tuple[int, int], ...]
    sets: tuple[tuple[int, ...], ...]

    @property
    def guards(self) -> int:
        """How many words are guarded at run time, over all lanes."""
        return sum(
            len(one.lanes) * sum(step.kind is GUARD for step in one.code) for one in self.classes
        )


def bitmap(members: Sequence[int]) -> list[int]:
    """A set of words in order as bits, from its least one on, 32 in a word."""
    words = [0] * ((members[-1] - members[0]) // 32 + 1)
    for member in members:
        words[(member - members[0]) // 32] |= 1 << (member - members[0]) % 32
    return words
