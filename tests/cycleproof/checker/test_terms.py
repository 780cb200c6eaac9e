"""Every rule of the normal forms: on every word at small widths, by a solver at 32 bits."""

import random
from functools import reduce
from itertools import product
from typing import Any

import numpy as np
import pytest

from cycleproof.checker.budget import Budget, TooComplex
from cycleproof.checker.terms import Algebra, Term, Value, atoms
from cycleproof.checker.words import CONCRETE
from frozen.ops import MASK, OPS

OPERATIONS = tuple(CONCRETE)


def algebra(width: int = 32) -> Algebra:
    return Algebra(Budget(1_000_000), width)


def plain(op: str, a: int, b: int, width: int) -> int:
    """The 13 ops in other words than the op table's."""
    top = 1 << width
    match op:
        case "+" | "-" | "*":
            return int({"+": a + b, "-": a - b, "*": a * b}[op]) % top
        case "^" | "&" | "|":
            bits = {"^": (0, 1, 1, 0), "&": (0, 0, 0, 1), "|": (0, 1, 1, 1)}[op]
            return sum(bits[2 * (a >> i & 1) + (b >> i & 1)] << i for i in range(width))
        case "<<":
            return a * 2**b % top if b < width else 0
        case ">>":
            return a // 2**b if b < width else 0
        case "<" | "==":
            return int(a < b) if op == "<" else int(a == b)
    quotient, rest = divmod(a, b) if b else (0, 0)
    return {"//": quotient, "%": rest, "cdiv": quotient + (rest > 0)}[op]


def test_known_words_follow_the_op_table_and_plain_arithmetic() -> None:
    words = [0, 1, 2, 3, 5, 31, 32, 33, 255, 1 << 16, MASK >> 1, 1 << 31, MASK - 1, MASK]
    words += [random.Random(5).getrandbits(32) for _ in range(6)]
    assert set(OPERATIONS) == {name for engine, name in OPS if engine == "alu"}
    for op, a, b in product(OPERATIONS, words, words):
        assert CONCRETE[op](a, b) == plain(op, a, b, 32), (op, a, b)


class Evaluated:
    """Terms over x and y at a small width, each read on all words of both at once."""

    def __init__(self, width: int) -> None:
        self.algebra = algebra(width)
        self.width, size = width, 1 << width
        self.tables = {
            op: np.array([[plain(op, a, b, width) for b in range(size)] for a in range(size)])
            for op in OPERATIONS
        }
        grid = np.indices((size, size)).reshape(2, -1)
        self.x, self.y = self.algebra.term("V", "x"), self.algebra.term("V", "y")
        self.words: dict[Any, Any] = {self.x: grid[0], self.y: grid[1]}
        self.known = [np.full(size * size, word) for word in range(size)]

    def read(self, value: Value) -> Any:
        """The meaning of a normal form, by the meaning of its kinds."""
        if isinstance(value, int):
            return self.known[value]
        if value not in self.words:
            self.words[value] = self._read(value.kind, value.args)
        return self.words[value]

    def _read(self, kind: str, args: Any) -> Any:
        table = self.tables
        if kind == "sum":
            total = self.read(args[0])
            for atom, factor in args[1]:
                total = table["+"][total, table["*"][self.read(factor), self.read(atom)]]
            return total
        if kind == "xor":
            total = self.read(args[0])
            for atom in args[1]:
                total = table["^"][total, self.read(atom)]
            return total
        if kind == "select":
            condition, a, b = map(self.read, args)
            return np.where(condition != 0, a, b)
        op = {"shr": ">>", "mask": "&"}.get(kind, kind)
        return table[op][self.read(args[0]), self.read(args[1])]


@pytest.mark.parametrize("width", [1, 2, 3])
def test_every_rule_on_every_word(width: int) -> None:
    """All terms of two operations over two variables and all constants, in all operand places."""
    e = Evaluated(width)
    base: list[tuple[Value, Any]] = [(v, e.read(v)) for v in (e.x, e.y, *range(1 << width))]
    once: dict[Value, Any] = {}

    def apply(op: str, left: tuple[Value, Any], right: tuple[Value, Any]) -> Value:
        value = e.algebra.apply(op, left[0], right[0])
        meant = e.tables[op][left[1], right[1]]
        assert (e.read(value) == meant).all(), (op, left[0], right[0], value)
        once.setdefault(value, meant)
        return value

    for op, a, b in product(OPERATIONS, base, base):
        apply(op, a, b)
    for left in list(once.items()):
        for op, right in product(OPERATIONS, base):
            apply(op, left, right)
            apply(op, right, left)
    assert len(once) > 10
    for term, words in once.items():
        if isinstance(term, Term) and (two := e.algebra.two_values(term)):
            assert set(words.tolist()) <= set(two), term


