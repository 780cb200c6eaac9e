"""Pieces of LLVM assembly: the op table's primitives, on words and on vectors of them."""

import re
from collections.abc import Callable, Sequence

from frozen.ops import MASK

from ..meaning import names_of, translate
from . import vectors
from .block import Block
from .host import host
from .vectors import cut, joined, transposed

WIDTH = 16  # lanes in one vector
ROW = vectors.FOUR  # words that one load brings
OCTETS = "<32 x i8>"
ORDERS = {8 * count: [byte // 4 * 4 + (byte - count) % 4 for byte in range(16)] for count in (1, 2)}
"""The byte that each byte of four words takes in a rotation by whole bytes."""


class Words:
    """Emitters of all primitives for one type: a word, or a vector of them."""

    def __init__(self, block: Block, width: int) -> None:
        self.block, self.width = block, width
        self.type = f"<{width} x i32>" if width > 1 else "i32"
        self.bit = f"<{width} x i1>" if width > 1 else "i1"
        self.emit: dict[str, Callable[..., str]] = {
            "+": self._plain("add"),
            "-": self._plain("sub"),
            "*": self._multiply,
            "^": self._plain("xor"),
            "&": self._and,
            "|": self._plain("or"),
            "<<": self._shift("shl"),
            ">>": self._shift("lshr"),
            "<": self._compare("ult"),
            "==": self._compare("eq"),
            "//": self._divide("udiv"),
            "%": self._divide("urem"),
            "cdiv": self._ceiling,
            "?": self._choose,
        }
        self._bits: set[str] = set()  # words that are 0 or 1

    def word(self, value: int) -> str:
        """A constant, the same in every lane."""
        return f"splat (i32 {value})" if self.width > 1 else str(value)

    def each(self, values: Sequence[int]) -> str:
        """A constant, with a value of its own in every lane."""
        if len(set(values)) == 1:
            return self.word(values[0])
        return f"<{', '.join(f'i32 {value}' for value in values)}>"

    def let(self, op: str, a: str, b: str) -> str:
        """An instruction on two words."""
        return self.block.let(f"{op} {self.type} {a}, {b}")

    def test(self, relation: str, a: str, b: str) -> str:
        """A comparison (``eq``, ``ult`` and so on) as a bit."""
        return self.block.let(f"icmp {relation} {self.type} {a}, {b}")

    def select(self, bit: str, a: str, b: str) -> str:
        """The word ``a`` where the bit is set, else ``b``."""
        return self.block.let(f"select {self.bit} {bit}, {self.type} {a}, {self.type} {b}")

    def splat(self, scalar: str) -> str:
        """A word in every lane."""
        if self.width == 1:
            return scalar
        first = self.block.let(f"insertelement {self.type} poison, i32 {scalar}, i32 0")
        return self.block.let(
            f"shufflevector {self.type} {first}, {self.type} poison, {self.type} zeroinitializer"
        )

    def load(self, at: str, base: str = "%image") -> str:
        """The words at places behind ``base``; each place is less than 2**31."""
        block = self.block
        if self.width == 1:
            wide = block.let(f"zext i32 {at} to i64")
            pointer = block.let(f"getelementptr i32, ptr {base}, i64 {wide}")
            return block.let(f"load i32, ptr {pointer}")
        if not host().gathers:
            return self._one_by_one(at, base)
        pointer = block.let(f"getelementptr i32, ptr {base}, {self.type} {at}")
        return block.let(
            f"call {self.type} @llvm.masked.gather.v{self.width}i32.v{self.width}p0("
            f"<{self.width} x ptr> {pointer}, i32 4, {self.bit} splat (i1 true),"
            f" {self.type} zeroinitializer)"
        )

    def _one_by_one(self, at: str, base: str) -> str:
        block, made = self.block, "poison"
        for lane, pointer in enumerate(self._pointers(at, base)):
            word = block.let(f"load i32, ptr {pointer}")
            made = block.let(f"insertelement {self.type} {made}, i32 {word}, i32 {lane}")
        return made

    def _pointers(self, at: str, base: str) -> list[str]:
        # Places leave the vector two by two: LLVM makes addresses of 64 bits in vectors otherwise.
        block, kind = self.block, f"<{self.width // 2} x i64>"
        pairs = block.let(f"bitcast {self.type} {at} to {kind}")
        pointers = []
        for number in range(self.width // 2):
            pair = block.let(f"extractelement {kind} {pairs}, i32 {number}")
            for place in (block.let(f"and i64 {pair}, {MASK}"), block.let(f"lshr i64 {pair}, 32")):
                pointers.append(block.let(f"getelementptr i32, ptr {base}, i64 {place}"))
        return pointers

    def load_row(self, at: str, base: str = "%image") -> list[str]:
        """The words at each of the ``ROW`` places from ``at`` on, one load for a lane's row."""
        block, columns, size = self.block, [], max(host().vector, 2 * ROW)
        pointers = self._pointers(at, base)
        for start in range(0, self.width, size):
            lanes = [
                block.let(f"load <{ROW} x i32>, ptr {pointer}, align 4")
                for pointer in pointers[start : start + size]
            ]
            rows = [joined(block, ROW, lanes[first::ROW]) for first in range(ROW)]
            columns.append(transposed(block, size, rows))
        return [joined(block, size, parts) for parts in zip(*columns, strict=True)]

    def pick(self, tables: Sequence[str], at: str) -> str:
        """Words of tables, one processor's vector each, by the lowest bits of ``at``."""
        block, size = self.block, host().vector
        at_once = 2 if size == WIDTH and len(tables) > 1 else 1
        parts = [cut(block, self.width, at, range(n, n + size)) for n in range(0, self.width, size)]
        found = []
        for number in range(0, len(tables), at_once):
            some = tables[number : number + at_once]
            words = [vectors.picked(block, size, some, part) for part in parts]
            found.append(joined(block, size, words))
        bit = size * at_once
        while len(found) > 1:
            upper = self.test("ne", self.let("and", at, self.word(bit)), self.word(0))
            pairs = zip(found[::2], found[1::2], strict=True)
            found = [self.select(upper, high, low) for low, high in pairs]
            bit *= 2
        return found[0]

    def rotate(self, a: str, amount: int) -> str:
        """``a`` rotated left by 1..31 bits; by whole bytes as a shuffle where shifts are scarce."""
        block, kind = self.block, self.type
        if amount in ORDERS and self.width == 8 and host().shuffles:
            given = block.let(f"bitcast {kind} {a} to {OCTETS}")
            order = block.let(f"load {OCTETS}, ptr @rotate_{amount}, align 64")
            call = f"call {OCTETS} @llvm.x86.avx2.pshuf.b({OCTETS} {given}, {OCTETS} {order})"
            return block.let(f"bitcast {OCTETS} {block.let(call)} to {kind}")
        arguments = f"{kind} {a}, {kind} {a}, {kind} {self.word(amount)}"
        return block.let(f"call {kind} @llvm.fshl.v{self.width}i32({arguments})")

    def _multiply(self, a: str, b: str) -> str:
        """Times 2**k + 1, perhaps doubled a few times, is a shift or two and a sum."""
        factor = constant(b)
        if factor and self.width == WIDTH and host().multiplies:
            # No constant, for which LLVM would shift and add.
            b = self.splat(self.block.let(f"load i32, ptr @factor_{factor}"))
        elif factor:
            doubled = (factor & -factor).bit_length() - 1
            odd = (factor >> doubled) - 1
            if odd and odd & (odd - 1) == 0:
                times = self.let("shl", a, self.word(odd.bit_length() - 1))
                once = self.let("add", times, a)
                return self.let("shl", once, self.word(doubled)) if doubled else once
        return self.let("mul", a, b)

    def _and(self, a: str, b: str) -> str:
        made = self.let("and", a, b)
        if 1 in (constant(a), constant(b)):
            self._bits.add(made)
        return made

    def _choose(self, condition: str, a: str, b: str) -> str:
        # Two constants by a bit: three plain ops, where a select would need a shift (AVX-512 has
        # masks for it).
        first, second = constant(a), constant(b)
        plain = condition in self._bits and host().vector < WIDTH
        if plain and first is not None and second is not None:
            mask = self.let("sub", self.word(0), condition)
            return self.let("xor", self.let("and", mask, self.word(first ^ second)), b)
        return self.select(self.test("ne", condition, self.word(0)), a, b)

    def _plain(self, op: str) -> Callable[[str, str], str]:
        return lambda a, b: self.let(op, a, b)

    def _shift(self, op: str) -> Callable[[str, str], str]:
        def emit(a: str, b: str) -> str:
            amount = constant(b)
            if amount is not None:
                return self.let(op, a, b) if amount < 32 else self.word(0)
            moved = self.let(op, a, self.let("and", b, self.word(31)))
            return self.select(self.test("ult", b, self.word(32)), moved, self.word(0))

        return emit

    def _compare(self, relation: str) -> Callable[[str, str], str]:
        return lambda a, b: self.block.let(
            f"zext {self.bit} {self.test(relation, a, b)} to {self.type}"
        )

    def _divide(self, op: str) -> Callable[[str, str], str]:
        # A zero divisor has its guard; here it must only not trap.
        def emit(a: str, b: str) -> str:
            return self.let(op, a, self.select(self.test("eq", b, self.word(0)), self.word(1), b))

        return emit

    def _ceiling(self, a: str, b: str) -> str:
        rest = self.test("ne", self.emit["%"](a, b), self.word(0))
        more = self.block.let(f"zext {self.bit} {rest} to {self.type}")
        return self.let("add", self.emit["//"](a, b), more)

    def op(self, value: str, operands: Sequence[str]) -> str:
        """An op's expression."""
        by_name = dict(zip(names_of(value), operands, strict=True))
        return translate(value, by_name, self.word, self.emit)


def constant(operand: str) -> int | None:
    """The word that an operand is in every lane; None if it is no constant."""
    digits = operand.removeprefix("splat (i32 ").removesuffix(")")
    return int(digits) if digits.isdigit() else None


_DECLARATIONS = "\n".join(
    [
        f"declare <{WIDTH} x i32> @llvm.masked.gather.v{WIDTH}i32.v{WIDTH}p0("
        f"<{WIDTH} x ptr>, i32, <{WIDTH} x i1>, <{WIDTH} x i32>)",
        f"declare i32 @llvm.vector.reduce.or.v{WIDTH}i32(<{WIDTH} x i32>)",
        *(
            f"declare <{n} x i32> @llvm.fshl.v{n}i32(<{n} x i32>, <{n} x i32>, <{n} x i32>)"
            for n in (8, 16)
        ),
        # No constants, which LLVM would see through: it makes two shuffles of one.
        *(
            f"@rotate_{amount} = internal global {OCTETS}"
            f" <{', '.join(f'i8 {byte}' for byte in 2 * order)}>, align 64"
            for amount, order in ORDERS.items()
        ),
        f"declare {OCTETS} @llvm.x86.avx2.pshuf.b({OCTETS}, {OCTETS})",
        vectors.DECLARATIONS,
    ]
)


def module(parts: Sequence[str]) -> str:
    """A module of functions and tables, with what they name of ``Words``."""
    text = "\n".join([_DECLARATIONS, *parts])
    factors = sorted(set(re.findall(r"@factor_(\d+)", text)))
    return "\n".join([text, *(f"@factor_{one} = internal global i32 {one}" for one in factors)])
