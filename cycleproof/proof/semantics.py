"""What each op means on terms, read off the meaning in its row of the op table.

So no op is stated a second time: a row whose meaning is one of the table's binary ops becomes that
op on terms, and any other meaning is taken apart into such ops. Meanings are written over unbounded
integers and reduced at the end, so a meaning is accepted only if every inner step may be reduced,
too.
"""

from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from frozen.ops import BINARY, OPS, Op

from ..engine.meaning import names_of, translate
from .algebra import Algebra
from .terms import Term

Environment = Mapping[str, Term]
Meaning = Callable[[Environment], Term]
NAMES: Mapping[str, str] = {value: name for name, value in BINARY.items()}
"""The binary op of each meaning."""

_RING = ("+", "-", "*")  # these commute with reduction modulo 2^W


class _Part(NamedTuple):
    """A part of an expression. ``top``: the op that gives it, empty for an operand."""

    meaning: Meaning
    top: str = ""


def meaning(algebra: Algebra, op: Op, expression: str | None = None) -> Meaning:
    """A function from the operands' terms to the term of the row's value.

    ``expression`` is the part of the value that is wanted, such as a load's address; None: all.
    Raises ``NotImplementedError`` for a row whose expression has no symbolic counterpart.
    """
    text = op.value if expression is None else expression
    apply = algebra.apply

    def binary(name: str, left: _Part, right: _Part) -> _Part:
        if any(part.top and not (name in _RING and part.top in _RING) for part in (left, right)):
            raise NotImplementedError(f"op {op.engine} {op.name}: no symbolic {text}")
        x, y = left.meaning, right.meaning
        return _Part(lambda env: apply(name, x(env), y(env)), name)

    def select(condition: _Part, left: _Part, right: _Part) -> _Part:
        if condition.top:
            raise NotImplementedError(f"op {op.engine} {op.name}: no symbolic {text}")
        test, x, y = condition.meaning, left.meaning, right.meaning
        return _Part(lambda env: apply("select", test(env), x(env), y(env)), "select")

    def constant(value: int) -> _Part:
        term = algebra.const(value)
        return _Part(lambda _: term)

    if text in NAMES:
        return binary(NAMES[text], _Part(itemgetter("a")), _Part(itemgetter("b"))).meaning
    emit = {name: partial(binary, name) for name in BINARY}
    operands = {name: _Part(itemgetter(name)) for name in names_of(text)}
    return translate(text, operands, constant, {**emit, "?": select}).meaning


def binary_op(algebra: Algebra, op: Op) -> Callable[[Term, Term], Term] | None:
    """The algebra's op where the row is one binary operation on ``a`` and ``b``."""
    return partial(algebra.apply, NAMES[op.value]) if op.value in NAMES else None


def address_expression(op: Op) -> str | None:
    """The address inside ``mem[…]`` where the op loads or stores; None for any other op."""
    text = op.value if op.place == "dest" else op.place
    return text[len("mem[") : -1] if text.startswith("mem[") else None


def all_rows() -> list[Op]:
    """Every row of the op table."""
    return list(OPS.values())
