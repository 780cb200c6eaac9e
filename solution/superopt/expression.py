"""Expressions over words in Python's own syntax, evaluated on columns of samples or by a solver.

Operators are those of the op table that lanes can run, without the divisions; ``madd(a, b, c)``
is ``multiply_add``. Names are inputs, numbers are constants.
"""

import ast
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from frozen.ops import MASK

from ..errors import BadRecipe, MissingDependency

OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.BitXor: "^", ast.BitAnd: "&", ast.BitOr: "|",
    ast.LShift: "<<", ast.RShift: ">>", ast.Lt: "<", ast.Eq: "==",
}  # fmt: skip
NAMES = tuple(OPERATORS.values())
COMMUTATIVE = frozenset("+*^&|") | {"=="}
Domain = Mapping[str, Callable[..., Any]]
"""For each operator, for ``madd`` and for ``constant``, how to do it."""


def library(name: str) -> Any:
    """An optional dependency. Raises ``MissingDependency``."""
    try:
        return import_module(name)
    except ImportError:
        raise MissingDependency(
            f"superopt needs {name}: pip install '.[search]' in a clone of the project"
        ) from None


def columns() -> Domain:
    """Operators on numpy arrays of 32-bit words."""
    np = library("numpy")
    word = np.uint32

    def shifted(shift: Any) -> Callable[[Any, Any], Any]:
        return lambda a, b: np.where(b < word(32), shift(a, b & word(31)), word(0)).astype(word)

    return {
        "+": np.add, "-": np.subtract, "*": np.multiply, "^": np.bitwise_xor,
        "&": np.bitwise_and, "|": np.bitwise_or, "<<": shifted(np.left_shift),
        ">>": shifted(np.right_shift), "<": lambda a, b: np.less(a, b).astype(word),
        "==": lambda a, b: np.equal(a, b).astype(word), "madd": lambda a, b, c: a * b + c,
        "constant": word,
    }  # fmt: skip


def terms() -> Domain:
    """Operators on the solver's bit vectors."""
    z3 = library("z3")
    one, zero = z3.BitVecVal(1, 32), z3.BitVecVal(0, 32)
    return {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
        "^": lambda a, b: a ^ b, "&": lambda a, b: a & b, "|": lambda a, b: a | b,
        "<<": lambda a, b: a << b, ">>": z3.LShR, "<": lambda a, b: z3.If(z3.ULT(a, b), one, zero),
        "==": lambda a, b: z3.If(a == b, one, zero), "madd": lambda a, b, c: a * b + c,
        "constant": lambda value: z3.BitVecVal(value, 32),
    }  # fmt: skip


class Expression:
    """One expression. ``inputs``: its names in order, ``constants``: its numbers."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._tree = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise BadRecipe(f"expression {text!r}: not one expression") from None
        names = [node for node in ast.walk(self._tree) if isinstance(node, ast.Name)]
        self.inputs = sorted({node.id for node in names} - {"madd"})
        numbers = [node.value for node in ast.walk(self._tree) if isinstance(node, ast.Constant)]
        if not self.inputs or any(type(number) is not int for number in numbers):
            raise BadRecipe(f"expression {text!r}: wants a name and whole numbers")
        self.constants = [int(number) & MASK for number in numbers if type(number) is int]
        sample: dict[str, list[int]] = {name: [] for name in self.inputs}
        self._value(self._tree, sample, dict.fromkeys((*NAMES, "madd", "constant"), _nothing))

    def value(self, words: Mapping[str, Any], domain: Domain) -> Any:
        """The expression's value where the inputs are ``words``."""
        return self._value(self._tree, words, domain)

    def _value(self, node: ast.AST, words: Mapping[str, Any], domain: Domain) -> Any:
        operator: ast.AST | None = None
        match node:
            case ast.Name(id=name) if name in words:
                return words[name]
            case ast.Constant(value=int(number)):
                return domain["constant"](number & MASK)
            case ast.BinOp(left=left, op=operator, right=right):
                operands = [left, right]
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                operands = [left, right]
            case ast.Call(func=ast.Name(id="madd"), args=[_, _, _], keywords=[]):
                operands = node.args
            case _:
                raise BadRecipe(f"expression {self.text!r}: no op for {ast.unparse(node)!r}")
        name = OPERATORS.get(type(operator), "") if operator else "madd"
        if not name:
            raise BadRecipe(f"expression {self.text!r}: no op for {ast.unparse(node)!r}")
        return domain[name](*(self._value(operand, words, domain) for operand in operands))


def _nothing(*_: Any) -> list[int]:
    return []
