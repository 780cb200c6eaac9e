"""All terms, with the ops of the machine on terms: one door, ``apply``, and one memo.

The rules (``rules/``) make the result of an op. Each is an identity of words modulo 2^W. Where none
applies, the result is an opaque term, which is sound and only equal to fewer other terms.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from .integers import integers
from .terms import CONST, Leaves, Term, Terms

COMMUTING = frozenset("+*^&|")  # their operands are put in order: a constant last, else by age


class Stuck(Exception):
    """The symbolic run cannot go on; the message says why.

    ``witness``: a function of bits that is true on inputs where the run goes wrong, or the term
    that was not understood; None if there is neither.
    """

    def __init__(self, message: str, witness: Term | None = None) -> None:
        super().__init__(message)
        self.witness = witness


class Rules(NamedTuple):
    """All rules, laid out for use.

    ``rewrites``: by the op and the kinds of its first two operands, the functions to try in order.
    ``opaque``: by the op, the function that makes the term where no rewrite applies.
    """

    rewrites: Mapping[tuple[str, str, str], Sequence[Callable[..., Term | None]]]
    opaque: Mapping[str, Callable[..., Term]]


class Algebra(Terms):
    """The terms together with the ops.

    ``tables``: the leaves that rules worked out for case terms, used again under other bits.
    ``absorbing``, ``nested``: how deep ``choice.absorbed``, ``choice.congruent`` call themselves.
    """

    def __init__(self, rules: Rules, width: int = 32, max_bits: int = 12) -> None:
        super().__init__(width, max_bits)
        self.integers = integers(width)
        self.tables: dict[tuple[object, ...], tuple[int, Leaves] | None] = {}
        self.absorbing = self.nested = 0
        self._rules = rules
        self._memo: dict[tuple[object, ...], Term | Literal[False]] = {}

    def apply(self, op: str, x: Term, y: Term, *more: Term) -> Term:
        """The result of one of the machine's ops on terms.

        ``op`` is a name in ``frozen.ops.BINARY``, ``"select"`` (condition, then, else) or
        ``"switch"``: a function of only bits, then an option for each of its values, ascending.
        Raises ``Stuck`` for a divisor that may be zero.
        """
        if op in COMMUTING and (x.id > y.id or x.kind is CONST) and y.kind is not CONST:
            x, y = y, x
        key = (op, x, y, *more) if more else (op, x, y)
        found = self._memo.get(key)
        if found is None:
            found = self._first(key, op, x, y, more)
        return found or self._rules.opaque[op](self, x, y, *more)

    def rewrite(self, op: str, x: Term, y: Term, *more: Term) -> Term | None:
        """What the first rule that applies makes of an op; None if none does."""
        key = (op, x, y, *more)
        found = self._memo.get(key)
        if found is None:
            found = self._first(key, op, x, y, more)
        return found or None

    def _first(
        self, key: tuple[object, ...], op: str, x: Term, y: Term, more: tuple[Term, ...]
    ) -> Term | Literal[False]:
        for function in self._rules.rewrites[op, x.kind, y.kind]:
            found: Term | None = function(self, x, y, *more) if more else function(self, x, y)
            if found is not None:
                self._memo[key] = found
                return found
        self._memo[key] = False
        return False

    def switch(self, selector: Term, options: Mapping[int, Term]) -> Term:
        """``options[selector]`` for a function of only bits whose values all have an option."""
        return self.apply("switch", selector, *[options[value] for value in selector.choices])
