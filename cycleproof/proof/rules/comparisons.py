"""`<` and `==`, which give 0 or 1."""

from ..algebra import Algebra
from ..terms import CONST, MASKED, XOR, Term
from .rule import rule


def _not(algebra: Algebra, bit: Term) -> Term:
    return algebra.apply("^", algebra.one, bit)


@rule("the bits that can be one bound a word")
def less_by_bounds(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x < c = 1` if no x reaches c; `c < y = 0` if no y exceeds c; `x < x = 0`."""
    if y.kind is CONST and x.mask < y.args[0]:
        return algebra.one
    if x is y or (x.kind is CONST and y.mask <= x.args[0]):
        return algebra.zero
    return None


@rule("words are unsigned")
def less_at_zero(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x < 1` is `x == 0`; `0 < y` is `1 ^ (y == 0)`."""
    if y is algebra.one:
        return algebra.apply("==", x, algebra.zero)
    return _not(algebra, algebra.apply("==", y, x)) if x is algebra.zero else None


@rule("equal words cancel")
def equal_if_no_difference(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x == y` is `x^y == 0`."""
    if y is algebra.zero:
        return None
    return algebra.apply("==", algebra.apply("^", x, y), algebra.zero)


@rule("it is about one bit", x=(MASKED,), y=(CONST,))
def one_bit_is_zero(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x&2^k == 0` is `1 ^ (x>>k & 1)`."""
    mask = x.args[1]
    if y is not algebra.zero or mask & (mask - 1):
        return None
    place = algebra.const(mask.bit_length() - 1)
    return _not(algebra, algebra.apply(">>", x, place))


@rule("that bit is one", x=(XOR,))
def never_zero(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x^c == 0` is 0 if c has a bit that x never has."""
    base, atoms = x.args
    if y is not algebra.zero or base.kind is not CONST:
        return None
    possible = 0
    for atom in atoms:
        possible |= atom.mask
    return algebra.zero if base.args[0] & ~possible else None
