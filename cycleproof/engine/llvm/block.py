"""Lines of LLVM assembly: a function's body, and tables of words."""

from collections.abc import Sequence
from itertools import count


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


def loop(name: str, step: int, end: int, body: Sequence[str]) -> list[str]:
    """Lines that leave ``entry``, run a body for %NAME = 0, ``step``, ... below ``end``, and go on.

    The body may begin with phis of its own, of ``entry`` and ``loop``.
    """
    return [
        "  br label %loop",
        "loop:",
        f"  %{name} = phi i32 [ 0, %entry ], [ %next, %loop ]",
        *body,
        f"  %next = add i32 %{name}, {step}",
        f"  %more = icmp ult i32 %next, {end}",
        "  br i1 %more, label %loop, label %done",
        "done:",
    ]


def table(name: str, words: Sequence[int], bits: int = 32) -> str:
    """A global constant."""
    text = ", ".join(f"i{bits} {word}" for word in words)
    return f"@{name} = internal constant [{len(words)} x i{bits}] [{text}], align 64"
