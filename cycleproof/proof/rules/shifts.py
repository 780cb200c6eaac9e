"""Shifts, and what they share with masks: where each bit of a word goes."""

from ..algebra import Algebra
from ..terms import CONST, MASKED, SHIFT, SUM, XOR, Term
from .cases import leaf_by_leaf
from .forms import constant_part, weighted
from .rule import rule


@rule("binary notation", y=(CONST,))
def multiple(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x << k = 2^k·x`, and 0 from k = 32 on."""
    if y.args[0] >= algebra.width:
        return algebra.zero
    return algebra.apply("*", x, algebra.const(1 << y.args[0]))


@rule("bit positions", y=(CONST,))
def none_or_all_shifted_out(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x >> 0 = x`; `x >> k = 0` if no bit of x is at k or above."""
    if y is algebra.zero:
        return x
    return None if x.mask >> y.args[0] else algebra.zero


@rule("bit positions", x=(SHIFT,), y=(CONST,))
def shift_of_shift(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(x>>a) >> b = x >> (a+b)`."""
    return algebra.apply(">>", x.args[0], algebra.const(x.args[1] + y.args[0]))


@rule("bit positions", x=(MASKED,), y=(CONST,))
def shift_of_mask(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(x&m) >> k = (x>>k) & (m>>k)`."""
    inner, mask = x.args
    return algebra.apply("&", algebra.apply(">>", inner, y), algebra.const(mask >> y.args[0]))


@rule("bit positions", x=(XOR,), y=(CONST,))
def shift_of_xor(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(x^y) >> k = (x>>k) ^ (y>>k)`."""
    base, atoms = x.args
    result = algebra.apply(">>", base, y)
    for atom in atoms:
        result = algebra.apply("^", result, algebra.apply(">>", atom, y))
    return result


@rule("`x<<j>>k` keeps the low 32-j bits of x", x=(SUM,), y=(CONST,))
def shift_of_multiple(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(2^j·x) >> k` is a mask of x shifted by the difference of j and k."""
    zeros, k = _trailing_zeros(x), y.args[0]
    if not zeros:
        return None
    odd = _divided(algebra, x, zeros)
    by = algebra.const(abs(k - zeros))
    odd = algebra.apply(">>" if k > zeros else "<<", odd, by)
    return algebra.apply("&", odd, algebra.const(algebra.all_ones >> k))


def _trailing_zeros(x: Term) -> int:
    """How many low bits of a sum are zero because all its weights are even enough."""
    base, atoms = x.args
    values = base.values
    if values is None:
        return 0
    union = 0
    for value in (*values, *(k for _, k in atoms)):
        union |= value
    return (union & -union).bit_length() - 1


def _divided(algebra: Algebra, x: Term, zeros: int) -> Term:
    """Some y with y << zeros == x, for a sum with that many trailing zeros."""
    base, atoms = x.args
    quotient = leaf_by_leaf.rewrite(">>", algebra, base, algebra.const(zeros)) or base
    return weighted(algebra, quotient, {atom: k >> zeros for atom, k in atoms})


@rule("bit positions", y=(CONST,), of_op=True)
def constant_taken_out(op: str, algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(x^c) >> k = (x>>k) ^ (c>>k)`, likewise `&`, for the constant c of a case term."""
    constant, rest = constant_part(algebra, x)
    if not constant:
        return None
    outside = algebra.apply(op, algebra.const(constant), y)
    return algebra.apply("^", outside, algebra.apply(op, rest, y))


@rule("a name for one word", y=(CONST,))
def shift_kept(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x >> k`, of any other x, is a form of its own."""
    return algebra.make(SHIFT, (x, y.args[0]), x.mask >> y.args[0])
