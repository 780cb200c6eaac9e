"""The values of terms on concrete memories, several at once; no rule takes part.

The sweep tells terms apart by these values; the tests hold every rule against them.
"""

from __future__ import annotations

import functools
import operator
from array import array
from collections.abc import Sequence

from .integers import integers
from .terms import CONST, MASKED, SHIFT, SUM, TABLE, WORD, XOR, Leaves, Term, children

Values = Sequence[int]


class Evaluator:
    """Evaluates terms on initial memories, each term once. ``width``: bits of a word."""

    def __init__(self, memories: Sequence[Sequence[int]], width: int = 32) -> None:
        self.memories = memories
        self.ones, self._integer = (1 << width) - 1, integers(width)
        self.known: dict[Term, array[int]] = {}  # a sixth of what tuples take

    def __call__(self, term: Term) -> array[int]:
        """The value of ``term`` on each memory."""
        known = self.known
        pending = [term]
        while pending:
            top = pending[-1]
            if top in known:
                pending.pop()
                continue
            missing = [part for part in self._needed(top) if part not in known]
            if missing:
                pending += missing
            else:
                known[top] = array("I", self._values(top))
                pending.pop()
        return known[term]

    def _needed(self, term: Term) -> list[Term]:
        """The parts that the values depend on: of a table the bits, then the leaves they pick."""
        if term.kind is not TABLE:
            return list(children(term))
        bits, leaves = term.args
        if all(bit in self.known for bit in bits):
            return [leaves.terms[index] for index in set(self._indices(term))]
        return list(bits)

    def _indices(self, term: Term) -> list[int]:
        columns = [self.known[bit] for bit in term.args[0]]
        return [sum(bit << j for j, bit in enumerate(bits)) for bits in zip(*columns, strict=True)]

    def _values(self, term: Term) -> Values:
        kind, args, known, ones = term.kind, term.args, self.known, self.ones
        if kind is CONST:
            return (args[0],) * len(self.memories)
        if kind is WORD:
            return [memory[args[0]] for memory in self.memories]
        if kind is TABLE:
            leaves = args[1].terms
            return [known[leaves[i]][k] for k, i in enumerate(self._indices(term))]
        if kind is SUM:
            total = list(known[args[0]])
            for atom, weight in args[1]:
                total = [a + weight * b for a, b in zip(total, known[atom], strict=True)]
            return [value & ones for value in total]
        if kind is XOR:
            columns = [known[args[0]], *(known[atom] for atom in args[1])]
            return tuple(
                [functools.reduce(operator.xor, row) for row in zip(*columns, strict=True)]
            )
        if kind is SHIFT:
            return [value >> args[1] for value in known[args[0]]]
        if kind is MASKED:
            return [value & args[1] for value in known[args[0]]]
        return self._opaque(args)

    def _opaque(self, args: tuple[object, ...]) -> Values:
        op, known = args[0], self.known
        columns = [known[part] for part in args[1:] if isinstance(part, Term)]
        if op == "select":
            return [b if a else c for a, b, c in zip(*columns, strict=True)]
        if op == "switch":
            selector, leaves = args[1:]
            if isinstance(selector, Term) and isinstance(leaves, Leaves):
                place = {v: k for k, v in enumerate(selector.choices)}
                picked = [leaves.terms[place[value]] for value in columns[0]]
                return [known[term][k] for k, term in enumerate(picked)]
        if op == "M":
            return [m[at] for m, at in zip(self.memories, columns[0], strict=True)]
        f = self._integer[str(op)]
        return [f(a, b) for a, b in zip(*columns, strict=True)]
