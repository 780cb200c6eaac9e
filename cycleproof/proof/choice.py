"""Selections: one of several terms, picked by a function of only bits.

``select``, loads and stores at symbolic addresses and paths that rejoin are all this one thing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .store import MASKED, OPAQUE, SHIFT, SUM, XOR, Bits, Term, align, spread

if TYPE_CHECKING:
    from .linear import Linear

Options = Mapping[int, Term]
MAX_DEPTH = 40  # levels of equal structure that ``_congruent`` looks through
MAX_ABSORBING = 2  # selections inside selections that ``absorb`` takes apart


def resolve(algebra: Linear, selector: Term, options: Options, depth: int = 0) -> Term | None:
    """``options[selector]`` without an opaque selection, or None.

    ``selector`` is a function of only bits; each of its values has an option.
    """
    chosen = {value: options[value] for value in sorted(set(selector.values or ()))}
    terms = list(chosen.values())
    if not terms:
        return None
    first = terms[0]
    if all(term is first for term in terms):
        return first
    if all(term.cases for term in terms):
        return gather(algebra, selector, chosen)
    found = _by_difference(algebra, selector, chosen, algebra.xor, algebra.xor)
    if found is None:
        found = _by_difference(algebra, selector, chosen, algebra.sub, algebra.add)
    if found is None and depth < MAX_DEPTH:
        found = _congruent(algebra, selector, chosen, depth)
    return found


def gather(algebra: Linear, selector: Term, options: Options) -> Term | None:
    """The selection among case terms: one table, or None if it would need too many bits."""
    if selector.cases is None or selector.values is None:
        return None
    bits, leaves = selector.cases
    values = selector.values
    if all(option.ground for option in options.values()):
        return algebra.table(bits, [options[value] for value in values])
    union: Bits = bits
    for option in options.values():
        if option.cases is None:
            return None
        union, _, _ = align(union, option.cases[0])
    n = len(union)
    if n > algebra.max_bits:
        return None
    at = spread(align(union, bits)[2], n)
    sides = {}
    key: list[object] = ["gather", n, leaves, align(union, bits)[2]]
    for value, option in options.items():
        if option.cases is not None:
            position = align(union, option.cases[0])[2]
            sides[value] = (option.cases[1].terms, spread(position, n))
            key += [value, option.cases[1], position]
    found = algebra.pointwise_results.get(tuple(key))
    if found is None:
        picked = []
        for index in range(1 << n):
            terms, place = sides[values[at[index]]]
            picked.append(terms[place[index]])
        found = algebra.pointwise_results[tuple(key)] = algebra.reduce(tuple(picked))
    return algebra.case(union, *found)


def _by_difference(
    algebra: Linear,
    selector: Term,
    options: Options,
    minus: Callable[[Term, Term], Term],
    plus: Callable[[Term, Term], Term],
) -> Term | None:
    """One option, plus the selected difference to it, where all differences are case terms."""
    values = list(options)
    base = options[values[0]]
    differences = {values[0]: algebra.zero}
    for value in values[1:]:
        differences[value] = minus(options[value], base)
        if differences[value].cases is None:
            return None
    chosen = gather(algebra, selector, differences)
    return None if chosen is None else plus(chosen, base)


def _signature(term: Term) -> tuple[object, ...]:
    if term.kind is SHIFT or term.kind is MASKED:
        return (term.kind, term.args[1])
    if term.kind is OPAQUE:
        return (term.kind, term.args[0], len(term.args))
    return (term.kind,)


def _congruent(algebra: Linear, selector: Term, options: Options, depth: int) -> Term | None:
    """f(selected operands) for options f(…) of one structure f; None where they have none."""
    if len({_signature(term) for term in options.values()}) != 1:
        return None
    key = ("switch", selector, *options.items())
    if key in algebra.switches:
        return algebra.switches[key]
    found = _same_structure(algebra, selector, options, depth + 1)
    algebra.switches[key] = found
    return found


def _same_structure(algebra: Linear, selector: Term, options: Options, depth: int) -> Term | None:
    values, terms = list(options), list(options.values())
    first = terms[0]

    def pick(parts: list[Term]) -> Term | None:
        return resolve(algebra, selector, dict(zip(values, parts, strict=True)), depth)

    if first.kind is SHIFT or first.kind is MASKED:
        inner = pick([term.args[0] for term in terms])
        f = algebra.ops[">>" if first.kind is SHIFT else "&"]
        return None if inner is None else f(inner, algebra.const(first.args[1]))
    if first.kind is OPAQUE and first.args[0] in algebra.ops:
        pair = [pick([term.args[i] for term in terms]) for i in (1, 2)]
        if pair[0] is None or pair[1] is None:
            return None
        return algebra.ops[first.args[0]](pair[0], pair[1])
    if first.kind is SUM or first.kind is XOR:
        rows = [term.args[1] for term in terms]
        shared = [part for part in first.args[1] if all(part in row for row in rows)]
        left = [[part for part in row if part not in shared] for row in rows]
        bases = [term.args[0] for term in terms]
        if first.kind is XOR:
            pairs = _paired(pick, bases, [[(_signature(a), a) for a in row] for row in left])
            return None if pairs is None else functools.reduce(algebra.xor, [*pairs[1], *shared])
        pairs = _paired(pick, bases, [[(k, atom) for atom, k in row] for row in left])
        if pairs is None:
            return None
        scaled = [algebra.scale(k, t) for k, t in zip(pairs[0], pairs[1], strict=True)]
        scaled += [algebra.scale(k, atom) for atom, k in shared]
        return functools.reduce(algebra.add, scaled)
    return None


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


def opaque(algebra: Linear, selector: Term, options: Options) -> Term:
    """The selection as one opaque term: two-way on a bit function, or many-way with all options."""
    values = sorted(set(selector.values or ()))
    if len(values) > 2:
        leaves = algebra.leaves(tuple(options[value] for value in values))
        return algebra.make(OPAQUE, ("switch", selector, leaves), leaves.mask)
    y, x = (options[value] for value in values)
    bit = algebra.ops["=="](selector, algebra.const(values[1]))
    if bit.values is not None and bit.values[0]:
        bit, x, y = algebra.xor(algebra.one, bit), y, x
    return algebra.make(OPAQUE, ("select", bit, x, y), x.mask | y.mask)


def _under(algebra: Linear, term: Term, bit: Term, value: int) -> Term:
    """``term`` where ``bit`` has this value: selections on it, at the top, are settled."""
    if term.kind is OPAQUE and term.args[:2] == ("select", bit):
        chosen: Term = term.args[2] if value else term.args[3]
        return chosen
    if term.kind is SUM and any(_selects(a) for a, _ in term.args[1]):
        result: Term = term.args[0]
        for atom, k in term.args[1]:
            result = algebra.add(result, algebra.scale(k, _under(algebra, atom, bit, value)))
        return result
    return term


def _selects(term: Term) -> bool:
    return term.kind is OPAQUE and term.args[0] == "select"


def absorb(algebra: Linear, x: Term, y: Term, op: Callable[[Term, Term], Term]) -> Term | None:
    """op(select(p, a, b), y) as select(p, op(a, y), op(b, y)), if that is no opaque selection.

    ``x`` is the selection or, for a sum, has it as an atom.
    """
    weight = 1
    if x.kind is SUM and op == algebra.add:
        base, atoms = x.args
        found = next(((a, k) for a, k in atoms if _selects(a)), None)
        if found is None:
            return None
        x, weight = found
        y = algebra.add(algebra.weighted(base, {a: k for a, k in atoms if a is not x}), y)
    if not _selects(x) or algebra.absorbing >= MAX_ABSORBING:
        return None
    _, bit, a, b = x.args
    algebra.absorbing += 1
    options = {
        1: op(algebra.scale(weight, a), _under(algebra, y, bit, 1)),
        0: op(algebra.scale(weight, b), _under(algebra, y, bit, 0)),
    }
    result = resolve(algebra, bit, options)
    algebra.absorbing -= 1
    return result
