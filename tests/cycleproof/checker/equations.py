"""Equations on expressions that a test writes itself."""

from cycleproof.audit.settle import Settler
from cycleproof.base.statement import JUDGED, Statement
from cycleproof.checker.certificate import Expressions, Ref
from cycleproof.checker.obligations import Obligations
from cycleproof.checker.vocabulary import Node, Reference
from frozen.problem import Shape

SHAPE = Shape(3, 9, 4)


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
            entry = self.expressions.operation(op, [self.entries[arg] for arg in args])
        self.entries.append(entry)
        self.written.append((op, args))
        return len(self.entries) - 1

    def ref(self, number: int, lane: int = 0) -> Ref:
        expression, lanes = self.entries[number]
        return Ref(expression, tuple(lane if one is None else one for one in lanes))

    def obligations(self, *solvers: str) -> Obligations:
        reference = Reference(self.shape, self.expressions, self.statement)
        return Obligations(reference, Settler(solvers))

    def words(self, ref: Ref) -> tuple[int, ...] | None:
        return self.obligations().words(ref)

    def settle(self, left: Node, right: Node, *solvers: str) -> bool | None:
        return self.obligations(*solvers).settle(left, right).holds
