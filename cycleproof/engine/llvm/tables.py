"""LLVM assembly of the words that all lanes share: each formula of the image is a function.

Rows whose results lie side by side are made together, where each parameter that is a place finds
its words in two vectors; all others are made one by one in a loop.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..layout import Formula
from .block import Block, loop, table
from .emit import WIDTH, Words
from .vectors import shuffled

ROWS = 4  # rows that the loop makes at once
FEWEST = 4  # rows that are worth a vector

Row = tuple[int, ...]


class Stretch(NamedTuple):
    """Rows whose places lie less than ``WIDTH`` apart, by how far each lies behind the first."""

    place: int
    rows: dict[int, Row]


def maker(name: str, formula: Formula) -> str:
    """``make_NAME(image)``: the words of one formula."""
    stretches, others = _stretches(formula)
    block = Block("v")
    for stretch in stretches:
        _vector(block, formula, stretch)
    tables, rest = _loop(name, formula, others) if others else ([], [])
    return "\n".join(
        [
            *tables,
            f"define internal void @make_{name}(ptr noalias %image) {{",
            "entry:",
            *block.lines,
            *rest,
            "  ret void",
            "}",
        ]
    )


def _stretches(formula: Formula) -> tuple[list[Stretch], list[Row]]:
    """The rows that vectors make, and the others."""
    places = [args[0] + 1 for kind, args in formula.steps if kind == "cell"]
    rows, stretches, others = sorted(formula.rows), [], []
    while rows:
        first, some = rows[0][0], 1
        while some < len(rows) and rows[some][0] < first + WIDTH:
            if any(_windows([row[at] for row in rows[: some + 1]]) is None for at in places):
                break
            some += 1
        if some < FEWEST:
            others.append(rows.pop(0))
            continue
        stretches.append(Stretch(first, {row[0] - first: row for row in rows[:some]}))
        rows = rows[some:]
    return stretches, others


def _windows(places: Sequence[int]) -> tuple[int, int] | None:
    """Where two vectors begin that hold all of these places; None if there are none."""
    first = min(places)
    second = min((place for place in places if place >= first + WIDTH), default=first)
    return (first, second) if max(places) < second + WIDTH else None


def _vector(block: Block, formula: Formula, stretch: Stretch) -> None:
    """The words of a stretch; what lies between them stays as it is."""
    words = Words(block, WIDTH)
    # A lane without a row computes like the first one: no op sees a word that none would see.
    rows = [stretch.rows.get(lane, stretch.rows[0]) for lane in range(WIDTH)]

    def load(place: int) -> str:
        pointer = block.let(f"getelementptr i32, ptr %image, i32 {place}")
        return block.let(f"load {words.type}, ptr {pointer}, align 4")

    def cell(places: Sequence[int]) -> str:
        windows = _windows(places)
        if windows is None:
            raise ValueError("a stretch holds rows that two vectors do not hold")
        first, second = windows
        lanes = [at - first if at < first + WIDTH else at - second + WIDTH for at in places]
        return shuffled(block, WIDTH, load(first), load(second), lanes)

    values: list[str] = []
    for kind, args in formula.steps:
        if kind == "word":
            values.append(words.each([row[args[0] + 1] for row in rows]))
        elif kind == "cell":
            values.append(cell([row[args[0] + 1] for row in rows]))
        else:
            values.append(words.op(kind, [values[arg] for arg in args]))
    lanes = [lane if lane in stretch.rows else WIDTH + lane for lane in range(WIDTH)]
    whole = shuffled(block, WIDTH, values[-1], load(stretch.place), lanes)
    pointer = block.let(f"getelementptr i32, ptr %image, i32 {stretch.place}")
    block.do(f"store {words.type} {whole}, ptr {pointer}, align 4")


def _loop(name: str, formula: Formula, given: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Tables and code that make ``ROWS`` rows at a time; the last row is repeated to fill up."""
    block = Block()
    words = Words(block, 1)
    rows = [*given, *[given[-1]] * (-len(given) % ROWS)]
    columns = list(zip(*rows, strict=True))
    varying = [k for k, column in enumerate(columns) if len(set(column)) > 1]
    pairs = [varying[at : at + 2] for at in range(0, len(varying), 2)]
    tables = [
        table(f"pair_{name}_{number}", _packed([columns[k] for k in pair]), 64)
        for number, pair in enumerate(pairs)
    ]

    def parameters(row: str) -> list[str]:
        found = [words.word(column[0]) for column in columns]
        for number, pair in enumerate(pairs):
            at = block.let(f"getelementptr i64, ptr @pair_{name}_{number}, i32 {row}")
            both = block.let(f"load i64, ptr {at}")
            for k in pair:
                found[k] = block.let(f"trunc i64 {both} to i32")
                both = block.let(f"lshr i64 {both}, 32")
        return found

    for number in range(ROWS):
        to, *rest = parameters(words.let("add", "%row", words.word(number)))
        values: list[str] = []
        for kind, args in formula.steps:
            if kind == "word":
                values.append(rest[args[0]])
            elif kind == "cell":
                values.append(words.load(rest[args[0]]))
            else:
                values.append(words.op(kind, [values[arg] for arg in args]))
        place = block.let(f"zext i32 {to} to i64")
        at = block.let(f"getelementptr i32, ptr %image, i64 {place}")
        block.do(f"store i32 {values[-1]}, ptr {at}")
    return tables, loop("row", ROWS, len(rows), block.lines)


def _packed(columns: Sequence[Sequence[int]]) -> list[int]:
    """One column, or two side by side: a load finds both."""
    return [
        sum(word << 32 * at for at, word in enumerate(row)) for row in zip(*columns, strict=True)
    ]
