"""The canonical forms of sums and xors, which the rules of all families make and take apart.

A sum is base + Σ k·atom and a xor base ^ atom ^ …; the base is a case term.
"""

from ..algebra import Algebra
from ..terms import CONST, MASKED, SUM, XOR, Term
from .cases import leaf_by_leaf
from .halves import HALVES, Weights


def _by_atom(pair: tuple[Term, int]) -> int:
    return pair[0].id


def weighted(algebra: Algebra, base: Term, weights: Weights) -> Term:
    """The canonical form of `base + Σ weight·atom`; no atom is a sum or a constant."""
    ones = algebra.all_ones
    if len(weights) > 1 and MASKED in [atom.kind for atom in weights]:
        for halves in HALVES:
            found = halves.rewrite(algebra, weights)
            if found is not None:
                return algebra.apply("+", weighted(algebra, base, found[0]), found[1])
    atoms = tuple(sorted([pair for pair in weights.items() if pair[1]], key=_by_atom))
    if not atoms:
        return base
    if len(atoms) == 1:
        atom, k = atoms[0]
        if k == 1 and base is algebra.zero:
            return atom
        if k == ones and base.kind is CONST and base.args[0] == ones and atom.kind is not SUM:
            return algebra.apply("^", base, atom)
    top, ground = base.mask, base.kind is CONST
    for atom, k in atoms:
        top += atom.mask * k
        ground = ground and atom.ground
    mask = (1 << top.bit_length()) - 1 if top <= ones else ones
    return algebra.make(SUM, (base, atoms), mask, ground)


def summands(algebra: Algebra, t: Term, ground: bool) -> tuple[Term, tuple[tuple[Term, int], ...]]:
    """``t`` as a base and weighted atoms; among ground terms only constants are bases."""
    if (t.kind is CONST) if ground else (t.cases is not None):
        return t, ()
    if t.kind is SUM:
        base, atoms = t.args
        return base, atoms
    ones = algebra.all_ones
    if t.kind is XOR and t.args[0] is algebra.const(ones):
        return t.args[0], ((xored(algebra, algebra.zero, t.args[1]), ones),)
    return algebra.zero, ((t, 1),)


def xored(algebra: Algebra, base: Term, atoms: tuple[Term, ...]) -> Term:
    """The canonical form of `base ^ atom ^ …`; the atoms are sorted, none of them a xor."""
    if not atoms:
        return base
    if len(atoms) == 1:
        if base is algebra.zero:
            return atoms[0]
        if base is algebra.const(algebra.all_ones) and atoms[0].kind is SUM:
            return algebra.apply("-", base, atoms[0])
    mask, ground = base.mask, base.kind is CONST
    for atom in atoms:
        mask |= atom.mask
        ground = ground and atom.ground
    return algebra.make(XOR, (base, atoms), mask, ground)


def both_bases(op: str, algebra: Algebra, x: Term, y: Term) -> Term | None:
    """The sum or xor of two bases; None if that would need too many bits."""
    if x is algebra.zero:
        return y
    if y is algebra.zero:
        return x
    if x.ground and y.ground:
        return algebra.apply(op, x, y)
    found: Term | None = leaf_by_leaf.rewrite(op, algebra, x, y)
    return found


def constant_part(algebra: Algebra, x: Term) -> tuple[int, Term]:
    """The xor constant of a case term (that of its first leaf), and the term without it."""
    base = x.args[0] if x.kind is XOR and not x.ground else x
    if base.cases is None:
        return 0, x
    leaf = base.cases[1].terms[0]
    if leaf.kind is XOR:
        leaf = leaf.args[0]
    constant = leaf.args[0] if leaf.kind is CONST else 0
    return (constant, algebra.apply("^", x, algebra.const(constant))) if constant else (0, x)
