"""Two spellings of one word must become one term, whatever rules that takes.

Whether the term means what either spelling means is decided on all small words, and by a solver at
32 bits.
"""

import itertools
import random
from typing import Any

import numpy as np
import pytest

from cycleproof.proof.algebra import Algebra, Stuck
from cycleproof.proof.rules import RULES
from cycleproof.proof.terms import CONST, MASKED, SHIFT, SUM, TABLE, WORD, XOR, Term
from frozen.ops import BINARY

from .expressions import NAMES, Exhaustive, Raw, apply, build
from .identities import BIT, FLIP, LEFT, NODE, OTHER, SPELLINGS


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("width", [3, 4])
def test_spellings_on_all_small_words(name: str, width: int) -> None:
    algebra = Algebra(RULES, width)
    every = Exhaustive(width)
    left, right = (build(algebra, raw) for raw in SPELLINGS[name])
    for raw, term in zip(SPELLINGS[name], (left, right), strict=True):
        np.testing.assert_array_equal(every.raw(raw), every.term(term))
    assert left is right


@pytest.mark.parametrize("width", [3, 4])
def test_parity_of_two_odd_terms_keeps_its_mask(width: int) -> None:
    """v + w is even or odd: taking the sum itself for its parity is the classical mistake."""
    algebra = Algebra(RULES, width)
    whole = build(algebra, ("+", "v", "w"))
    parity = algebra.apply("&", whole, algebra.one)
    assert parity is not whole
    assert parity is build(algebra, ("bit", ("^", "v", "w")))


def _pool(rng: random.Random) -> list[Raw]:
    """Operands of every kind of term."""
    ones: list[Raw] = ["a", "b", "v", "w", 0, 1, 2, 3, 5, 6, 7, -1, BIT, OTHER, FLIP, NODE, LEFT]
    ones += [("-", 0, BIT), ("<<", OTHER, 1), ("*", "v", 3), ("+", "v", "w"), (">>", "v", 1)]
    ones += [("&", "w", 6), ("^", ("+", "v", 3), "w"), ("|", BIT, ("<<", OTHER, 1))]
    ones += [("*", "v", "w"), ("<", "v", 3), ("==", "w", 5), ("select", OTHER, "v", "w")]
    ones += [("+", NODE, ("*", "w", 2)), ("^", NODE, "w"), ("select", BIT, "v", 0)]
    rng.shuffle(ones)
    return ones


@pytest.mark.slow
@pytest.mark.parametrize("width", [3, 4])
def test_every_op_on_every_kind_of_term(width: int) -> None:
    """All pairs of a pool of operands under all thirteen ops, on all assignments."""
    rng = random.Random(width)
    algebra, every = Algebra(RULES, width), Exhaustive(width)
    raws = _pool(rng) if width == 3 else _pool(rng)[:14]
    pool = [(raw, build(algebra, raw), every.raw(raw)) for raw in raws]
    kinds = set()
    for (raw_x, x, _), (raw_y, y, values_y) in itertools.product(pool, pool):
        for op in BINARY:
            try:
                term = algebra.apply(op, x, y)
            except Stuck:
                assert op in ("//", "%", "cdiv")
                assert (values_y == 0).any()
                continue
            kinds.add(term.kind)
            expected = every.raw((op, raw_x, raw_y))
            assert (every.term(term) == expected).all(), (op, raw_x, raw_y)
            assert not (expected & ~term.mask).any(), (op, raw_x, raw_y)
    assert kinds >= {CONST, TABLE, SUM, XOR, SHIFT, MASKED}