def test_longer_terms_keep_their_meaning() -> None:
    """Random terms of up to a dozen operations, selections included, at four bits."""
    draw = random.Random(11)
    e = Evaluated(4)
    for _ in range(400):
        pool: list[tuple[Value, Any]] = [(v, e.read(v)) for v in (e.x, e.y, 1, 3, 8, 15)]
        for _ in range(12):
            (a, a_), (b, b_), (c, c_) = draw.choices(pool, k=3)
            if draw.random() < 0.15:
                value, meant = e.algebra.select(a, b, c), np.where(a_ != 0, b_, c_)
            else:
                op = draw.choice((*OPERATIONS, *("^", "+", "&", ">>", "<") * 3))
                value, meant = e.algebra.apply(op, a, b), e.tables[op][a_, b_]
            assert (e.read(value) == meant).all(), value
            pool.append((value, meant))


def in_case(terms: Algebra, case: dict[Term, int], value: Value) -> Value:
    """A normal form where some terms have known words, as the checker reads a case."""
    if isinstance(value, int):
        return value
    if value in case:
        return case[value]
    return terms.under(value, lambda part: in_case(terms, case, part))


def test_a_case_keeps_the_meaning_on_its_words() -> None:
    """In random terms a two-valued part is replaced by either word: the same where it has it."""
    draw = random.Random(12)
    e = Evaluated(4)
    seen = set()
    for _ in range(400):
        pool: list[Value] = [e.x, e.y, e.algebra.mask(e.x, 1), e.algebra.mask(e.y, 4), 3, 8, 15]
        for _ in range(12):
            a, b, c = draw.choices(pool, k=3)
            if draw.random() < 0.15:
                pool.append(e.algebra.select(a, b, c))
            else:
                op = draw.choice((*OPERATIONS, *("^", "+", "&", ">>", "<", "==") * 3))
                pool.append(e.algebra.apply(op, a, b))
        for value in pool:
            for part in atoms(value):
                for word in e.algebra.two_values(part) or ():
                    case = in_case(e.algebra, {part: word}, value)
                    where = e.read(part) == word
                    assert (e.read(case) == e.read(value))[where].all(), (value, part, word)
                    seen.add((part.kind, case is value))
    assert {kind for kind, _ in seen} >= {"mask", "shr", "<", "=="}


def test_a_case_replaces_what_it_names_and_nothing_else() -> None:
    terms = algebra()
    x, y = terms.term("V", "x"), terms.term("V", "y")
    bit = terms.mask(x, 1)
    assert isinstance(bit, Term)
    assert in_case(terms, {bit: 1}, bit) == 1
    assert in_case(terms, {bit: 1}, terms.mask(terms.xor(x, 1), 1)) == 0
    for other in (terms.mask(y, 1), terms.mask(x, 3)):
        assert in_case(terms, {bit: 1}, other) is other


def test_equal_words_meet_in_one_term() -> None:
    """What kernels do to the hash and the indices, and what must stay apart."""
    t = algebra()
    x, y = t.term("V", "x"), t.term("V", "y")
    ap = t.apply
    stage = ap("+", ap("+", x, 0x7ED55D16), ap("<<", x, 12))
    assert stage is ap("+", ap("*", 4097, x), 0x7ED55D16)
    assert ap(">>", ap("^", x, y), 19) is ap("^", ap(">>", x, 19), ap(">>", y, 19))
    assert ap("%", x, 2) is ap("&", x, 1)
    assert ap("//", x, 8) is ap(">>", x, 3)
    assert ap("|", x, MASK - 1) is ap("-", ap("&", x, 1), 2)
    assert ap("-", ap("|", x, y), ap("&", x, y)) is ap("^", x, y)
    assert ap("&", ap("+", ap("*", x, 4), y), 3) is ap("&", y, 3)
    assert ap(">>", ap(">>", x, 20), 12) == 0
    assert ap("&", ap("+", x, y), 1) is ap("^", ap("&", x, 1), ap("&", y, 1))
    squares = ap("-", ap("*", x, x), ap("*", y, y))
    assert ap("*", ap("-", x, y), ap("+", y, x)) is squares
    assert ap("*", ap("+", x, 3), ap("+", x, 3)) is ap("+", ap("*", x, ap("+", x, 6)), 9)
    assert ap("*", ap("*", x, 3), y) is ap("*", ap("*", y, x), 3)
    assert ap("*", ap("-", x, y), ap("-", x, y)) is not squares
    low = ap("+", ap("*", ap("&", x, 1), 2), ap("&", y, 1))
    assert [ap("<", low, 4), ap("<", ap("+", low, 4), 4), ap("<", 9, low)] == [1, 0, 0]
    mirrored = ap("-", 7, ap("+", low, ap("*", 4, ap("&", ap("^", x, 1), 1))))
    assert [ap("<", mirrored, 8), ap("<", 7, mirrored)] == [1, 0]
    assert isinstance(ap("<", low, 3), Term)
    assert isinstance(ap("<", ap("+", low, MASK - 2), 3), Term)  # it may wrap around
    assert isinstance(ap("<", ap("-", low, 1), 4), Term)
    # Two odd terms make a carry: no rule may go beyond the lowest bit.
    assert ap("&", ap("+", x, y), 3) is not ap("^", ap("&", x, 3), ap("&", y, 3))
    assert ap(">>", ap("+", x, y), 1) is not ap("+", ap(">>", x, 1), ap(">>", y, 1))
    assert ap(">>", x, 19) is not ap(">>", x, 18)
    assert ap("<<", x, 9) is not ap("<<", x, 10)
    assert ap("-", x, y) is not ap("-", y, x)
    assert ap("<", x, y) is not ap("<", y, x)


