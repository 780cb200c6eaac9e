"""Equations on expressions that a test writes itself."""

from typing import NamedTuple, Union

from cycleproof.audit.settle import Settler
from cycleproof.base.statement import JUDGED, Statement
from cycleproof.checker.obligations import Equation, Obligations, Verdict
from cycleproof.checker.vocabulary import Expressions, Ref, Reference
from frozen.problem import Shape

SHAPE = Shape(3, 9, 4)


class Apply(NamedTuple):
    """A machine op, or ``select``, on operands."""

    op: str
    args: tuple["Node", ...]


class Lookup(NamedTuple):
    """The content of memory at an address that lies in a table of (address, content) pairs."""

    address: "Node"
    words: tuple[tuple[int, Ref], ...]


Node = Union[int, Ref, Apply, Lookup]  # noqa: UP007 - the names are not defined yet


def made(expressions: Expressions, node: Node) -> Ref:
    """A node as the checker makes it of what a program computes."""
    if isinstance(node, Ref):
        return node
    if isinstance(node, int):
        return expressions.constant(node)
    if isinstance(node, Apply):
        return expressions.operation(node.op, [made(expressions, arg) for arg in node.args])
    listed, words = zip(*node.words, strict=True) if node.words else ((), ())
    table = expressions.operation("table", words, listed)
    return expressions.operation("lookup", [made(expressions, node.address), table])


def lookup(reference: Reference, ref: Ref) -> Lookup | None:
    """What a load from several addresses was made of; None of any other word."""
    if reference.table[ref.expression].op != "lookup":
        return None
    address, table = reference.expressions.operands(ref)
    listed = reference.table[table.expression].numbers
    words = reference.expressions.operands(table)
    return Lookup(address, tuple(zip(listed, words, strict=True)))


class Asked(Obligations):
    """Obligations that are put in nodes."""

    def made(self, node: Node) -> Ref:
        return made(self.reference.expressions, node)

    def settle(self, left: Node, right: Node, condition: Node = 1) -> Verdict:
        return super().settle(*map(self.made, (left, right, condition)))

    def words(self, word: Node, condition: Node = 1) -> tuple[int, ...] | None:
        return super().words(self.made(word), self.made(condition))

    def closes(self, left: Node, right: Node) -> bool:
        """Whether the rules by themselves close an equation."""
        return self._close(Equation(*map(self.made, (left, right, 1))))


class Table:
    """A growing table of expressions, and the equations asked of it."""

    def __init__(self, shape: Shape = SHAPE, statement: Statement = JUDGED) -> None:
        self.shape, self.statement, self.expressions = shape, statement, Expressions()
        self.entries: list[Ref] = []
        self.written: list[tuple[str, tuple[int, ...]]] = []

    def __call__(self, op: str | int, *args: int) -> int:
        if isinstance(op, int):
            return self("const", op)
        if op in ("const", "m"):
            entry = self.expressions.word(op, args)
        elif op in ("V", "N", "Q", "I"):
            count = 2 if op == "V" else 1
            entry = self.expressions.word(op, args[:count], args[count:] or (None,))
        else:
            operands = [self.entries[arg] for arg in args]
            if op == "T":
                entry = self.expressions.picked(operands)
            else:
                entry = self.expressions.operation(op, operands)
        self.entries.append(entry)
        self.written.append((op, args))
        return len(self.entries) - 1

    def ref(self, number: int, lane: int = 0) -> Ref:
        expression, lanes = self.entries[number]
        return Ref(expression, tuple(lane if one is None else one for one in lanes))

    def obligations(self, *solvers: str) -> Asked:
        reference = Reference(self.shape, self.expressions, self.statement)
        return Asked(reference, Settler(solvers))

    def words(self, ref: Ref) -> tuple[int, ...] | None:
        return self.obligations().words(ref)

    def settle(self, left: Node, right: Node, *solvers: str) -> bool | None:
        return self.obligations(*solvers).settle(left, right).holds
