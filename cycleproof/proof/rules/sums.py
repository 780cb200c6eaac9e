"""Sums, differences, and products with a constant: all in one canonical form."""

from ..algebra import Algebra
from ..store import CONST, Term
from .forms import both_bases, summands, weighted
from .rule import rule


@rule("0 is neutral", either=(CONST,))
def nothing_added(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x + 0 = x`."""
    if x is algebra.zero:
        return y
    return x if y is algebra.zero else None


@rule("Z/2^32 is a commutative ring")
def terms_collected(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """A sum of sums is one sum `base + Σ k·atom`."""
    ground = x.ground and y.ground
    (base_x, atoms_x), (base_y, atoms_y) = (
        summands(algebra, x, ground),
        summands(algebra, y, ground),
    )
    algebra.spend(len(atoms_x) + len(atoms_y))
    weights = dict(atoms_x)
    for atom, k in atoms_y:
        weights[atom] = (weights.get(atom, 0) + k) & algebra.all_ones
    base = both_bases("+", algebra, base_x, base_y)
    if base is None:  # too many bits for one table: the second stays an atom
        base = base_x
        weights[base_y] = (weights.get(base_y, 0) + 1) & algebra.all_ones
    return weighted(algebra, base, weights)


@rule("Z/2^32 is a commutative ring")
def difference(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x - y = x + (2^32-1)·y`."""
    minus = algebra.const(algebra.all_ones)
    return algebra.apply("+", x, algebra.apply("*", y, minus))


@rule("1 is neutral, and 0 times anything is 0", y=(CONST,))
def by_one_or_nothing(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x * 1 = x`; `x * 0 = 0`."""
    if y is algebra.one:
        return x
    return y if y is algebra.zero else None


@rule("Z/2^32 is a commutative ring", y=(CONST,))
def multiplied_out(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`c · Σ k·atom = Σ ck·atom`."""
    base, atoms = summands(algebra, x, x.ground)
    algebra.spend(len(atoms))
    factor = y.args[0]
    weights = {atom: k * factor & algebra.all_ones for atom, k in atoms}
    if base is not algebra.zero:
        base = algebra.apply("*", base, y)
    return weighted(algebra, base, weights)
