"""Normal forms of words: what two expressions are brought into before they are compared.

A value is an ``int`` (a known word) or an interned ``Term``, so equal normal forms are one
object. Each constructor applies identities of Z/2^32 or of bit vectors that ``docs/proof.md``
justifies one by one; what no rule covers stays an opaque term of its operands, which is always
sound: equal operands give equal results.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

from frozen.ops import MASK

from .budget import Budget
from .words import CONCRETE

MAX_PRODUCTS = 16  # of two atoms, that a product of sums is written as


class Term:
    """An interned node; compared by identity. ``args`` holds words, terms and other keys."""

    __slots__ = ("args", "kind", "serial")

    def __init__(self, kind: str, args: tuple[Any, ...], serial: int) -> None:
        self.kind, self.args, self.serial = kind, args, serial

    def __repr__(self) -> str:
        return f"{self.kind}{self.args}"


Value = int | Term


class Algebra:
    """Makes terms.

    ``width`` is the word's width in bits: the machine's, or a small one to test every rule on
    every word.
    """

    def __init__(self, budget: Budget, width: int = MASK.bit_length()) -> None:
        self.spend = budget.spend
        self.width, self.ones = width, (1 << width) - 1
        self._terms: dict[tuple[Any, ...], Term] = {}

    def term(self, kind: str, *args: Any) -> Value:
        """The one term of this kind and these arguments."""
        key = (kind, *args)
        term = self._terms.get(key)
        self.spend(1)
        if term is None:
            term = self._terms[key] = Term(kind, args, len(self._terms))
        return term

    def apply(self, op: str, a: Value, b: Value) -> Value:
        """One of the 13 machine ops."""
        if isinstance(a, int) and isinstance(b, int):
            return CONCRETE[op](a, b) & self.ones
        if isinstance(b, int):
            if op in ("//", "%") and b.bit_count() == 1:
                op, b = (">>", b.bit_length() - 1) if op == "//" else ("&", b - 1)
            if op == ">>":
                return self.shift_right(a, b)
            if op == "<<":
                return self.add(0, a, 1 << b if b < 32 else 0)
        rule = _RULES.get(op)
        return rule(self, a, b) if rule else self.term(op, a, b)

    def under(self, term: Term, read: Callable[[Value], Value]) -> Value:
        """A term with each of its parts replaced by what ``read`` says of it."""
        kind, args = term.kind, term.args
        self.spend(1)
        if kind == "xor":
            return self._each(term, read)
        if kind == "sum":
            result: Value = args[0]
            for part, factor in args[1]:
                result = self.add(result, read(part), factor)
            return result
        if kind in ("shr", "mask"):
            change = self.shift_right if kind == "shr" else self.mask
            return change(read(args[0]), args[1])
        if kind == "select":
            return self.select(*map(read, args))
        return self.apply(kind, *map(read, args)) if kind in CONCRETE else term

    # Sums: constant + sum of coefficient * atom, unique up to the order of the atoms.

    def add(self, a: Value, b: Value, factor: int = 1) -> Value:
        """The sum a + factor * b."""
        if isinstance(a, int) and isinstance(b, int):
            return (a + factor * b) & self.ones
        (constant, parts), (more, others) = _sum(a), _sum(b)
        self.spend(len(parts) + len(others))
        factors = dict(parts)
        for atom, coefficient in others:
            factors[atom] = factors.get(atom, 0) + factor * coefficient
        return self._make_sum(constant + factor * more, factors.items(), self.ones)

    def _make_sum(self, constant: int, parts: Iterable[tuple[Term, int]], mask: int) -> Value:
        """The sum with constant and coefficients reduced to the low bits in ``mask``."""
        constant &= mask
        kept = [(atom, k & mask) for atom, k in parts if k & mask]
        if not kept:
            return constant
        if not constant and len(kept) == 1 and kept[0][1] == 1:
            return kept[0][0]
        self.spend(len(kept))
        return self.term("sum", constant, tuple(sorted(kept, key=lambda pair: pair[0].serial)))

    def multiply(self, a: Value, b: Value) -> Value:
        """The product a * b, multiplied out; of two atoms, or of long sums, it stays opaque."""
        (constant, parts), (more, others) = _sum(a), _sum(b)
        if len(parts) * len(others) > MAX_PRODUCTS:
            return self.term("*", *_ordered(a, b))
        result = self.add(self.add(0, b, constant), self.add(a, -constant), more)
        for atom, factor in parts:
            for other, times in others:
                result = self.add(result, self.term("*", *_ordered(atom, other)), factor * times)
        return result

    # Exclusive ors: constant ^ atoms, unique up to the order of the atoms.

    def xor(self, a: Value, b: Value) -> Value:
        """The exclusive or a ^ b."""
        if isinstance(a, int) and isinstance(b, int):
            return a ^ b
        (constant, atoms), (more, others) = _xor(a), _xor(b)
        constant ^= more
        self.spend(len(atoms) + len(others))
        kept = set(atoms).symmetric_difference(others)
        if not kept:
            return constant
        if not constant and len(kept) == 1:
            return kept.pop()
        return self.term("xor", constant, tuple(sorted(kept, key=lambda atom: atom.serial)))

    def _each(self, value: Term, change: Callable[[Value], Value]) -> Value:
        """Apply a map that distributes over ^ to each part of an exclusive or."""
        constant, atoms = value.args
        return self._all_xored(map(change, atoms), change(constant))

    def _all_xored(self, values: Iterable[Value], start: Value) -> Value:
        return reduce(self.xor, values, start)

    def shift_right(self, a: Value, amount: int) -> Value:
        """The shift a >> amount, for a known amount."""
        if amount >= self.width:
            return 0
        if isinstance(a, int):
            return a >> amount
        if amount == 0:
            return a
        if a.kind == "xor":
            return self._each(a, lambda part: self.shift_right(part, amount))
        if a.kind == "shr":
            return self.shift_right(a.args[0], a.args[1] + amount)
        if a.kind == "mask":
            return self.mask(self.shift_right(a.args[0], amount), a.args[1] >> amount)
        return self.term("shr", a, amount)

    def mask(self, a: Value, bits: int) -> Value:
        """The part a & bits, for known bits."""
        if isinstance(a, int):
            return a & bits
        if a.kind == "xor":
            return self._each(a, lambda part: self.mask(part, bits))
        if a.kind == "mask":
            return self.mask(a.args[0], a.args[1] & bits)
        possible = self._possible(a)
        bits &= possible
        if bits in (0, possible):
            return a if bits else 0
        if a.kind == "sum":
            # Only the low bits of a sum, up to the highest that is kept, matter.
            constant, parts = _sum(a)
            low = self._make_sum(constant, parts, (1 << bits.bit_length()) - 1)
            if low is not a:
                return self.mask(low, bits)
            if bits == 1:  # parity: coefficients are 1 here, and the lowest bit knows no carry
                return self._all_xored((self.mask(atom, 1) for atom, _ in parts), constant)
        return self.term("mask", a, bits)

    def _possible(self, a: Term) -> int:
        """The bits that may be set in a term."""
        if a.kind == "shr":
            return self.ones >> a.args[1]  # type: ignore[no-any-return]
        if a.kind == "mask":
            return a.args[1]  # type: ignore[no-any-return]
        if a.kind == "I":
            return (1 << (a.args[2] - 1).bit_length()) - 1  # type: ignore[no-any-return]
        if a.kind == "xor":
            bits = a.args[0]
            for atom in a.args[1]:
                bits |= self._possible(atom)
            return bits  # type: ignore[no-any-return]
        return 1 if a.kind in ("<", "==") else self.ones

    def two_values(self, a: Term) -> tuple[int, int] | None:
        """The two words that a term can take at most, where its form shows them."""
        bits = self._possible(a)
        return (0, bits) if bits.bit_count() == 1 else None

    def conjunction(self, a: Value, b: Value) -> Value:
        """The conjunction a & b."""
        if isinstance(a, int):
            return self.mask(b, a)
        if isinstance(b, int):
            return self.mask(a, b)
        return a if a is b else self.term("&", *_ordered(a, b))

    def disjunction(self, a: Value, b: Value) -> Value:
        """The disjunction a | b, as (a ^ b) + (a & b), or (a & ~b) + b for a known b."""
        if isinstance(a, int):
            a, b = b, a
        if isinstance(b, int):
            return self.add(self.mask(a, self.ones ^ b), b)
        return self.add(self.xor(a, b), self.conjunction(a, b))

    def equal(self, a: Value, b: Value) -> Value:
        """The comparison a == b; known when the difference is."""
        difference = self.add(a, b, -1)
        if isinstance(difference, int):
            return int(difference == 0)
        return self.term("==", *_ordered(a, b))

    def _bounds(self, a: Value) -> tuple[int, int]:
        """The least and the greatest word that a value can be, as far as its form shows.

        A sum is bounded as one of integers, factors from 2^31 on (32 bits) being negative. If
        the bounds are words, no input makes it wrap around.
        """
        constant, parts = _sum(a)
        low = high = constant
        for atom, factor in parts:
            if factor > self.ones >> 1:
                low += (factor - self.ones - 1) * self._possible(atom)
            else:
                high += factor * self._possible(atom)
        return (low, high) if low >= 0 and high <= self.ones else (0, self.ones)

    def less(self, a: Value, b: Value) -> Value:
        """The comparison a < b; known when the bounds of the two tell."""
        (low, high), (least, greatest) = self._bounds(a), self._bounds(b)
        if high < least or low >= greatest:
            return int(high < least)
        return self.term("<", a, b)

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """The choice: a if condition else b."""
        if isinstance(condition, int) or a is b or (isinstance(a, int) and a == b):
            return a if condition != 0 else b
        return self.term("select", condition, a, b)


def spread(value: Value) -> range | None:
    """Every word that c + k * (an index) can be, if that is what the value is; None if not."""
    constant, parts = _sum(value)
    if len(parts) != 1 or parts[0][0].kind != "I":
        return None
    ((index, factor),) = parts
    nodes = index.args[2]
    if constant + factor * (nodes - 1) > MASK:
        return None
    return range(constant, constant + factor * nodes, factor)


def parts(term: Term) -> Iterator[Term]:
    """The terms that a term is made of directly."""
    stack: list[Any] = list(term.args)
    for one in stack:
        if isinstance(one, Term):
            yield one
        elif isinstance(one, tuple):
            stack.extend(one)


def atoms(value: Value) -> Iterator[Term]:
    """Every term that ``value`` is made of, itself included, each once."""
    stack = [value] if isinstance(value, Term) else []
    seen = set(stack)
    while stack:
        one = stack.pop()
        yield one
        for part in parts(one):
            if part not in seen:
                seen.add(part)
                stack.append(part)


def _sum(a: Value) -> tuple[int, tuple[tuple[Term, int], ...]]:
    if isinstance(a, int):
        return a, ()
    return a.args if a.kind == "sum" else (0, ((a, 1),))


def _xor(a: Value) -> tuple[int, tuple[Term, ...]]:
    if isinstance(a, int):
        return a, ()
    return a.args if a.kind == "xor" else (0, (a,))


def _ordered(a: Value, b: Value) -> list[Value]:
    return sorted((a, b), key=lambda one: one.serial if isinstance(one, Term) else -1 - one)


_RULES: Mapping[str, Callable[[Algebra, Value, Value], Value]] = {
    "+": Algebra.add,
    "-": lambda terms, a, b: terms.add(a, b, -1),
    "*": Algebra.multiply,
    "^": Algebra.xor,
    "&": Algebra.conjunction,
    "|": Algebra.disjunction,
    "==": Algebra.equal,
    "<": Algebra.less,
}
