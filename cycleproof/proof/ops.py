"""What each op means on terms, read off the meaning in its row of the op table.

The expression is parsed with ``ast`` and turned into calls of the algebra, so the symbolic
evaluator has no second statement of what an op does. The meanings are written over unbounded
integers and reduced at the end; only shapes for which every inner step may be reduced as well are
accepted, and any other shape is refused when the evaluator is made.
"""

import ast
from collections.abc import Callable, Mapping
from typing import NoReturn

from frozen.ops import OPS, Op

from .algebra import Algebra
from .store import Term

Environment = Mapping[str, Term]
Meaning = Callable[[Environment], Term]

_BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.RShift: ">>",
}
_COMPARE = {ast.Lt: "<", ast.Eq: "=="}
# Two rows use Python beyond one operator: ceiling division, and a shift that W or more empties.
_IDIOMS = {
    ast.dump(ast.parse("-(-a // b)", mode="eval").body): "cdiv",
    ast.dump(ast.parse("a << b if b < 32 else 0", mode="eval").body): "<<",
}
_RING = (ast.Add, ast.Sub, ast.Mult)  # these commute with reduction modulo 2**W


class _Compiler:
    def __init__(self, algebra: Algebra, op: Op) -> None:
        self.algebra = algebra
        self.op = op

    def refuse(self, what: str) -> NoReturn:
        raise NotImplementedError(f"op {self.op.engine} {self.op.name}: no symbolic {what}")

    def compile(self, node: ast.expr) -> Meaning:
        idiom = _IDIOMS.get(ast.dump(node))
        if idiom:
            f = self.algebra.ops[idiom]
            return lambda env: f(env["a"], env["b"])
        if isinstance(node, ast.Name):
            name = node.id
            return lambda env: env[name]
        if isinstance(node, ast.Constant) and type(node.value) is int:
            constant = self.algebra.const(node.value)
            return lambda _: constant
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return self.binary(_BINARY[type(node.op)], node)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
            f = self.algebra.ops[_COMPARE[type(node.ops[0])]]
            left, right = self.compile(node.left), self.compile(node.comparators[0])
            return lambda env: f(left(env), right(env))
        if isinstance(node, ast.IfExp) and isinstance(node.test, ast.Name):
            test, body, orelse = map(self.compile, (node.test, node.body, node.orelse))
            return lambda env: self.algebra.select(test(env), body(env), orelse(env))
        return self.refuse(ast.unparse(node))

    def binary(self, name: str, node: ast.BinOp) -> Meaning:
        for side in (node.left, node.right):
            plain = isinstance(side, ast.Name | ast.Constant)
            inner = isinstance(side, ast.BinOp) and isinstance(side.op, _RING)
            if not plain and not (inner and isinstance(node.op, _RING)):
                self.refuse(ast.unparse(node))
        f = self.algebra.ops[name]
        left, right = self.compile(node.left), self.compile(node.right)
        return lambda env: f(left(env), right(env))


def meaning(algebra: Algebra, op: Op, expression: str | None = None) -> Meaning:
    """A function from the operands' terms to the term of the row's value.

    ``expression`` stands for the value where only a part of it is wanted, as a load's address.
    Raises ``NotImplementedError`` for a row whose expression has no symbolic counterpart.
    """
    text = op.value if expression is None else expression
    return _Compiler(algebra, op).compile(ast.parse(text, mode="eval").body)


def binary_op(algebra: Algebra, op: Op) -> Callable[[Term, Term], Term] | None:
    """The algebra's own function where the row is one binary operation on ``a`` and ``b``."""
    node = ast.parse(op.value or "0", mode="eval").body
    idiom = _IDIOMS.get(ast.dump(node))
    if idiom:
        return algebra.ops[idiom]
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    if names == ["a", "b"]:
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return algebra.ops[_BINARY[type(node.op)]]
        if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARE:
            return algebra.ops[_COMPARE[type(node.ops[0])]]
    return None


def address_expression(op: Op) -> str | None:
    """The address inside ``mem[…]`` where the op loads or stores; None for any other op."""
    text = op.value if op.place == "dest" else op.place
    return text[len("mem[") : -1] if text.startswith("mem[") else None


def all_rows() -> list[Op]:
    """Every row of the op table."""
    return list(OPS.values())
