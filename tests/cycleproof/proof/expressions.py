"""Raw expressions: nested tuples of the machine's ops, to hold the algebra against.

("+", ("<<", "v", 2), "a"): names are words, "a" and "b" of the tree, "v" and "w" of lanes.
("bit", x) is x & 1 and ("select", c, x, y) the machine's selection.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cycleproof.proof.algebra import Algebra
from cycleproof.proof.terms import CONST, MASKED, OPAQUE, SHIFT, SUM, TABLE, WORD, XOR, Leaves, Term

Raw = int | str | tuple[Any, ...]
Words = npt.NDArray[np.int64]
NAMES = {"a": (1, True), "b": (2, True), "v": (3, False), "w": (4, False)}


def build(algebra: Algebra, raw: Raw) -> Term:
    """The algebra's term for a raw expression."""
    if isinstance(raw, int):
        return algebra.const(raw)
    if isinstance(raw, str):
        address, tree = NAMES[raw]
        return algebra.word(address, tree=tree)
    op, *parts = raw
    terms = [build(algebra, part) for part in parts]
    if op == "bit":
        return algebra.apply("&", terms[0], algebra.one)
    return algebra.apply(op, *terms)


def apply(op: str, x: Words, y: Words, width: int) -> Words:
    """One op on arrays of words, as the machine defines it."""
    ones, size = (1 << width) - 1, width
    if op in ("//", "%", "cdiv"):
        y = np.where(y == 0, 1, y)  # never asked for: the algebra refuses such divisors
    return {
        "+": lambda: x + y,
        "-": lambda: x - y,
        "*": lambda: x * y,
        "//": lambda: x // y,
        "cdiv": lambda: -(-x // y),
        "%": lambda: x % y,
        "^": lambda: x ^ y,
        "&": lambda: x & y,
        "|": lambda: x | y,
        "<<": lambda: np.where(y < size, x << np.minimum(y, size), 0),
        ">>": lambda: np.where(y < size, x >> np.minimum(y, size), 0),
        "<": lambda: (x < y).astype(np.int64),
        "==": lambda: (x == y).astype(np.int64),
    }[op]() & ones


class Exhaustive:
    """All assignments of four words of ``width`` bits; values are arrays over them."""

    def __init__(self, width: int) -> None:
        self.width = width
        size = 1 << width
        grid = np.indices((size,) * len(NAMES), dtype=np.int64).reshape(len(NAMES), -1)
        self.words = dict(zip(NAMES, grid, strict=True))
        self.addresses = {NAMES[name][0]: row for name, row in self.words.items()}
        self.known: dict[Term, Words] = {}

    def raw(self, raw: Raw) -> Words:
        """The values of a raw expression."""
        if isinstance(raw, int):
            return np.full_like(self.words["a"], raw & ((1 << self.width) - 1))
        if isinstance(raw, str):
            return self.words[raw]
        op, *parts = raw
        values = [self.raw(part) for part in parts]
        if op == "bit":
            return values[0] & 1
        if op == "select":
            return np.where(values[0] != 0, values[1], values[2])
        x, y = values
        return apply(op, x, y, self.width)

    def term(self, term: Term) -> Words:
        """The values of a term."""
        if term not in self.known:
            self.known[term] = self._term(term)
        return self.known[term]

    def _pick(self, index: Words, terms: Sequence[Term]) -> Words:
        rows = np.stack([self.term(term) for term in terms])
        return rows[index, np.arange(rows.shape[1])]

    def _term(self, term: Term) -> Words:
        kind, args, ones = term.kind, term.args, (1 << self.width) - 1
        if kind is CONST:
            return np.full_like(self.words["a"], args[0])
        if kind is WORD:
            return self.addresses[args[0]]
        if kind is TABLE:
            index = sum(self.term(bit) << j for j, bit in enumerate(args[0]))
            return self._pick(index, args[1].terms)
        if kind is SUM:
            return (self.term(args[0]) + sum(k * self.term(atom) for atom, k in args[1])) & ones
        if kind is XOR:
            return np.bitwise_xor.reduce([self.term(t) for t in (args[0], *args[1])])
        if kind is SHIFT:
            return self.term(args[0]) >> args[1]
        if kind is MASKED:
            return self.term(args[0]) & args[1]
        if args[0] == "select":
            condition, x, y = (self.term(part) for part in args[1:])
            return np.where(condition != 0, x, y)
        if args[0] == "switch":
            selector, leaves = args[1:]
            values = sorted(set(selector.values))
            assert isinstance(leaves, Leaves)
            index = np.searchsorted(values, self.term(selector))
            return self._pick(index, leaves.terms)
        assert kind is OPAQUE
        return apply(args[0], self.term(args[1]), self.term(args[2]), self.width)
