"""Selections: one of several terms, picked by a function of only bits.

``select``, loads and stores at symbolic addresses and paths that rejoin are all this one thing: a
switch, which has one option for each value of its selector, in ascending order.
"""

from collections.abc import Callable, Sequence
from typing import Any

from frozen.ops import BINARY

from ..algebra import Algebra
from ..terms import MASKED, OPAQUE, SHIFT, SUM, XOR, Bits, Term, align, spread
from .forms import weighted
from .rule import rule

Options = Sequence[Term]
MAX_NESTED = 40  # levels of equal structure that ``congruent`` looks through
MAX_ABSORBING = 2  # selections inside selections that ``absorbed`` takes apart


# -- select, as a switch -------------------------------------------------------------------------


@rule("either way it is x")
def same_either_way(_: Algebra, _condition: Term, x: Term, y: Term) -> Term | None:
    """`select(c, x, x) = x`."""
    return x if x is y else None


@rule("the meaning of select in the op table")
def by_truth(algebra: Algebra, condition: Term, x: Term, y: Term) -> Term | None:
    """`select(c, x, y)` is a switch on the bit `c != 0`."""
    if condition.mask != 1:
        zero = algebra.apply("==", condition, algebra.zero)
        condition = algebra.apply("^", algebra.one, zero)
    return algebra.apply("switch", condition, *((y, x)[value] for value in condition.choices))


# -- rules of a switch ---------------------------------------------------------------------------


@rule("either way it is x")
def one_option(_: Algebra, _selector: Term, *options: Term) -> Term | None:
    """A switch whose options are all x is x."""
    first = options[0]
    return first if all(option is first for option in options) else None


@rule("case analysis")
def tabled(algebra: Algebra, selector: Term, *options: Term) -> Term | None:
    """A switch among case terms is one table."""
    if selector.cases is None or selector.values is None:
        return None
    (bits, leaves), values = selector.cases, selector.values
    chosen = dict(zip(selector.choices, options, strict=True))
    if all(option.ground for option in options):
        return algebra.table(bits, [chosen[value] for value in values])
    union: Bits = bits
    for option in options:
        if option.cases is None:
            return None
        union, _, _ = align(union, option.cases[0])
    n = len(union)
    if n > algebra.max_bits:
        return None
    at = spread(align(union, bits)[2], n)
    sides = {}
    key: list[object] = ["switch", n, leaves, align(union, bits)[2]]
    for value, option in chosen.items():
        if option.cases is not None:
            position = align(union, option.cases[0])[2]
            sides[value] = (option.cases[1].terms, spread(position, n))
            key += [option.cases[1], position]
    found = algebra.tables.get(tuple(key))
    if found is None:
        picked = []
        for index in range(1 << n):
            terms, place = sides[values[at[index]]]
            picked.append(terms[place[index]])
        found = algebra.tables[tuple(key)] = algebra.reduce(tuple(picked))
    return algebra.case(union, *found)


@rule("either way it is x or y")
def by_xor(algebra: Algebra, selector: Term, *options: Term) -> Term | None:
    """A switch of x and y is `x ^ (a switch of 0 and x^y)`, if `x^y` is a case term."""
    return _by_difference(algebra, selector, options, "^", "^")


@rule("either way it is x or y")
def by_difference(algebra: Algebra, selector: Term, *options: Term) -> Term | None:
    """A switch of x and y is `x + (a switch of 0 and y-x)`, if `y-x` is a case term."""
    return _by_difference(algebra, selector, options, "-", "+")


def _by_difference(
    algebra: Algebra, selector: Term, options: Options, minus: str, plus: str
) -> Term | None:
    if all(option.cases for option in options):
        return None  # ``tabled`` found too many bits
    base = options[0]
    differences = [algebra.zero]
    for option in options[1:]:
        difference = algebra.apply(minus, option, base)
        if difference.cases is None:
            return None
        differences.append(difference)
    chosen = tabled.rewrite(algebra, selector, *differences)
    return None if chosen is None else algebra.apply(plus, chosen, base)


@rule("a function of what is picked")
def congruent(algebra: Algebra, selector: Term, *options: Term) -> Term | None:
    """A switch of `f(x, …)` and `f(y, …)` is `f(switch of x and y, …)`."""
    if algebra.nested >= MAX_NESTED or all(option.cases for option in options):
        return None
    if len({_signature(option) for option in options}) != 1:
        return None
    algebra.nested += 1
    try:
        return _same_structure(algebra, selector, options)
    finally:
        algebra.nested -= 1


def _signature(term: Term) -> tuple[object, ...]:
    if term.kind is SHIFT or term.kind is MASKED:
        return (term.kind, term.args[1])
    if term.kind is OPAQUE:
        return (term.kind, term.args[0], len(term.args))
    return (term.kind,)


