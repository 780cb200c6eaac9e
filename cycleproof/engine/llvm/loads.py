"""Loads of a lane class: from few places, of neighbouring words, and all others.

The words behind one address are found together: one address leaves its vector, one load a lane
brings up to four words, and the lanes' words are put side by side.
"""

from collections import defaultdict
from collections.abc import Sequence

from frozen.ops import MASK

from ..ir import CONST, LOAD
from ..sliced import Instruction
from .emit import ROW, Words
from .near import Near


class Loads:
    """All loads of a class's code. ``near`` makes vectors at the function's start."""

    def __init__(self, words: Words, code: Sequence[Instruction], near: Near) -> None:
        self.words, self.code, self.near = words, code, near
        self._rows = _rows(code)
        self._found: dict[int, str] = {}  # by place behind a base, of the row loaded last

    def load(self, position: int, made: Sequence[str]) -> str:
        """The words that the load at this position of the code finds; ``made``: those before it."""
        address, shift, *members = self.code[position].args
        base, offset = _base(self.code, address)
        few = tuple((member - offset) & MASK for member in members)
        found = self.near.load(self.words, made[base], offset + shift, few)
        if found is not None:
            return found
        if position not in self._found:
            row = self._rows.get(position, [position])
            places = [self._place(one) for one in row]
            first = self.words.let("add", made[base], self.words.word(places[0] & MASK))
            loaded = [self.words.load(first)] if len(row) == 1 else self.words.load_row(first)
            for one, place in zip(row, places, strict=True):
                self._found[one] = loaded[place - places[0]]
        return self._found[position]

    def _place(self, position: int) -> int:
        address, shift, *_ = self.code[position].args
        return _base(self.code, address)[1] + shift


def _base(code: Sequence[Instruction], address: int) -> tuple[int, int]:
    """An address as an earlier instruction and what is added to it."""
    kind, args = code[address]
    if kind == "a + b":
        for base, more in (args, args[::-1]):
            if code[more].kind is CONST:
                return base, code[more].args[0]
    return address, 0


def _rows(code: Sequence[Instruction]) -> dict[int, list[int]]:
    """The loads that are made together, by each of them; the first place comes first."""
    behind: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for position, step in enumerate(code):
        if step.kind is LOAD:
            base, offset = _base(code, step.args[0])
            behind[base].append((offset + step.args[1], position))
    rows: dict[int, list[int]] = {}
    for loads in behind.values():
        row: list[int] = []
        first = 0
        for place, position in sorted(loads):
            if not row or place - first >= ROW:
                row, first = [], place
            row.append(position)
            rows[position] = row
    return rows
