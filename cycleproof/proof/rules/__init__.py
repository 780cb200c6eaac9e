"""The rules by which terms are rewritten: one module a family, and here the order for each op.

The rules of an op are tried in order, and the first that applies counts; each may rely on those
before it. A rule is a plain function of the algebra and the operands; it gets the results of other
ops from ``Algebra.apply``.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product

from frozen.ops import BINARY

from ..algebra import Algebra, Rules
from ..terms import KINDS, OPAQUE, Term
from . import bitwise, cases, choice, comparisons, division, halves, shifts, sums
from .rule import Rule

ORDER: Mapping[str, Sequence[Rule]] = {
    "+": (
        cases.constants,
        sums.nothing_added,
        cases.leaf_by_leaf,
        choice.absorbed,
        sums.terms_collected,
    ),
    "-": (cases.constants, sums.difference),
    "*": (
        cases.constants,
        sums.by_one_or_nothing,
        cases.leaf_by_leaf,
        sums.multiplied_out,
        choice.split,
        sums.distributed,
    ),
    "^": (
        cases.constants,
        bitwise.equals_cancel,
        bitwise.parity_of_two,
        cases.leaf_by_leaf,
        choice.absorbed,
        bitwise.atoms_collected,
    ),
    "&": (
        cases.constants,
        bitwise.same_or_disjoint,
        bitwise.mask_within_word,
        cases.leaf_by_leaf,
        bitwise.mask_of_mask,
        bitwise.low_bits_of_sum,
        bitwise.mask_of_xor,
        shifts.constant_taken_out,
        bitwise.mask_kept,
        choice.split,
    ),
    "|": (
        cases.constants,
        bitwise.or_apart,
        cases.leaf_by_leaf,
        choice.split,
        bitwise.or_by_parts,
    ),
    "<<": (cases.constants, shifts.multiple, cases.leaf_by_leaf, choice.split),
    ">>": (
        cases.constants,
        shifts.none_or_all_shifted_out,
        cases.leaf_by_leaf,
        shifts.shift_of_shift,
        shifts.shift_of_mask,
        shifts.shift_of_xor,
        shifts.shift_of_multiple,
        shifts.constant_taken_out,
        shifts.shift_kept,
        choice.split,
    ),
    "<": (
        cases.constants,
        comparisons.less_by_bounds,
        comparisons.less_at_zero,
        cases.leaf_by_leaf,
        choice.split,
    ),
    "==": (
        cases.constants,
        cases.leaf_by_leaf,
        comparisons.equal_if_no_difference,
        comparisons.one_bit_is_zero,
        comparisons.never_zero,
    ),
    "//": (
        division.no_division_by_zero,
        cases.constants,
        division.quotient,
        cases.leaf_by_leaf,
        choice.split,
    ),
    "cdiv": (
        division.no_division_by_zero,
        cases.constants,
        division.whole,
        cases.leaf_by_leaf,
        choice.split,
    ),
    "%": (
        division.no_division_by_zero,
        cases.constants,
        division.remainder,
        cases.leaf_by_leaf,
        choice.split,
    ),
    "select": (choice.same_either_way, choice.by_truth),
    "switch": (
        choice.one_option,
        choice.tabled,
        choice.by_xor,
        choice.by_difference,
        choice.congruent,
    ),
}
"""By the op, its rules."""

OF_SUMS = halves.HALVES
"""The rules for the weights of a sum's atoms, wherever one is made."""


def _opaque(op: str, algebra: Algebra, x: Term, y: Term) -> Term:
    """The opaque term of an op that no rule covers."""
    mask = algebra.all_ones
    if op in ("<", "=="):
        mask = 1
    elif op == "&":
        mask = x.mask & y.mask
    elif op == "//":
        mask = (1 << x.mask.bit_length()) - 1
    return algebra.make(OPAQUE, (op, x, y), mask)


def laid_out(order: Mapping[str, Sequence[Rule]]) -> Rules:
    """The rules by op and kinds of operands, so that none is tried in vain."""
    rewrites = {
        (op, x, y): tuple(rule.bound(op) for rule in rules if rule.fits(x, y))
        for op, rules in order.items()
        for x, y in product(KINDS, repeat=2)
    }
    return Rules(rewrites, {**{op: partial(_opaque, op) for op in BINARY}, "switch": choice.opaque})


RULES = laid_out(ORDER)