def _same_structure(algebra: Algebra, selector: Term, terms: Options) -> Term | None:
    first, apply = terms[0], algebra.apply

    def pick(parts: Sequence[Term]) -> Term | None:
        return algebra.rewrite("switch", selector, *parts)

    if first.kind is SHIFT or first.kind is MASKED:
        inner = pick([term.args[0] for term in terms])
        op = ">>" if first.kind is SHIFT else "&"
        return None if inner is None else apply(op, inner, algebra.const(first.args[1]))
    if first.kind is OPAQUE and first.args[0] in BINARY:
        x, y = (pick([term.args[i] for term in terms]) for i in (1, 2))
        return None if x is None or y is None else apply(first.args[0], x, y)
    if first.kind is SUM or first.kind is XOR:
        rows = [term.args[1] for term in terms]
        shared = [part for part in first.args[1] if all(part in row for row in rows)]
        left = [[part for part in row if part not in shared] for row in rows]
        bases = [term.args[0] for term in terms]
        if first.kind is XOR:
            pairs = _paired(pick, bases, [[(_signature(a), a) for a in row] for row in left])
            if pairs is None:
                return None
            return _folded(algebra, "^", [*pairs[1], *shared])
        pairs = _paired(pick, bases, [[(k, atom) for atom, k in row] for row in left])
        if pairs is None:
            return None
        weights = [*zip(*pairs, strict=True), *((k, atom) for atom, k in shared)]
        scaled = [apply("*", term, algebra.const(k)) for k, term in weights]
        return _folded(algebra, "+", scaled)
    return None


def _folded(algebra: Algebra, op: str, terms: Options) -> Term:
    result = terms[0]
    for term in terms[1:]:
        result = algebra.apply(op, result, term)
    return result


def _paired(
    pick: Callable[[list[Term]], Term | None],
    bases: list[Term],
    rows: Sequence[Sequence[tuple[Any, Term]]],
) -> tuple[list[Any], list[Term]] | None:
    """The picked base and the picked atom for each key (1 for the base); keys must be unique."""
    tables = [dict(row) for row in rows]
    for table, row in zip(tables, rows, strict=True):
        if len(table) != len(row) or table.keys() != tables[0].keys():
            return None
    keys, picked = [1, *tables[0]], list[Term]()
    for parts in (bases, *([table[key] for table in tables] for key in tables[0])):
        found = pick(parts)
        if found is None:
            return None
        picked.append(found)
    return keys, picked


def opaque(algebra: Algebra, selector: Term, *options: Term) -> Term:
    """A switch as one opaque term: two-way on a bit, or many-way with all options."""
    values = selector.choices
    if len(values) > 2:
        leaves = algebra.leaves(options)
        return algebra.make(OPAQUE, ("switch", selector, leaves), leaves.mask)
    y, x = options
    bit = algebra.apply("==", selector, algebra.const(values[1]))
    if bit.values is not None and bit.values[0]:
        bit, x, y = algebra.apply("^", algebra.one, bit), y, x
    return algebra.make(OPAQUE, ("select", bit, x, y), x.mask | y.mask)


# -- ops on selections ---------------------------------------------------------------------------


@rule("case analysis", of_op=True)
def split(op: str, algebra: Algebra, x: Term, y: Term) -> Term | None:
    """An op with an operand of two constant values is a switch of two results."""
    for this in (x, y):
        values = this.choices
        if len(values) != 2 or (x.cases and y.cases):
            continue
        constants = map(algebra.const, values)
        options = [
            algebra.apply(op, value, y) if this is x else algebra.apply(op, x, value)
            for value in constants
        ]
        for plain in (one_option, tabled, by_xor, by_difference):
            found: Term | None = plain.rewrite(algebra, this, *options)
            if found is not None:
                return found
        if op in ("*", "&") and algebra.zero in options:
            return opaque(algebra, this, *options)
        return None
    return None


@rule("case analysis", either=(SUM, OPAQUE), of_op=True)
def absorbed(op: str, algebra: Algebra, x: Term, y: Term) -> Term | None:
    """`select(p,a,b) + y = select(p,a+y,b+y)`, likewise `^`, if no opaque selection is left."""
    return _absorbed(algebra, op, x, y) or _absorbed(algebra, op, y, x)


def _absorbed(algebra: Algebra, op: str, x: Term, y: Term) -> Term | None:
    """The sum or xor of ``y`` and of ``x``, a selection or a sum that has one as an atom."""
    apply, weight = algebra.apply, algebra.one
    if x.kind is SUM and op == "+":
        base, atoms = x.args
        found = next(((a, k) for a, k in atoms if _selects(a)), None)
        if found is None:
            return None
        x, weight = found[0], algebra.const(found[1])
        rest = weighted(algebra, base, {a: k for a, k in atoms if a is not x})
        y = apply("+", rest, y)
    if not _selects(x) or algebra.absorbing >= MAX_ABSORBING:
        return None
    _, bit, a, b = x.args
    algebra.absorbing += 1
    try:
        one = apply(op, apply("*", a, weight), _under(algebra, y, bit, 1))
        zero = apply(op, apply("*", b, weight), _under(algebra, y, bit, 0))
        return algebra.rewrite("switch", bit, zero, one)
    finally:
        algebra.absorbing -= 1


def _under(algebra: Algebra, term: Term, bit: Term, value: int) -> Term:
    """``term`` where ``bit`` has this value: selections on it, at the top, are settled."""
    if term.kind is OPAQUE and term.args[:2] == ("select", bit):
        chosen: Term = term.args[2] if value else term.args[3]
        return chosen
    if term.kind is SUM and any(_selects(a) for a, _ in term.args[1]):
        result: Term = term.args[0]
        for atom, k in term.args[1]:
            part = algebra.apply("*", _under(algebra, atom, bit, value), algebra.const(k))
            result = algebra.apply("+", result, part)
        return result
    return term


def _selects(term: Term) -> bool:
    return term.kind is OPAQUE and term.args[0] == "select"
