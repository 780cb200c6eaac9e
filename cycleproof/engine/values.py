"""Value sets: all words that a term can take, as a function of a few bits of the input.

An atom is something that takes few values: one bit of a term, or a comparison. A known value is an
array with one axis for each of its atoms, so that two terms of the same bits stay correlated. What
is no function of at most 2**16 assignments is known by its greatest word only.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from frozen.ops import MASK

from .meaning import translate

Words = npt.NDArray[np.int64]
MAX_ASSIGNMENTS = 1 << 16
MAX_BITS = 12  # bits of one mask that become atoms

Atom = tuple[int, int]
"""A bit of a term (term, bit), or the outcome of a comparison (term, -1). All take 0 or 1."""


class Value(NamedTuple):
    """What is known of a term: its greatest word, and its words by assignment if they are few."""

    high: int = MASK
    atoms: tuple[Atom, ...] = ()
    words: Words | None = None

    def members(self) -> list[int] | None:
        """Every word that it can take, in order; None if they are not known."""
        return None if self.words is None else [int(word) for word in np.unique(self.words)]


def known(words: Words, atoms: tuple[Atom, ...] = ()) -> Value:
    """A value with an axis for each atom; atoms that make no difference are dropped."""
    words = np.broadcast_to(words, [2] * len(atoms))
    for axis in reversed(range(len(atoms))):
        first, second = (np.asarray(words.take(side, axis)) for side in range(2))
        if (first == second).all():
            words, atoms = first, atoms[:axis] + atoms[axis + 1 :]
    return Value(int(words.max()), atoms, words)


def constant(word: int) -> Value:
    """A value that is always the same."""
    return known(np.array(word, dtype=np.int64))


def spread(value: Value, atoms: tuple[Atom, ...]) -> Words:
    """The words of a value with an axis for each of ``atoms``, which contain its own.

    Raises ``ValueError`` where nothing is known of it.
    """
    if value.words is None:
        raise ValueError("nothing is known of this value")
    return value.words.reshape([2 if atom in value.atoms else 1 for atom in atoms])


def _shifted(left: bool) -> Callable[[Any, Any], Any]:
    def emit(a: Any, b: Any) -> Any:
        amount = np.minimum(b, 32)
        return (a << amount) & MASK if left else a >> amount

    return emit


def _divided(f: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    # A zero divisor has its own demand; here it needs only some word.
    return lambda a, b: np.where(b == 0, 0, f(a, np.maximum(b, 1)))


_EMIT: Mapping[str, Callable[..., Any]] = {
    "+": lambda a, b: (a + b) & MASK,
    "-": lambda a, b: (a - b) & MASK,
    "*": lambda a, b: (a * b) & MASK,  # int64 wraps, its low 32 bits are right
    "//": _divided(lambda a, b: a // b),
    "cdiv": _divided(lambda a, b: -(-a // b)),
    "%": _divided(lambda a, b: a % b),
    "^": lambda a, b: a ^ b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "<<": _shifted(left=True),
    ">>": _shifted(left=False),
    "<": lambda a, b: (a < b).astype(np.int64),
    "==": lambda a, b: (a == b).astype(np.int64),
    "?": lambda c, a, b: np.where(c != 0, a, b),
}


def evaluate(value: str, operands: Mapping[str, Words]) -> Words:
    """An op's expression on arrays of words (int64, each in 0..2**32-1)."""
    words: Words = translate(value, operands, lambda word: np.array(word, dtype=np.int64), _EMIT)
    return words


def of_bits(term: int, mask: int) -> Value:
    """``term & mask`` where nothing is known of the term: each bit of a small mask is an atom."""
    bits = [bit for bit in range(32) if mask >> bit & 1]
    if len(bits) > MAX_BITS:
        return Value(mask)
    words = np.zeros([2] * len(bits), dtype=np.int64)
    for axis, bit in enumerate(bits):
        words += (np.arange(2, dtype=np.int64) << bit).reshape(
            [2 if other == axis else 1 for other in range(len(bits))]
        )
    return known(words, tuple((term, bit) for bit in bits))


def of_op(
    value: str, names: tuple[str, ...], terms: tuple[int, ...], operands: list[Value], own: int
) -> Value:
    """What is known of an op's result; ``own`` is its own term, ``terms`` those of its operands."""
    if all(operand.words is not None for operand in operands):
        atoms = tuple(sorted({atom for operand in operands for atom in operand.atoms}))
        if 1 << len(atoms) <= MAX_ASSIGNMENTS:
            columns = [spread(operand, atoms) for operand in operands]
            words = evaluate(value, dict(zip(names, columns, strict=True)))
            return known(words, atoms)
    return _of_unknown(value, terms, operands, own)


def _of_unknown(value: str, terms: tuple[int, ...], operands: list[Value], own: int) -> Value:
    """The few ops by which a word that can be anything becomes one of a few."""
    words = [_constant_of(operand) for operand in operands]
    if value in ("a & b", "a | b"):
        for term, mask in ((terms[0], words[1]), (terms[1], words[0])):
            if mask is not None and value == "a & b":
                return of_bits(term, mask)
            if mask is not None:
                low = of_bits(term, ~mask & MASK)
                return Value() if low.words is None else known(low.words | mask, low.atoms)
        return Value(min(operand.high for operand in operands)) if value == "a & b" else Value()
    if value == "a >> b" and words[1] is not None:
        amount = min(words[1], 32)
        bits = of_bits(terms[0], MASK >> amount << amount)
        if bits.words is not None:
            return known(bits.words >> amount, bits.atoms)
        return Value(operands[0].high >> amount)
    if value in ("a < b", "a == b"):
        return known(np.arange(2, dtype=np.int64), ((own, -1),))
    if value == "a % b" and words[1]:
        power = words[1] & (words[1] - 1) == 0
        return of_bits(terms[0], words[1] - 1) if power else Value(words[1] - 1)
    if value == "a if cond else b":
        return _chosen(terms, operands)
    if value == "a + b" and sum(operand.high for operand in operands) <= MASK:
        return Value(sum(operand.high for operand in operands))
    if value == "a * b" and operands[0].high * operands[1].high <= MASK:
        return Value(operands[0].high * operands[1].high)
    return Value()


def _chosen(terms: tuple[int, ...], operands: list[Value]) -> Value:
    """A choice between known words by a condition of which nothing is known (order: a, cond, b)."""
    a, cond, b = operands
    if a.words is None or b.words is None or cond.words is not None:
        return Value(max(a.high, b.high))
    choice = known(np.arange(2, dtype=np.int64), ((terms[1], -1),))
    atoms = tuple(sorted({*a.atoms, *b.atoms, *choice.atoms}))
    if 1 << len(atoms) > MAX_ASSIGNMENTS:
        return Value(max(a.high, b.high))
    columns = [spread(one, atoms) for one in (choice, a, b)]
    words = np.where(columns[0] != 0, columns[1], columns[2])
    return known(words, atoms)


def _constant_of(value: Value) -> int | None:
    return None if value.words is None or value.atoms else int(value.words)
