"""Where the words of eight records lie in scratch, for the three ways of taking a pair."""

from frozen.ops import VLEN
from solution.graph import forked, tables
from solution.graph.levels.strips import window

from .svg import Sheet

CELL, LEFT, TOP, PANEL = 26, 20, 30, 112
NODE, CHILD0, CHILD1, POINTER = "n", "c0", "c1", "p"
COLOURS = {NODE: "three", CHILD0: "five", CHILD1: "seven", POINTER: "ten"}


def record(table: tables.RecordTable) -> dict[int, str]:
    """Word of a window -> what it holds, for the words in use."""
    words = {table.node: NODE, table.child0: CHILD0, table.child1: CHILD1}
    return words | ({table.pointer: POINTER} if table.pointer >= 0 else {})


def strip(words: dict[int, str], stride: int) -> dict[int, tuple[int, str]]:
    """Word of the strip -> (lane, what) once all lanes have landed, each over its neighbour."""
    found: dict[int, tuple[int, str]] = {}
    for lane in range(VLEN):
        for at in range(VLEN):
            found.pop(stride * lane + at, None)
        for at, what in words.items():
            found[stride * lane + at] = lane, what
    return found


def draw() -> str:
    """Three panels: scalar, through the store engine, strided."""
    outer, inner, _ = forked.tables(0, tables.plain(forked.LINEAR, 0))
    pitch, _ = window(inner.fields)
    two = {outer.child0: CHILD0, outer.child1: CHILD1}
    width = 2 * LEFT + CELL * (VLEN * pitch + 4)
    sheet = Sheet(width, TOP + 3 * PANEL, "Words of eight records in a strip, for three ways")
    scalar = strip(record(inner), pitch)
    _panel(sheet, 0, "scalar: stride 4, every word stays; scalar ops read them strided", scalar)
    taken = strip({outer.child0: CHILD0}, 1)
    title = "t-record: stride 1, c0 side by side; c1 went to memory lane by lane and comes back"
    _panel(sheet, 1, title, taken | {VLEN + lane: (lane, CHILD1) for lane in range(VLEN)})
    title = "s-record: stride 2, c0 and c1 of a lane side by side; bits at the same stride select"
    _panel(sheet, 2, title, strip(two, 2))
    legend = {
        COLOURS[NODE]: "node", COLOURS[CHILD0]: "child for bit 0",
        COLOURS[CHILD1]: "child for bit 1", COLOURS[POINTER]: "pointer",
    }  # fmt: skip
    sheet.legend(LEFT, TOP + 3 * PANEL - 8, legend)
    return sheet.svg()


def _panel(sheet: Sheet, number: int, title: str, words: dict[int, tuple[int, str]]) -> None:
    y = TOP + PANEL * number
    sheet.text(LEFT, y, title)
    for word in range(max(words) + 1):
        x = LEFT + CELL * word
        lane, what = words.get(word, (-1, ""))
        sheet.box(COLOURS.get(what, "empty"), x, y + 12, CELL - 2, CELL - 2)
        if what:
            sheet.text(x + CELL / 2 - 1, y + 29, what, "on", "middle")
            sheet.text(x + CELL / 2 - 1, y + 52, f"{lane}", "faint", "middle")
    sheet.text(LEFT + CELL * (max(words) + 1) + 4, y + 52, "lane", "faint")
