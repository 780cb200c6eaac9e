"""Loads at symbolic addresses: the words that an address can name, gathered once for all lanes.

Lanes ask for the same addresses under other bits. What was gathered is kept by the tuple of
addresses and is good until a store touches a page that it lies on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..algebra import Algebra
from ..store import OPAQUE, Leaves, Term

PAGE = 64  # words


@dataclass
class _Gathered:
    """``table``: the result's leaves if all words are ground; else the options of the choice."""

    stamp: int
    pages: frozenset[int]
    table: tuple[int, Leaves] | None
    options: Leaves | None


class Loads:
    """Remembers gathered words; call ``stored`` after every store."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self._now = 0
        self._stored: dict[int, int] = {}
        self._kept: dict[Leaves, _Gathered] = {}

    def stored(self, address: int) -> None:
        """A store wrote this word."""
        self._now += 1
        self._stored[address // PAGE] = self._now

    def load(self, address: Term, memory: Sequence[Term]) -> Term:
        """The word at a function of only bits whose values lie in memory."""
        algebra = self.algebra
        if address.cases is None or address.values is None:
            raise ValueError("the address is no function of bits alone")
        bits, leaves = address.cases
        kept = self._kept.get(leaves)
        if kept is None or any(self._stored.get(page, 0) > kept.stamp for page in kept.pages):
            words = tuple([memory[at] for at in address.values])
            pages = frozenset(at // PAGE for at in address.values)
            kept = self._kept[leaves] = _Gathered(self._now, pages, None, None)
            if all(word.ground for word in words):
                kept.table = algebra.reduce(words)
        if kept.table is not None:
            return algebra.case(bits, *kept.table)
        if kept.options is not None:
            return algebra.make(OPAQUE, ("switch", address, kept.options), kept.options.mask)
        result = algebra.switch(address, {at: memory[at] for at in address.choices})
        if result.kind is OPAQUE and result.args[:2] == ("switch", address):
            kept.options = result.args[2]
        return result
