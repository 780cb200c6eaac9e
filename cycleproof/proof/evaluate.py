"""The value of a term on concrete memory words: what every rule must leave unchanged."""

import functools
import operator
from collections.abc import Callable, Mapping, Sequence

from .terms import CONST, MASKED, SHIFT, SUM, TABLE, WORD, XOR, Leaves, Term, children

_BINARY: Mapping[str, Callable[[int, int], int]] = {
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "cdiv": lambda a, b: -(-a // b),
    "%": lambda a, b: a % b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    ">>": lambda a, b: a >> b,
    "<": lambda a, b: int(a < b),
    "==": lambda a, b: int(a == b),
}


class Evaluator:
    """Evaluates terms on one initial memory, each term once. ``width``: bits of a word."""

    def __init__(self, memory: Mapping[int, int] | Sequence[int], width: int = 32) -> None:
        self.memory = memory
        self.width = width
        self.known: dict[Term, int] = {}

    def __call__(self, term: Term) -> int:
        """The value of ``term``."""
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
                known[top] = self._value(top) & ((1 << self.width) - 1)
                pending.pop()
        return known[term]

    def _needed(self, term: Term) -> list[Term]:
        """The parts that the value hangs on: of a table, the bits and then one leaf."""
        if term.kind is not TABLE:
            return list(children(term))
        bits, leaves = term.args
        if all(bit in self.known for bit in bits):
            return [leaves.terms[self._index(term)]]
        return list(bits)

    def _index(self, term: Term) -> int:
        return sum(self.known[bit] << j for j, bit in enumerate(term.args[0]))

    def _value(self, term: Term) -> int:
        kind, args, known = term.kind, term.args, self.known
        if kind is CONST:
            return int(args[0])
        if kind is WORD:
            return self.memory[args[0]]
        if kind is TABLE:
            return known[args[1].terms[self._index(term)]]
        if kind is SUM:
            weighted: int = sum(k * known[atom] for atom, k in args[1])
            return known[args[0]] + weighted
        if kind is XOR:
            total: int = functools.reduce(operator.xor, [known[atom] for atom in args[1]])
            return total ^ known[args[0]]
        if kind is SHIFT:
            return known[args[0]] >> int(args[1])
        if kind is MASKED:
            return known[args[0]] & int(args[1])
        return self._opaque(args)

    def _opaque(self, args: tuple[object, ...]) -> int:
        op, known = args[0], self.known
        operands = [known[part] for part in args[1:] if isinstance(part, Term)]
        if op == "select":
            return operands[1] if operands[0] else operands[2]
        if op == "switch":
            selector, leaves = args[1:]
            if isinstance(selector, Term) and isinstance(leaves, Leaves):
                values = sorted(set(selector.values or ()))
                return known[leaves.terms[values.index(operands[0])]]
        if op == "<<":
            return operands[0] << operands[1] if operands[1] < self.width else 0
        return _BINARY[str(op)](operands[0], operands[1])
