"""The forked tables in memory, word by word, and the ways from one record to the next."""

from frozen.problem import JUDGED
from solution.graph import forked
from solution.graph import tables as records

from .strips import NODE, POINTER, record
from .svg import Sheet

ACROSS, CELL, LEFT, TOP = 26, 32, 66, 92
SHOWN = 9  # the node of level 3 whose record and whose grandchildren's are outlined


def draw() -> str:
    """A cell a word: which level's nodes it holds, or a pointer."""
    base = JUDGED.indices_p
    outer, inner, _ = forked.tables(base, records.plain(forked.LINEAR, 0))
    rows = -(-forked.SIZE // ACROSS)
    sheet = Sheet(LEFT + CELL * ACROSS + 20, TOP + (CELL + 4) * rows + 10, "The forked tables")
    legend = {
        "three": "(3,4) record",
        "five": "(5,6) record",
        "ten": "its pointer",
        "empty": "free",
    }
    sheet.legend(LEFT, 24, legend)
    sheet.text(LEFT, 48, "3, 4, 5, 6: a node of that level · p: where its grandchildren start")
    words = _words(outer, "three") | _words(inner, "five")
    for word in range(forked.SIZE):
        x, y = _place(word)
        colour, text = words.get(base + word, ("empty", ""))
        sheet.box(colour, x, y, CELL - 2, CELL - 2)
        sheet.text(x + CELL / 2 - 1, y + 20, text, "on", "middle")
        if word % ACROSS == 0:
            sheet.text(LEFT - 8, y + 20, f"{base + word}", "faint", "end")
    start = places(outer)[SHOWN]
    _outline(sheet, start - base, 3)
    for node, at in places(inner).items():
        if (node - 3) // 4 == SHOWN:  # children of n are 2n + 1 and 2n + 2
            _outline(sheet, at - base, 4)
    text = f"outlined: one record of level 3, at {start}, and its four grandchildren"
    sheet.text(LEFT, 70, text, "faint")
    return sheet.svg()


def places(table: forked.Forked) -> dict[int, int]:
    """Node -> the first word of its record."""
    first = (1 << table.level) - 1
    return {
        node: at - table.node for at, node in table.image().items() if first <= node < 2 * first + 1
    }


def _words(table: forked.Forked, colour: str) -> dict[int, tuple[str, str]]:
    found = {}
    for at in places(table).values():
        for word, what in record(table).items():
            level = table.level if what == NODE else table.level + 1
            pointer = what == POINTER
            found[at + word] = ("ten", "p") if pointer else (colour, f"{level}")
    return found


def _place(word: int) -> tuple[int, int]:
    return LEFT + CELL * (word % ACROSS), TOP + (CELL + 4) * (word // ACROSS)


def _outline(sheet: Sheet, word: int, size: int) -> None:
    """Around a record, in two parts where it goes over the end of a line."""
    first = min(size, ACROSS - word % ACROSS)
    for start, count in ((word, first), (word + first, size - first)):
        if count:
            x, y = _place(start)
            sheet.ring(x - 1, y - 1, CELL * count, CELL)
