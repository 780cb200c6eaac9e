"""Hash-consed terms over words of W bits: structurally equal terms are one object.

A term is *ground* if it is built only from tree words and constants, by sums and xors. A *case
term* is a function of 0/1-valued terms (its bits) whose value under each assignment, its leaf, is
ground. Sums and xors hold one case term, their base, and atoms of any other kind, so that all that
depends on the tree and the path is in one place and everything else is an opaque name.

=========  =========================  ==================================================
kind       args                       value
=========  =========================  ==================================================
CONST      value                      the constant
WORD       address                    the initial memory word
TABLE      bits, leaves               leaves[Σ bits[j] << j]
SUM        base, ((atom, k), …)       base + Σ k·atom
XOR        base, (atom, …)            base ^ atom ^ …
SHIFT      x, k                       x >> k
MASKED     x, m                       x & m
OPAQUE     op, x, y, …                op(x, y, …)
OPAQUE     "switch", x, leaves        the option that x, whose values ascend, picks
OPAQUE     "M", x                     the initial memory word at address x
=========  =========================  ==================================================
"""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

KINDS = CONST, WORD, TABLE, SUM, XOR, SHIFT, MASKED, OPAQUE = (
    "const",
    "word",
    "table",
    "sum",
    "xor",
    "shift",
    "masked",
    "opaque",
)


class TooLarge(Exception):
    """The terms grew past the budget."""


class Leaves:
    """An interned tuple of ground terms; ``values`` are their integers if all are constants.

    ``choices`` are the values, each once and ascending; none if there are no values.
    """

    __slots__ = ("choices", "mask", "terms", "values")

    def __init__(self, terms: tuple["Term", ...]) -> None:
        self.terms = terms
        self.mask = 0
        for term in terms:
            self.mask |= term.mask
        constant = all(term.kind is CONST for term in terms)
        self.values: tuple[int, ...] | None = (
            tuple(term.args[0] for term in terms) if constant else None
        )
        self.choices = tuple(sorted(set(self.values or ())))


Bits = tuple["Term", ...]


class Term:
    """One term. Compare by identity. ``mask``: the bits that can be one, so also a maximum."""

    __slots__ = ("args", "cases", "ground", "id", "kind", "mask")

    def __init__(self, number: int, kind: str, args: tuple[Any, ...], mask: int) -> None:
        self.id = number
        self.kind = kind
        self.args = args
        self.mask = mask
        self.ground = False
        self.cases: tuple[Bits, Leaves] | None = None

    @property
    def values(self) -> tuple[int, ...] | None:
        """The values of a function of only bits, by assignment; None for any other term."""
        return self.cases[1].values if self.cases else None

    @property
    def choices(self) -> tuple[int, ...]:
        """The values of a function of only bits, each once and ascending; none for others."""
        return self.cases[1].choices if self.cases else ()

    def __repr__(self) -> str:
        return f"{self.kind}#{self.id}"