@pytest.mark.parametrize("seed", range(40))
def test_nested_expressions_on_all_assignments(seed: int) -> None:
    """Random expressions five levels deep: rules meet each other's results."""
    rng = random.Random(seed)
    algebra, every = Algebra(RULES, 3), Exhaustive(3)
    pool = [build(algebra, raw) for raw in _pool(rng)]
    values = [every.term(term) for term in pool]
    for _ in range(120):
        i, j, k = (rng.randrange(len(pool)) for _ in range(3))
        if rng.random() < 0.25:
            term = algebra.apply("select", pool[i], pool[j], pool[k])
            expected = np.where(values[i] != 0, values[j], values[k])
        else:
            op = rng.choice(list(BINARY))
            try:
                term = algebra.apply(op, pool[i], pool[j])
            except Stuck:
                continue
            expected = apply(op, values[i], values[j], 3)
        assert (every.term(term) == expected).all()
        assert not (expected & ~term.mask).any()
        pool.append(term)
        values.append(expected)


@pytest.mark.parametrize("name", SPELLINGS)
def test_spellings_by_solver_at_32_bits(name: str) -> None:
    z3 = pytest.importorskip("z3", reason="no SMT solver is installed (dependency group proof)")
    words = {row: z3.BitVec(row, 32) for row in NAMES}
    algebra = Algebra(RULES)
    for raw in SPELLINGS[name]:
        solver = z3.Solver()
        solver.set("timeout", 20_000)
        term = build(algebra, raw)
        solver.add(_smt_raw(z3, raw, words) != _smt_term(z3, term, words))
        assert solver.check() == z3.unsat


def _smt_op(z3: Any, op: str, x: Any, y: Any) -> Any:
    one, zero = z3.BitVecVal(1, 32), z3.BitVecVal(0, 32)
    return {
        "+": lambda: x + y,
        "-": lambda: x - y,
        "*": lambda: x * y,
        "//": lambda: z3.UDiv(x, y),
        "%": lambda: z3.URem(x, y),
        "^": lambda: x ^ y,
        "&": lambda: x & y,
        "|": lambda: x | y,
        "<<": lambda: x << y,
        ">>": lambda: z3.LShR(x, y),
        "<": lambda: z3.If(z3.ULT(x, y), one, zero),
        "==": lambda: z3.If(x == y, one, zero),
    }[op]()


def _smt_raw(z3: Any, raw: Raw, words: dict[str, Any]) -> Any:
    if isinstance(raw, int):
        return z3.BitVecVal(raw, 32)
    if isinstance(raw, str):
        return words[raw]
    op, *parts = raw
    values = [_smt_raw(z3, part, words) for part in parts]
    if op == "bit":
        return values[0] & 1
    if op == "select":
        return z3.If(values[0] != 0, values[1], values[2])
    return _smt_op(z3, op, *values)


def _smt_term(z3: Any, term: Term, words: dict[str, Any]) -> Any:
    kind, args = term.kind, term.args
    if kind is CONST:
        return z3.BitVecVal(args[0], 32)
    if kind is WORD:
        return next(words[name] for name, (address, _) in NAMES.items() if address == args[0])
    if kind is TABLE:
        result = _smt_term(z3, args[1].terms[0], words)
        for index, leaf in enumerate(args[1].terms):
            here = [_smt_term(z3, bit, words) == (index >> j & 1) for j, bit in enumerate(args[0])]
            result = z3.If(z3.And(here), _smt_term(z3, leaf, words), result)
        return result
    if kind is SUM:
        return sum((_smt_term(z3, a, words) * k for a, k in args[1]), _smt_term(z3, args[0], words))
    if kind is XOR:
        result = _smt_term(z3, args[0], words)
        for atom in args[1]:
            result = result ^ _smt_term(z3, atom, words)
        return result
    if kind is SHIFT:
        return z3.LShR(_smt_term(z3, args[0], words), args[1])
    if kind is MASKED:
        return _smt_term(z3, args[0], words) & args[1]
    if args[0] == "select":
        condition, x, y = (_smt_term(z3, part, words) for part in args[1:])
        return z3.If(condition != 0, x, y)
    return _smt_op(z3, args[0], *(_smt_term(z3, part, words) for part in args[1:]))
