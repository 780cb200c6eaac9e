"""Pieces of LLVM assembly: a function's body, the op table's primitives, tables of words."""

from collections.abc import Callable, Sequence
from itertools import count

from frozen.ops import MASK

from ..meaning import names_of, translate
from .host import host

WIDTH = 16  # lanes in one vector
DRAW = 8  # ChaCha blocks drawn at once
TABLE = 8  # words that ``Words.pick`` picks from
ROW = 4  # words that one load brings
OCTET = 2 * ROW
OCTETS = f"<{4 * TABLE} x i8>"
ORDERS = {8 * count: [byte // 4 * 4 + (byte - count) % 4 for byte in range(16)] for count in (1, 2)}
"""The byte that each byte of four words takes in a rotation by whole bytes."""


class Block:
    """A part of a function's body: lines, and fresh names that begin with ``prefix``."""

    def __init__(self, prefix: str = "t") -> None:
        self.prefix = prefix
        self.lines: list[str] = []
        self.numbers = count()

    def let(self, text: str) -> str:
        """A new value."""
        name = f"%{self.prefix}{next(self.numbers)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """A line without a value."""
        self.lines.append(f"  {text}")

    def label(self, name: str) -> None:
        """The start of a basic block."""
        self.lines.append(f"{name}:")


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
        block, columns, pointers = self.block, [], self._pointers(at, base)
        for start in range(0, self.width, OCTET):
            lanes = [
                block.let(f"load <{ROW} x i32>, ptr {pointer}, align 4")
                for pointer in pointers[start : start + OCTET]
            ]
            pairs = zip(lanes[:ROW], lanes[ROW:], strict=True)
            columns.append(transposed(block, [joined(block, ROW, *pair) for pair in pairs]))
        return [self._whole(list(parts)) for parts in zip(*columns, strict=True)]

    def _whole(self, parts: list[str]) -> str:
        """A vector of all lanes, from parts of it."""
        while len(parts) > 1:
            half = self.width // len(parts)
            pairs = zip(parts[::2], parts[1::2], strict=True)
            parts = [joined(self.block, half, *pair) for pair in pairs]
        return parts[0]

    def pick(self, table: str, at: str) -> str:
        """Words of a vector of ``TABLE`` words, by the three lowest bits of ``at`` (AVX2)."""
        block, kind = self.block, f"<{TABLE} x i32>"
        parts = []
        for start in range(0, self.width, TABLE):
            some = cut(block, self.width, at, range(start, start + TABLE))
            call = f"call {kind} @llvm.x86.avx2.permd({kind} {table}, {kind} {some})"
            parts.append(block.let(call))
        return self._whole(parts)

    def rotate(self, a: str, amount: int) -> str:
        """``a`` rotated left by 1..31 bits; by whole bytes as a shuffle where shifts are scarce."""
        block, kind = self.block, self.type
        if amount in ORDERS and self.width == TABLE and host().shuffles:
            given = block.let(f"bitcast {kind} {a} to {OCTETS}")
            order = block.let(f"load {OCTETS}, ptr @rotate_{amount}, align 64")
            call = f"call {OCTETS} @llvm.x86.avx2.pshuf.b({OCTETS} {given}, {OCTETS} {order})"
            return block.let(f"bitcast {OCTETS} {block.let(call)} to {kind}")
        arguments = f"{kind} {a}, {kind} {a}, {kind} {self.word(amount)}"
        return block.let(f"call {kind} @llvm.fshl.v{self.width}i32({arguments})")

    def _multiply(self, a: str, b: str) -> str:
        """Times 2**k + 1, perhaps doubled a few times, is a shift or two and a sum."""
        factor = constant(b)
        if factor:
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
        # Two constants by a bit: three plain ops, where a select would need a shift.
        first, second = constant(a), constant(b)
        if condition in self._bits and first is not None and second is not None:
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


def cut(block: Block, width: int, vector: str, lanes: Sequence[int]) -> str:
    """Some lanes of a vector of ``width`` words; poison where there is none."""
    kind = f"<{width} x i32>"
    text = ", ".join(f"i32 {lane if lane < width else 'poison'}" for lane in lanes)
    return block.let(f"shufflevector {kind} {vector}, {kind} poison, <{len(lanes)} x i32> <{text}>")


def joined(block: Block, width: int, first: str, second: str) -> str:
    """Two vectors of ``width`` words as one."""
    kind = f"<{width} x i32>"
    text = ", ".join(f"i32 {lane}" for lane in range(2 * width))
    return block.let(f"shufflevector {kind} {first}, {kind} {second}, <{2 * width} x i32> <{text}>")


def transposed(block: Block, rows: Sequence[str]) -> list[str]:
    """Four vectors of eight words, each half of them a matrix of four by four: columns for rows."""
    pairs = [_interleaved(block, rows[at], rows[at + 1], 1) for at in (0, 2)]
    return [
        column
        for first, second in zip(*pairs, strict=True)
        for column in _interleaved(block, first, second, 2)
    ]


def _interleaved(block: Block, first: str, second: str, run: int) -> list[str]:
    """``run`` words of each in turn: the lower two of every four, then the upper two.

    Processors have an instruction for each of these (unpack).
    """
    made, kind = [], f"<{OCTET} x i32>"
    for start in (0, 2):
        lanes = [
            four + at + side + k
            for four in range(0, OCTET, ROW)
            for at in range(start, start + 2, run)
            for side in (0, OCTET)
            for k in range(run)
        ]
        text = ", ".join(f"i32 {lane}" for lane in lanes)
        call = f"shufflevector {kind} {first}, {kind} {second}, <{OCTET} x i32> <{text}>"
        made.append(block.let(call))
    return made


def constant(operand: str) -> int | None:
    """The word that an operand is in every lane; None if it is no constant."""
    digits = operand.removeprefix("splat (i32 ").removesuffix(")")
    return int(digits) if digits.isdigit() else None


def table(name: str, words: Sequence[int], bits: int = 32) -> str:
    """A global constant."""
    text = ", ".join(f"i{bits} {word}" for word in words)
    return f"@{name} = internal constant [{len(words)} x i{bits}] [{text}], align 64"


DECLARATIONS = "\n".join(
    [
        *(
            f"declare <{n} x i32> @llvm.masked.gather.v{n}i32.v{n}p0("
            f"<{n} x ptr>, i32, <{n} x i1>, <{n} x i32>)\n"
            f"declare i32 @llvm.vector.reduce.or.v{n}i32(<{n} x i32>)"
            for n in (WIDTH, 2 * WIDTH)
        ),
        f"declare <{DRAW} x i32> @llvm.fshl.v{DRAW}i32("
        f"<{DRAW} x i32>, <{DRAW} x i32>, <{DRAW} x i32>)",
        # No constants, which LLVM would see through: it makes two shuffles of one.
        *(
            f"@rotate_{amount} = internal global {OCTETS}"
            f" <{', '.join(f'i8 {byte}' for byte in 2 * order)}>, align 64"
            for amount, order in ORDERS.items()
        ),
        f"declare {OCTETS} @llvm.x86.avx2.pshuf.b({OCTETS}, {OCTETS})",
        f"declare <{TABLE} x i32> @llvm.x86.avx2.permd(<{TABLE} x i32>, <{TABLE} x i32>)",
    ]
)
