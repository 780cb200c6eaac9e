"""Pieces of LLVM assembly: a function's body, the op table's primitives, tables of words."""

from collections.abc import Callable, Sequence
from itertools import count

from ..meaning import names_of, translate

WIDTH = 16  # lanes in one vector
DRAW = 8  # ChaCha blocks drawn at once


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
            "*": self._plain("mul"),
            "^": self._plain("xor"),
            "&": self._plain("and"),
            "|": self._plain("or"),
            "<<": self._shift("shl"),
            ">>": self._shift("lshr"),
            "<": self._compare("ult"),
            "==": self._compare("eq"),
            "//": self._divide("udiv"),
            "%": self._divide("urem"),
            "cdiv": self._ceiling,
            "?": lambda c, a, b: self.select(self.test("ne", c, self.word(0)), a, b),
        }

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

    def load(self, at: str) -> str:
        """The words at places of the image."""
        block = self.block
        pointer = block.let(f"getelementptr i32, ptr %image, {self.type} {at}")
        if self.width == 1:
            return block.let(f"load i32, ptr {pointer}")
        return block.let(
            f"call {self.type} @llvm.masked.gather.v{self.width}i32.v{self.width}p0("
            f"<{self.width} x ptr> {pointer}, i32 4, {self.bit} splat (i1 true),"
            f" {self.type} zeroinitializer)"
        )

    def _plain(self, op: str) -> Callable[[str, str], str]:
        return lambda a, b: self.let(op, a, b)

    def _shift(self, op: str) -> Callable[[str, str], str]:
        def emit(a: str, b: str) -> str:
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


def table(name: str, words: Sequence[int]) -> str:
    """A global constant."""
    text = ", ".join(f"i32 {word}" for word in words)
    return f"@{name} = internal constant [{len(words)} x i32] [{text}], align 64"


DECLARATIONS = f"""
declare <{WIDTH} x i32> @llvm.masked.gather.v{WIDTH}i32.v{WIDTH}p0(
  <{WIDTH} x ptr>, i32, <{WIDTH} x i1>, <{WIDTH} x i32>)
declare <{DRAW} x i32> @llvm.fshl.v{DRAW}i32(
  <{DRAW} x i32>, <{DRAW} x i32>, <{DRAW} x i32>)
declare i32 @llvm.vector.reduce.or.v{WIDTH}i32(<{WIDTH} x i32>)
"""
