"""Vectors of words cut, joined, transposed, and picked from."""

from collections.abc import Sequence

from .block import Block

FOUR = 4  # words in the vectors that are transposed
PICK_8, PICK_16, PICK_32 = (
    f"@llvm.x86.{name}"
    for name in ("avx2.permd", "avx512.permvar.si.512", "avx512.vpermi2var.d.512")
)
DECLARATIONS = f"""
declare <8 x i32> {PICK_8}(<8 x i32>, <8 x i32>)
declare <16 x i32> {PICK_16}(<16 x i32>, <16 x i32>)
declare <16 x i32> {PICK_32}(<16 x i32>, <16 x i32>, <16 x i32>)
"""


def shuffled(block: Block, width: int, first: str, second: str, lanes: Sequence[int | None]) -> str:
    """The words of two vectors of ``width`` words at these lanes of both; None: any word."""
    kind = f"<{width} x i32>"
    text = ", ".join(f"i32 {'poison' if lane is None else lane}" for lane in lanes)
    return block.let(
        f"shufflevector {kind} {first}, {kind} {second}, <{len(lanes)} x i32> <{text}>"
    )


def cut(block: Block, width: int, vector: str, lanes: Sequence[int]) -> str:
    """Some lanes of a vector of ``width`` words; any word where there is no such lane."""
    return shuffled(
        block, width, vector, "poison", [lane if lane < width else None for lane in lanes]
    )


def joined(block: Block, width: int, parts: Sequence[str]) -> str:
    """Vectors of ``width`` words, a power of two of them, as one."""
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=True)
        parts = [shuffled(block, width, *pair, range(2 * width)) for pair in pairs]
        width *= 2
    return parts[0]


def transposed(block: Block, width: int, rows: Sequence[str]) -> list[str]:
    """Four vectors, of which each four words are a row of a matrix: columns for rows."""
    pairs = [_interleaved(block, width, rows[at], rows[at + 1], 1) for at in (0, 2)]
    return [
        column
        for first, second in zip(*pairs, strict=True)
        for column in _interleaved(block, width, first, second, 2)
    ]


def _interleaved(block: Block, width: int, first: str, second: str, run: int) -> list[str]:
    """``run`` words of each in turn: the lower two of every four, then the upper two.

    Processors have an instruction for each of these (unpack).
    """
    return [
        shuffled(
            block,
            width,
            first,
            second,
            [
                four + at + side + k
                for four in range(0, width, FOUR)
                for at in range(start, start + 2, run)
                for side in (0, width)
                for k in range(run)
            ],
        )
        for start in (0, 2)
    ]


def picked(block: Block, width: int, tables: Sequence[str], at: str) -> str:
    """Words of one or two vectors of ``width`` words, by the lowest bits of ``at``."""
    kind = f"<{width} x i32>"
    if len(tables) == 2:
        order = f"{kind} {tables[0]}, {kind} {at}, {kind} {tables[1]}"
        return block.let(f"call {kind} {PICK_32}({order})")
    name = PICK_16 if width == 16 else PICK_8
    return block.let(f"call {kind} {name}({kind} {tables[0]}, {kind} {at})")
