"""Two masks of one word in one sum, put together again.

Each rule takes the weights of a sum's atoms. It gives the weights less the two that it has put
together, and the term that takes their place.
"""

from collections.abc import Mapping

from ..algebra import Algebra
from ..terms import CONST, MASKED, XOR, Term
from .rule import rule

Weights = Mapping[Term, int]
Halves = tuple[dict[Term, int], Term]


def _masked(weights: Weights) -> list[tuple[Term, int]]:
    return [(atom, k) for atom, k in weights.items() if atom.kind is MASKED and k]


@rule("`(x&m) ^ m = m - (x&m)`, and the halves of a word have no bit in common")
def half_and_flipped_whole(algebra: Algebra, weights: Weights) -> Halves | None:
    """`k(x&m) + k(x^m) = k((x&~m) + m)`; `k(x&m) - k(x^~m) = k((x&~m) - ~m)`."""
    ones = algebra.all_ones
    flipped = [(atom, k) for atom, k in weights.items() if atom.kind is XOR and k]
    for half, k in _masked(weights):
        x, m = half.args
        for whole, other in flipped:
            c = algebra.apply("^", whole, x)
            minus = k + other == ones + 1
            if c.kind is not CONST or c.args[0] != (x.mask & ~m if minus else m):
                continue
            if not minus and k != other:
                continue
            rest = algebra.apply("&", x, algebra.const(x.mask & ~m))
            rest = algebra.apply("-" if minus else "+", rest, c)
            left = {a: w for a, w in weights.items() if a is not half and a is not whole}
            return left, algebra.apply("*", rest, algebra.const(k))
    return None


@rule("the halves of a word have no bit in common")
def two_halves(algebra: Algebra, weights: Weights) -> Halves | None:
    """`k(x&m) + k(x&~m) = kx`; `k(x&m) - k(x&~m) = k((x^~m) - ~m)`."""
    ones, masked = algebra.all_ones, _masked(weights)
    for high, k in masked:
        for low, other in masked:
            x, m = high.args
            if low.args[0] is not x or low.args[1] != x.mask & ~m:
                continue
            left = {a: w for a, w in weights.items() if a is not high and a is not low}
            if k == other:
                return left, algebra.apply("*", x, algebra.const(k))
            if k + other == ones + 1 and k <= ones >> 1:
                flip = algebra.const(low.args[1])
                rest = algebra.apply("-", algebra.apply("^", x, flip), flip)
                return left, algebra.apply("*", rest, algebra.const(k))
    return None


HALVES = (half_and_flipped_whole, two_halves)
