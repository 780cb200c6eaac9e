"""Ops on known words and, leaf by leaf, on case terms."""

from ..algebra import Algebra
from ..terms import CONST, Leaves, Term, align, spread
from .rule import rule


@rule("the op table", x=(CONST,), y=(CONST,), of_op=True)
def constants(op: str, algebra: Algebra, x: Term, y: Term) -> Term | None:
    """An op on constants is a constant."""
    return algebra.const(algebra.integers[op](x.args[0], y.args[0]))


@rule("case analysis; bits that do not matter are dropped", of_op=True)
def leaf_by_leaf(op: str, algebra: Algebra, x: Term, y: Term) -> Term | None:
    """An op on case terms is done leaf by leaf on all their bits, if all leaves are ground.

    The work is kept by the leaves and the alignment of the bits, so that lanes share it.
    """
    if x.cases is None or y.cases is None:
        return None
    (bits_x, leaves_x), (bits_y, leaves_y) = x.cases, y.cases
    bits, at_x, at_y = align(bits_x, bits_y)
    key = (op, leaves_x, at_x, leaves_y, at_y)
    if key not in algebra.tables:
        leaves = _leaves(algebra, op, (leaves_x, at_x), (leaves_y, at_y), len(bits))
        algebra.tables[key] = algebra.reduce(leaves) if leaves else None
    found = algebra.tables[key]
    return algebra.case(bits, *found) if found else None


def _leaves(
    algebra: Algebra, op: str, x: tuple[Leaves, int], y: tuple[Leaves, int], n: int
) -> tuple[Term, ...] | None:
    """The leaves of ``op`` over ``n`` bits, for two (leaves, position of their bits)."""
    if n > algebra.max_bits:
        return None
    pairs = zip(spread(x[1], n), spread(y[1], n), strict=True)
    values_x, values_y = x[0].values, y[0].values
    if values_x is not None and values_y is not None:
        f, const = algebra.integers[op], algebra.const
        return tuple([const(f(values_x[i], values_y[j])) for i, j in pairs])
    if not n:
        return None
    terms_x, terms_y = x[0].terms, y[0].terms
    leaves = []
    for i, j in pairs:
        leaf = algebra.apply(op, terms_x[i], terms_y[j])
        if not leaf.ground:
            return None
        leaves.append(leaf)
    return tuple(leaves)
