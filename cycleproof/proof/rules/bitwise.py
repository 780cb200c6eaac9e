"""Exclusive or in canonical form; masks; `|` by both."""

from ..algebra import Algebra
from ..terms import CONST, MASKED, SUM, XOR, Term, by_number
from .cases import leaf_by_leaf
from .forms import both_bases, weighted, xored
from .rule import rule

# -- exclusive or --------------------------------------------------------------------------------


@rule("words are a vector space over Z/2")
def equals_cancel(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x ^ x = 0`; `x ^ 0 = x`."""
    if x is y:
        return algebra.zero
    if x is algebra.zero:
        return y
    return x if y is algebra.zero else None


@rule("bit positions", x=(MASKED,), y=(MASKED,))
def parity_of_two(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(a&1) ^ (b&1) = (a^b)&1`, where that bit exists already."""
    if not x.args[1] == y.args[1] == 1:
        return None
    whole = algebra.apply("^", x.args[0], y.args[0])
    return algebra.known(MASKED, (whole, 1))


@rule("words are a vector space over Z/2; a complement has one form")
def atoms_collected(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """A xor of xors is one xor, in which equal atoms cancel; for a sum, `x ^ -1 = -1 - x`."""
    ground = x.ground and y.ground
    (base_x, atoms_x), (base_y, atoms_y) = _parts(algebra, x, ground), _parts(algebra, y, ground)
    algebra.spend(len(atoms_x) + len(atoms_y))
    left = set(atoms_x).symmetric_difference(atoms_y)
    base = both_bases("^", algebra, base_x, base_y)
    if base is None:  # too many bits for one table: the second is an atom
        base = base_x
        left.symmetric_difference_update((base_y,))
    return xored(algebra, base, tuple(sorted(left, key=by_number)))


def _parts(algebra: Algebra, t: Term, ground: bool) -> tuple[Term, tuple[Term, ...]]:
    """``t`` as a base and atoms; among ground terms only constants are bases."""
    if (t.kind is CONST) if ground else (t.cases is not None):
        return t, ()
    if t.kind is XOR:
        base, atoms = t.args
        return base, atoms
    return algebra.zero, (t,)


# -- masks ---------------------------------------------------------------------------------------


@rule("bit positions")
def same_or_disjoint(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x & x = x`; `x & y = 0` if no bit can be in both."""
    if x is y:
        return x
    return None if x.mask & y.mask else algebra.zero


@rule("bit positions", y=(CONST,))
def mask_within_word(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x & m = x` if no other bit of x can be one; else m loses the bits that x never has."""
    mask = y.args[0] & x.mask
    if mask == x.mask:
        return x
    return algebra.apply("&", x, algebra.const(mask)) if mask != y.args[0] else None


@rule("bit positions", x=(MASKED,), y=(CONST,))
def mask_of_mask(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(x&m) & n = x & (m&n)`."""
    return algebra.apply("&", x.args[0], algebra.const(x.args[1] & y.args[0]))


@rule(
    "carries go up; the lowest bit receives none, but x + y itself is no bit", x=(SUM,), y=(CONST,)
)
def low_bits_of_sum(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """In `(Σ k·x) & m`, k counts modulo 2^j > m; `(x+y) & 1 = (x^y) & 1`, **mask kept**."""
    reduced = _low(algebra, x, y.args[0])
    return algebra.apply("&", reduced, y) if reduced is not x else None


@rule("bit positions", x=(XOR,), y=(CONST,))
def mask_of_xor(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`(x^y) & m = (x&m) ^ (y&m)` for a case term x; atoms without a bit in m are dropped."""
    if x.ground:
        return None
    base, atoms = x.args
    mask = y.args[0]
    left = tuple(atom for atom in atoms if _low(algebra, atom, mask).mask & mask)
    outside = leaf_by_leaf.rewrite("&", algebra, base, y)
    if outside is not None and base is not algebra.zero:
        inside = algebra.apply("&", xored(algebra, algebra.zero, left), y)
        return algebra.apply("^", outside, inside)
    if len(left) != len(atoms):
        return algebra.apply("&", xored(algebra, base, left), y)
    return None


def _low(algebra: Algebra, x: Term, mask: int) -> Term:
    """Some term with the same bits as ``x`` under ``mask``; only a sum is looked into.

    Weights count modulo the power of two above ``mask``; for the lowest bit the sum is a xor.
    """
    if x.kind is not SUM or mask.bit_length() > (algebra.width + 1) // 2:
        return x  # wide masks keep the word itself, so that its two halves can meet again
    ones = (1 << mask.bit_length()) - 1
    base, atoms = x.args
    low = algebra.apply("&", base, algebra.const(ones)) if base.values is not None else base
    if mask == 1:
        result = low
        for atom, k in atoms:
            if k & 1:
                result = algebra.apply("^", result, atom)
        return result
    return weighted(algebra, low, {atom: k & ones for atom, k in atoms})


@rule("a name for one word", y=(CONST,))
def mask_kept(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x & m`, of any other x, is a form of its own."""
    return algebra.make(MASKED, (x, y.args[0]), y.args[0])


# -- or ------------------------------------------------------------------------------------------


@rule("no bit in both, so no carry")
def or_apart(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x | c = (x & ~c) + c`; `x | x = x`."""
    if y.kind is CONST:
        outside = algebra.const(algebra.all_ones ^ y.args[0])
        return algebra.apply("+", algebra.apply("&", x, outside), y)
    return x if x is y else None


@rule("each bit is in one of them or in both, so no carry")
def or_by_parts(algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`x | y = (x^y) + (x&y)`."""
    return algebra.apply("+", algebra.apply("^", x, y), algebra.apply("&", x, y))
