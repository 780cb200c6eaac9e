"""Division and remainder, of divisors that are never zero."""

from ..algebra import Algebra, Stuck
from ..terms import CONST, SUM, XOR, Term
from .rule import rule


@rule("a division by zero is a fault of the program")
def no_division_by_zero(algebra: Algebra, _x: Term, y: Term) -> Term | None:
    """`x // y`, `cdiv` and `x % y` have a result only if y is never 0."""
    base, atoms = y.args[:2] if y.kind is SUM or y.kind is XOR else (y, ())
    values = base.values
    if values is not None and 0 not in values:
        if y.kind is SUM:
            most = max(values) + sum(k * atom.mask for atom, k in atoms)
            if most <= algebra.all_ones:
                return None
        possible = 0
        for atom in atoms if y.kind is XOR else ():
            possible |= atom.mask
        if not atoms or (y.kind is XOR and all(value & ~possible for value in values)):
            return None
    if y is algebra.zero:
        raise Stuck("division by zero", algebra.one)
    raise Stuck("a divisor that may be zero", algebra.apply("==", y, algebra.zero))


def _place(y: Term) -> int | None:
    """The place of the only bit of a constant power of two."""
    value: int = y.args[0]
    return None if value & (value - 1) else value.bit_length() - 1


@rule("binary notation; the bits that can be one bound a word", y=(CONST,))
def quotient(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x // 2^k = x >> k`; `x // d = 0` if no x reaches d."""
    place = _place(y)
    if place is not None:
        return algebra.apply(">>", x, algebra.const(place))
    return algebra.zero if x.mask < y.args[0] else None


@rule("1 is neutral", y=(CONST,))
def whole(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`cdiv(x, 1) = x`."""
    return x if y is algebra.one else None


@rule("binary notation; the bits that can be one bound a word", y=(CONST,))
def remainder(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x % 2^k = x & (2^k-1)`; `x % d = x` if no x reaches d."""
    place = _place(y)
    if place is not None:
        return algebra.apply("&", x, algebra.const((1 << place) - 1))
    return x if x.mask < y.args[0] else None
