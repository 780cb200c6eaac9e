"""The store with the ops of the machine on terms: one door, ``apply``, and one memo.

What an op gives is made by the rules (``rules/``). Each is an identity of words modulo 2**W; where
none applies an opaque term is left, which is sound and merely less equal to others.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from .integers import integers
from .store import CONST, Leaves, Term, Terms

COMMUTING = frozenset("+*^&|")  # their operands are put in order: a constant last, else by age


class Stuck(Exception):
    """The symbolic run cannot go on; the message says on what.

    ``witness``: a function of bits that is true where things would go wrong, if there is one, or
    else the term that was not understood.
    """

    def __init__(self, message: str, witness: Term | None = None) -> None:
        super().__init__(message)
        self.witness = witness


class Rules(NamedTuple):
    """All rules, laid out for use.

    ``rewrites``: by the op and the kinds of its first two operands, the functions to try in order.
    ``opaque``: by the op, what makes the term that is left where none applies.
    """

    rewrites: Mapping[tuple[str, str, str], Sequence[Callable[..., Term | None]]]
    opaque: Mapping[str, Callable[..., Term]]


class Algebra(Terms):
    """The store together with the ops.

    ``tables``: leaves worked out by the rules for case terms, kept for other bits. ``absorbing``
    and ``nested`` count how deep two rules have called themselves.
    """

    def __init__(self, rules: Rules, width: int = 32, max_bits: int = 12) -> None:
        super().__init__(width, max_bits)
        self.integers = integers(width)
        self.tables: dict[tuple[object, ...], tuple[int, Leaves] | None] = {}
        self.absorbing = self.nested = 0
        self._rules = rules
        self._memo: dict[tuple[object, ...], Term | Literal[False]] = {}

    def apply(self, op: str, x: Term, y: Term, *more: Term) -> Term:
        """What one of the machine's ops gives.

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
