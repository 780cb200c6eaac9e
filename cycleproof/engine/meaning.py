"""Ops for every back end: the op table's expressions, taken apart once into 14 primitives.

A back end is a table from primitive to emitter; ``translate`` walks an expression with it. What an
emitter makes may be text, LLVM values, numpy arrays or plain integers. Every word is unsigned and
taken modulo 2**32; a shift by 32 or more gives 0 (the table says so for ``<<`` in words).
"""

import ast
import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from frozen.ops import MASK, OPS, Op

T = TypeVar("T")

_OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Lt: "<",
    ast.Eq: "==",
}
PRIMITIVES = (*_OPERATORS.values(), "cdiv", "?")
"""``cdiv`` rounds up; ``?`` is (condition, if not 0, if 0); comparisons give 0 or 1."""

EXECUTED = tuple(op for op in OPS.values() if op.place not in ("", "trace"))
"""The ops that change what is judged."""


def place_of(op: Op) -> str:
    """Where an op's result lands: ``dest``, ``mem`` or ``pc``."""
    return op.place.partition("[")[0]


def width_of(op: Op) -> int:
    """The words of an op's result."""
    named = "src" if place_of(op) == "mem" else "dest"
    return next((operand.width for operand in op.operands if operand.name == named), 1)


@functools.cache
def _parse(value: str) -> ast.expr:
    return ast.parse(value, mode="eval").body


@functools.cache
def names_of(value: str) -> tuple[str, ...]:
    """The operands in an expression, in the order in which they first occur in it."""
    found = [node.id for node in ast.walk(_parse(value)) if isinstance(node, ast.Name)]
    return tuple(sorted(set(found), key=value.index))


@functools.cache
def divisors_of(value: str) -> tuple[str, ...]:
    """The operands that an expression divides by."""
    return tuple(
        node.right.id
        for node in ast.walk(_parse(value))
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.FloorDiv | ast.Mod)
        and isinstance(node.right, ast.Name)
    )


@functools.cache
def _function(value: str, ending: str) -> Callable[..., int]:
    function: Callable[..., int] = eval(  # noqa: S307 the table's own text, as in the simulator
        f"lambda {', '.join(names_of(value))}: ({value}){ending}"
    )
    return function


def compute(value: str, *operands: int) -> int:
    """The word that an expression gives; raises ``ZeroDivisionError``."""
    return _function(value, f" & {MASK}")(*operands)


def plain(value: str, *operands: int | None) -> int:
    """What an expression gives before it is made a word, as the target of a jump is read."""
    return _function(value, "")(*operands)


def translate(
    value: str,
    operands: Mapping[str, T],
    constant: Callable[[int], T],
    emit: Mapping[str, Callable[..., T]],
) -> T:
    """Walk an expression of the op table with a back end's emitters."""

    def walk(node: ast.expr) -> T:
        if isinstance(node, ast.Name):
            return operands[node.id]
        if isinstance(node, ast.Constant):
            return constant(int(str(node.value)))
        if isinstance(node, ast.IfExp):
            return emit["?"](walk(node.test), walk(node.body), walk(node.orelse))
        if isinstance(node, ast.Compare):
            name = _OPERATORS[type(node.ops[0])]
            return emit[name](walk(node.left), walk(node.comparators[0]))
        if isinstance(node, ast.BinOp):
            return emit[_OPERATORS[type(node.op)]](walk(node.left), walk(node.right))
        negated = _ceiling(node)
        if negated is not None:
            return emit["cdiv"](walk(negated[0]), walk(negated[1]))
        raise NotImplementedError(f"no primitive for {ast.unparse(node)}")

    return walk(_parse(value))


def _ceiling(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Both operands of ``-(-x // y)``, the table's way to write a division that rounds up."""

    def negated(inner: Any) -> Any:
        is_minus = isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.USub)
        return inner.operand if is_minus else None

    quotient = negated(node)
    if isinstance(quotient, ast.BinOp) and isinstance(quotient.op, ast.FloorDiv):
        left = negated(quotient.left)
        return None if left is None else (left, quotient.right)
    return None
