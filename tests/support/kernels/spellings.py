"""Spellings of the hash's ops that no canonical form covers: for the fallback to settle.

Each emits slots that set ``dest`` to what one op makes of ``a`` and ``b``, by way of words of its
own (a *respelling* of that op).
"""

from collections.abc import Callable, Iterable
from typing import Self

from tests.support.kernels.plain import Kernel, Name, Operand, Tamper

ONES = 0xFFFFFFFF
HALF = 0xFFFF

Respelling = Callable[["Respelled", Name, Operand, Operand], None]


class Respelled(Kernel):
    """The plain kernel with some ops of the hash, or the path bit's, spelled otherwise."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        respellings: Iterable[Respelling],
        tamper: Tamper[Self] | None = None,
    ) -> None:
        super().__init__(shape, tamper)
        self.by_op = {RESPELLINGS[respelling]: respelling for respelling in respellings}

    def plain(self, op: str, dest: Name, a: Operand, b: Operand) -> None:
        super().alu(op, dest, a, b)

    def alu(self, op: str, dest: Name, a: Operand, b: Operand) -> None:
        hashing = dest in ("left", "right", "value") or (dest, op) == ("bit", "&")
        if hashing and op in self.by_op:
            self.by_op[op](self, dest, a, b)
        else:
            self.plain(op, dest, a, b)


def xor_as_or_and_nand(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("&", "s", a, b)
    k.plain("^", "s", "s", ONES)
    k.plain("|", "t", a, b)
    k.plain("&", dest, "s", "t")


def xor_by_complements(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("^", "s", a, ONES)
    k.plain("&", "s", "s", b)
    k.plain("^", "t", b, ONES)
    k.plain("&", "t", "t", a)
    k.plain("|", dest, "s", "t")


def xor_as_sum_less_carries(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("+", "s", a, b)
    k.plain("&", "t", a, b)
    k.plain("+", "t", "t", "t")
    k.plain("-", dest, "s", "t")


def xor_by_negation(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    """Of a node as well: its negation is a table without a name."""
    k.plain("-", "s", 0, b)
    k.plain("-", "s", a, "s")
    k.plain("&", "t", a, b)
    k.plain("+", "t", "t", "t")
    k.plain("-", dest, "s", "t")


def xor_by_halves(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("&", "s", a, HALF)
    k.plain("&", "t", b, HALF)
    k.plain("^", "s", "s", "t")
    k.plain(">>", "t", a, 16)
    k.plain(">>", "u", b, 16)
    k.plain("^", "t", "t", "u")
    k.plain("<<", "t", "t", 16)
    k.plain("|", dest, "s", "t")


def sum_as_xor_and_carries(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("^", "s", a, b)
    k.plain("&", "t", a, b)
    k.plain("<<", "t", "t", 1)
    k.plain("+", dest, "s", "t")


def sum_as_or_less_xor(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("|", "s", a, b)
    k.plain("+", "s", "s", "s")
    k.plain("^", "t", a, b)
    k.plain("-", dest, "s", "t")


def sum_by_halves(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("&", "s", a, HALF)
    k.plain("&", "t", b, HALF)
    k.plain("+", "s", "s", "t")
    k.plain(">>", "t", a, 16)
    k.plain(">>", "u", b, 16)
    k.plain("+", "t", "t", "u")
    k.plain(">>", "u", "s", 16)
    k.plain("+", "t", "t", "u")
    k.plain("<<", "t", "t", 16)
    k.plain("&", "s", "s", HALF)
    k.plain("|", dest, "s", "t")


def sum_by_complements(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("^", "s", a, ONES)
    k.plain("-", "s", "s", b)
    k.plain("^", dest, "s", ONES)


def bit_as_or_less_xor(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("|", "s", a, b)
    k.plain("^", "t", a, b)
    k.plain("-", dest, "s", "t")


def bit_by_comparison(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("<<", "s", a, 31)
    k.plain("<", "s", "s", b)
    k.plain("^", dest, "s", 1)


def bit_as_rest(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain(">>", "s", a, b)
    k.plain("<<", "s", "s", b)
    k.plain("-", dest, a, "s")


def bit_by_equality(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("|", "s", a, b)
    k.plain("==", dest, "s", a)


def bit_by_neighbour(k: Respelled, dest: Name, a: Operand, b: Operand) -> None:
    k.plain("^", "s", a, b)
    k.plain("-", "s", a, "s")
    k.plain("+", "s", "s", b)
    k.plain(">>", dest, "s", 1)


RESPELLINGS: dict[Respelling, str] = {
    **dict.fromkeys(
        (
            xor_as_or_and_nand,
            xor_by_complements,
            xor_as_sum_less_carries,
            xor_by_negation,
            xor_by_halves,
        ),
        "^",
    ),
    **dict.fromkeys(
        (sum_as_xor_and_carries, sum_as_or_less_xor, sum_by_halves, sum_by_complements), "+"
    ),
    **dict.fromkeys(
        (bit_as_or_less_xor, bit_by_comparison, bit_as_rest, bit_by_equality, bit_by_neighbour),
        "&",
    ),
}
"""Each respelling and its op; those of ``&`` are only of ``a & 1``."""
