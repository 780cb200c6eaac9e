"""Sums, differences, and products with a constant: all in one canonical form."""

from ..algebra import Algebra
from ..terms import CONST, Term
from .forms import both_bases, summands, weighted
from .rule import rule

MAX_PRODUCTS = 16  # of one summand each, that a product of sums is written as


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


@rule("Z/2^32 is a commutative ring")
def distributed(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(Σ k·a) · (Σ l·b) = Σ kl·(a·b)`, of few summands."""
    left, right = _parts(algebra, x), _parts(algebra, y)
    if not 1 < len(left) * len(right) <= MAX_PRODUCTS:
        return None
    total = algebra.zero
    for a, k in left:
        for b, factor in right:
            weight = algebra.const(k * factor & algebra.all_ones)
            part = algebra.apply("*", algebra.apply("*", a, b), weight)
            total = algebra.apply("+", total, part)
    return total


def _parts(algebra: Algebra, t: Term) -> list[tuple[Term, int]]:
    """The summands of a term and their weights, the base among them."""
    base, atoms = summands(algebra, t, t.ground)
    return [*atoms] if base is algebra.zero else [(base, 1), *atoms]
