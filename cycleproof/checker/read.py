"""The one walk over expressions; what a word is, is its domain's affair.

There are two domains: words on one sample input (``samples.py``), and normal forms, which hold on
every input (``symbolic.py``). In both, a known word is an ``int``.
"""

from bisect import bisect_left
from collections.abc import Callable

from .terms import Value
from .vocabulary import Ref, Reference

PLACED = ("M", "T", "lookup")  # the operations that are what stands at a place


class Reader:
    """Reads expressions in a domain. ``spend`` is called with 1 for each step of work."""

    # What a domain says. ``unknown``: of a lookup, an M or a T whose place is not known or listed.
    apply: Callable[..., Value]  # a machine op, or ``select``, on its operands
    initial: Callable[[int], Value]  # the initial memory word at an address, 0 outside memory
    unknown: Callable[..., Value]
    named: Callable[..., Value]  # a V, N, Q or I, of a lane

    def __init__(self, reference: Reference, spend: Callable[[int], None]) -> None:
        self.reference, self.spend = reference, spend
        self._memo: dict[Ref, Value] = {}

    def read(self, ref: Ref) -> Value:
        """What an expression is, said of lanes."""
        value = self._memo.get(ref)
        if value is None:
            self.spend(1)
            value = self._memo[ref] = self._read(ref)
        return value

    def _read(self, ref: Ref) -> Value:
        op, numbers, *_ = self.reference.table[ref.expression]
        if op == "const":
            return numbers[0]
        if op == "m":
            return self.initial(*numbers)
        if op in ("V", "N", "Q", "I"):
            return self.named(op, *ref.lanes, *numbers)
        first, *others = self.reference.expressions.operands(ref)
        value = self.read(first)
        if op in PLACED:
            return self.standing(op, value, *others)
        if op == "select":
            return self.apply(op, value, *map(self.read, others))
        for other in others:
            value = self.apply(op, value, self.read(other))
        return value

    def standing(self, op: str, place: Value, *table: Ref) -> Value:
        """What stands at a place: in the initial memory (an M), or in a table; a T ends in 0s."""
        if not isinstance(place, int):
            return self.unknown(op, place, *table)
        if op == "M":
            return self.initial(place)
        ((number, lanes),) = table
        _, listed, words, *_ = self.reference.table[number]
        at = bisect_left(listed, place)
        if at < len(listed) and listed[at] == place:
            return self.read(words[at].of(lanes))
        return 0 if op == "T" else self.unknown(op, place, *table)
