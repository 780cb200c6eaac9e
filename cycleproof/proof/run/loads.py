"""Loads at symbolic addresses: the words that an address can name, gathered once for all lanes.

Lanes ask for the same addresses under other bits. Gathered words are kept by the tuple of their
addresses and are valid until a store touches one of their pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..algebra import Algebra, Stuck
from ..terms import OPAQUE, SUM, WORD, Leaves, Term

PAGE = 64  # words


@dataclass
class _Gathered:
    """``table``: the result's leaves if all words are ground; else ``options``: the switch's."""

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
        self._touched: set[int] = set()
        self._untouched: dict[
            range, int
        ] = {}  # ranges clear of touched words, and how many those were

    def stored(self, address: int) -> None:
        """A store wrote this word."""
        self._now += 1
        self._stored[address // PAGE] = self._now
        self._touched.add(address)

    def load(self, address: Term, memory: Sequence[Term]) -> Term:
        """The word at a function of only bits whose values lie in memory; else ``ValueError``."""
        algebra = self.algebra
        if address.cases is None or address.values is None:
            raise ValueError("the address is no function of only bits")
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

    def load_indexed(self, address: Term, memory: Sequence[Term]) -> Term | None:
        """The word at a constant plus a node's number; None for an address of another kind.

        It must be a word of the image: raises ``Stuck`` if something was stored within its reach.
        """
        reach = self._reach(address) if self.algebra.indices else None
        if reach is None:
            return None
        if reach[-1] >= len(memory):
            outside = f"address {reach[-1]} is outside memory (0..{len(memory) - 1})"
            raise Stuck(outside, address)
        if self._untouched.get(reach) != len(self._touched):
            kept = self._touched.isdisjoint(reach)
            if not kept or not all(memory[at] is self.algebra.known(WORD, (at,)) for at in reach):
                raise Stuck("the words that an index reaches are not those of the image", address)
            self._untouched[reach] = len(self._touched)
        return self.algebra.initial_at(address)

    def _reach(self, address: Term) -> range | None:
        """The addresses between the least and the greatest that a node's number can give."""
        base, atoms = self.algebra.zero, ((address, 1),)
        if address.kind is SUM:
            base, atoms = address.args
        if len(atoms) != 1 or atoms[0][0] not in self.algebra.indices or base.values is None:
            return None
        (index, factor), (low, high) = atoms[0], (base.choices[0], base.choices[-1])
        most = self.algebra.indices[index]
        if high + factor * most > self.algebra.all_ones:
            return None
        return range(low, high + factor * most + 1)