class Terms:
    """Makes terms and keeps each once. ``width``: bits of a word."""

    def __init__(self, width: int = 32, max_bits: int = 12) -> None:
        self.width = width
        self.all_ones = (1 << width) - 1
        self.max_bits = max_bits
        self._interned: dict[tuple[Any, ...], Term] = {}
        self._leaves: dict[tuple[Term, ...], Leaves] = {}
        self._reduced: dict[tuple[Term, ...], tuple[int, Leaves]] = {}
        self._consts: dict[int, Term] = {}
        # The greatest word of each term that is known to be a node's number.
        self.indices: dict[Term, int] = {}
        # Leaves of tables and atoms of sums and xors: those looked at measure effort, and those
        # kept (with one for each term) measure memory. Both repeat exactly.
        self.work = self.kept = 0
        self.max_work = self.max_kept = sys.maxsize
        self.zero = self.const(0)
        self.one = self.const(1)
        self._bit = self.leaves((self.zero, self.one))

    def __len__(self) -> int:
        return len(self._interned) + len(self._consts)

    def spend(self, work: int) -> None:
        """Pay for looking at this many leaves or atoms. Raises ``TooLarge``."""
        self.work += work
        if self.work > self.max_work or self.kept > self.max_kept:
            raise TooLarge("the terms grew past the budget")

    def leaves(self, terms: tuple[Term, ...]) -> Leaves:
        """The one object for this tuple."""
        found = self._leaves.get(terms)
        if found is None:
            found = self._leaves[terms] = Leaves(terms)
            self.kept += len(terms)
        return found

    def _ground(self, term: Term) -> Term:
        term.ground = True
        term.cases = ((), self.leaves((term,)))
        return term

    def const(self, value: int) -> Term:
        """The constant ``value`` modulo 2^W."""
        value &= self.all_ones
        found = self._consts.get(value)
        if found is None:
            found = Term(len(self), CONST, (value,), value)
            self.kept += 1
            self._consts[value] = self._ground(found)
        return found

    def make(self, kind: str, args: tuple[Any, ...], mask: int, ground: bool = False) -> Term:
        """The one term of this kind with these arguments. A non-ground 0/1 term becomes a bit."""
        key = (kind, *args)
        found = self._interned.get(key)
        if found is None:
            found = self._interned[key] = Term(len(self), kind, args, mask)
            self.kept += 1 + (len(args[1]) if kind is SUM or kind is XOR else 0)
            if ground:
                self._ground(found)
            elif mask == 1:
                found.cases = ((found,), self._bit)
        return found

    def known(self, kind: str, args: tuple[Any, ...]) -> Term | None:
        """The term if it was made before."""
        return self._interned.get((kind, *args))

    def word(self, address: int, *, tree: bool) -> Term:
        """The initial memory word at ``address``; ``tree`` words are ground."""
        return self.make(WORD, (address,), self.all_ones, ground=tree)

    def index(self, term: Term, nodes: int) -> Term:
        """``term``, known to be the number of one of so many nodes."""
        self.indices[term] = nodes - 1
        return term

    def initial_at(self, address: Term) -> Term:
        """The initial memory word at an address that is no function of bits."""
        return self.make(OPAQUE, ("M", address), self.all_ones)

    def table(self, bits: Bits, leaves: Sequence[Term]) -> Term:
        """The case term with these leaves; bits that do not matter are dropped."""
        terms = tuple(leaves)
        kept, reduced = self.reduce(terms)
        return self.case(bits, kept, reduced)

    def reduce(self, terms: tuple[Term, ...]) -> tuple[int, Leaves]:
        """Drop the bits that do not matter; returns the mask of kept positions, and the leaves."""
        self.spend(len(terms))
        found = self._reduced.get(terms)
        if found is None:
            kept, left = 0, terms
            n = len(terms).bit_length() - 1
            for position in reversed(range(n)):
                half = 1 << position
                low = [i for i in range(len(left)) if not i & half]
                if all(left[i] is left[i | half] for i in low):
                    left = tuple(left[i] for i in low)
                else:
                    kept |= half
            found = self._reduced[terms] = (kept, self.leaves(left))
        return found

    def case(self, bits: Bits, kept: int, leaves: Leaves) -> Term:
        """The case term over those ``bits`` whose position is set in ``kept``."""
        if kept != (1 << len(bits)) - 1:
            bits = tuple(bit for j, bit in enumerate(bits) if kept >> j & 1)
        if not bits:
            return leaves.terms[0]
        if leaves is self._bit:
            return bits[0]
        key = (TABLE, bits, leaves)
        found = self._interned.get(key)
        if found is None:
            found = self._interned[key] = Term(len(self), TABLE, (bits, leaves), leaves.mask)
            self.kept += 1 + len(bits)
            found.cases = (bits, leaves)
        return found


def children(term: Term) -> Iterable[Term]:
    """The terms that ``term`` is made of."""
    kind, args = term.kind, term.args
    if kind is TABLE:
        yield from args[0]
        yield from args[1].terms
    elif kind is SUM:
        yield args[0]
        yield from (atom for atom, _ in args[1])
    elif kind is XOR:
        yield args[0]
        yield from args[1]
    elif kind is SHIFT or kind is MASKED:
        yield args[0]
    elif kind is OPAQUE:
        for part in args[1:]:
            if isinstance(part, Leaves):
                yield from part.terms
            else:
                yield part


def by_number(term: Term) -> int:
    """The order of bits and atoms: by age."""
    return term.id


def align(x: Bits, y: Bits) -> tuple[Bits, int, int]:
    """The union of two sorted tuples of bits, and for each the mask of its positions in it."""
    if x is y or x == y:
        full = (1 << len(x)) - 1
        return x, full, full
    if not y:
        return x, (1 << len(x)) - 1, 0
    if not x:
        return y, 0, (1 << len(y)) - 1
    if x[-1].id < y[0].id:
        return x + y, (1 << len(x)) - 1, ((1 << len(y)) - 1) << len(x)
    union = tuple(sorted({*x, *y}, key=by_number))
    inx, iny = set(x), set(y)
    at_x = sum(1 << j for j, bit in enumerate(union) if bit in inx)
    at_y = sum(1 << j for j, bit in enumerate(union) if bit in iny)
    return union, at_x, at_y


_SPREAD: dict[tuple[int, int], list[int]] = {}


def spread(position: int, n: int) -> list[int]:
    """For each assignment of ``n`` bits, the index that its bits in the mask ``position`` form."""
    found = _SPREAD.get((position, n))
    if found is None:
        found = [0]
        rank = 1
        for j in range(n):
            if position >> j & 1:
                found = found + [index | rank for index in found]
                rank <<= 1
            else:
                found = found + found
        _SPREAD[position, n] = found
    return found
