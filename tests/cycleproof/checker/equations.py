"""Equations on expressions that a test writes itself."""

from cycleproof.checker.certificate import Expression, Ref
from cycleproof.checker.obligations import Obligations
from cycleproof.checker.solver import Solver
from cycleproof.checker.vocabulary import Node, Reference
from frozen.problem import Shape

SHAPE = Shape(3, 9, 4)


class Table:
    """A growing table of expressions, and the equations asked of it."""

    def __init__(self, shape: Shape = SHAPE) -> None:
        self.shape, self.expressions = shape, list[Expression]()

    def __call__(self, op: str | int, *args: int) -> int:
        if isinstance(op, int):
            entry = Expression("const", (op,), False, 1)
        elif op in ("V", "N", "Q", "m"):
            hole = op != "m" and len(args) == (2 if op == "V" else 1)
            entry = Expression(op, args, hole, 1)
        else:
            children = [self.expressions[arg] for arg in args]
            hole = any(child.hole for child in children)
            entry = Expression(op, args, hole, 1 + max(child.depth for child in children))
        self.expressions.append(entry)
        return len(self.expressions) - 1

    def ref(self, number: int, lane: int = 0) -> Ref:
        return Ref(number, lane if self.expressions[number].hole else None)

    def obligations(self, *solvers: str) -> Obligations:
        return Obligations(Reference(self.shape, self.expressions), Solver(solvers))

    def words(self, ref: Ref) -> tuple[int, ...] | None:
        return self.obligations().words(ref)

    def settle(self, left: Node, right: Node, *solvers: str) -> bool | None:
        return self.obligations(*solvers).settle(left, right).holds