def test_a_term_that_explodes_is_given_up() -> None:
    t = algebra()
    value: Value = t.term("V", "x")

    def grow(value: Value, step: int) -> Value:
        other = t.mask(t.shift_right(value, step % 5 + 1), 0x9E3779B9 * step & MASK)
        return t.xor(value, t.xor(other, t.mask(value, 0x7F4A7C15 * step & MASK)))

    with pytest.raises(TooComplex):
        reduce(grow, range(1, 40), value)


# At 32 bits, by a solver: every rule with every amount or with masks of every kind.

MASKS = [1, 2, 3, 6, 0xFF, 0xFF00, 0x80000000, 0x7FFFFFFF, MASK - 1, 0xA5A5A5A5, 0xB55A4F09]


def _schemes(t: Algebra, x: Value, y: Value) -> list[tuple[str, Value, Value, Value]]:
    """(op, operands, normal form) for each rule; operands are terms that trigger it."""
    left: list[tuple[str, Value, Value]] = []
    both = t.xor(t.xor(x, y), 0xB55A4F09)
    total = t.add(t.add(t.multiply(x, 33), t.multiply(y, 16896)), 0xFD7046C5)
    masked, shifted = t.mask(x, 0xA5A5A5A5), t.shift_right(x, 7)
    for k in range(34):
        left += [(op, v, k) for op in ("<<", ">>") for v in (x, both, masked, shifted, total)]
    for k in range(32):
        left += [(op, v, 1 << k) for op in ("%", "//", "*") for v in (x, both, total)]
    for bits in MASKS:
        values = (x, both, total, masked, shifted, t.apply("<", x, y))
        left += [(op, v, bits) for op in ("&", "|", "^") for v in values]
    some = (x, y, both, total, masked)
    left += [
        (op, a, b)
        for op in OPERATIONS[:10]
        for a in some
        for b in some
        if op not in ("//", "cdiv", "*")
    ]
    left += [("==", t.add(x, 5), x), ("==", x, x), ("<", x, y)]
    return [(op, a, b, t.apply(op, a, b)) for op, a, b in left]


def _in_z3(z3: Any, value: Value, free: dict[Value, Any]) -> Any:
    """A normal form in z3's own terms."""
    if isinstance(value, int):
        return z3.BitVecVal(value, 32)
    if value in free:
        return free[value]

    def sub(child: Value) -> Any:
        return _in_z3(z3, child, free)

    kind, args = value.kind, value.args
    if kind == "sum":
        return sub(args[0]) + sum(k * sub(atom) for atom, k in args[1])
    if kind == "xor":
        result = sub(args[0])
        for atom in args[1]:
            result = result ^ sub(atom)
        return result
    op = {"shr": ">>", "mask": "&"}.get(kind, kind)
    return _apply_z3(z3, op, sub(args[0]), sub(args[1]))


def _apply_z3(z3: Any, op: str, a: Any, b: Any) -> Any:
    zero, one = z3.BitVecVal(0, 32), z3.BitVecVal(1, 32)
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "^": lambda: a ^ b,
        "&": lambda: a & b,
        "|": lambda: a | b,
        "<<": lambda: a << b,
        ">>": lambda: z3.LShR(a, b),
        "//": lambda: z3.If(b == 0, zero, z3.UDiv(a, b)),
        "%": lambda: z3.If(b == 0, zero, z3.URem(a, b)),
        "<": lambda: z3.If(z3.ULT(a, b), one, zero),
        "==": lambda: z3.If(a == b, one, zero),
    }[op]()


@pytest.mark.slow
def test_every_rule_at_32_bits_by_solver() -> None:
    z3 = pytest.importorskip("z3")
    t = algebra()
    x, y = t.term("V", "x"), t.term("V", "y")
    free = {x: z3.BitVec("x", 32), y: z3.BitVec("y", 32)}
    solver = z3.SolverFor("QF_BV")
    solver.set("timeout", 20_000)
    schemes = _schemes(t, x, y)
    assert len(schemes) > 600
    for op, a, b, value in schemes:
        meant = _apply_z3(z3, op, _in_z3(z3, a, free), _in_z3(z3, b, free))
        goal = z3.simplify(meant != _in_z3(z3, value, free))
        if z3.is_false(goal):
            continue
        solver.push()
        solver.add(goal)
        assert str(solver.check()) == "unsat", (op, a, b, value)
        solver.pop()
