"""The first and the last cycles of the shipped program, slot by slot."""

from frozen.ops import ENGINES, SLOT_LIMITS

from .shipped import shipped
from .svg import Sheet

HEAD, TAIL = 24, 48  # cycles shown
CELL, LEFT, TOP, GAP = 11, 60, 46, 34
COLOURS = dict(zip(ENGINES, ("three", "five", "seven", "nine", "ten"), strict=False))


def draw() -> str:
    """A column a cycle, a cell a slot; grey cells are idle."""
    program, _ = shipped()
    count = len(program)
    tops, y = {}, TOP
    for engine in ENGINES:
        if SLOT_LIMITS[engine] and engine in COLOURS:
            tops[engine] = y
            y += CELL * SLOT_LIMITS[engine] + 7
    columns = [*range(HEAD), *range(count - TAIL, count)]
    width = LEFT + CELL * len(columns) + GAP + 20
    sheet = Sheet(width, y + 10, "Slots used in the first and the last cycles")
    sheet.text(LEFT, 18, f"cycles 0 to {HEAD - 1}")
    sheet.text(_x(HEAD), 18, f"the last {TAIL} cycles, {count - TAIL} to {count - 1}")
    for engine, top in tops.items():
        sheet.text(LEFT - 8, top + CELL - 1, engine, "ink", "end")
    for number, cycle in enumerate(columns):
        for engine, top in tops.items():
            used = len(program[cycle].get(engine, ()))
            for slot in range(SLOT_LIMITS[engine]):
                colour = COLOURS[engine] if slot < used else "empty"
                sheet.box(colour, _x(number), top + CELL * slot, CELL - 2, CELL - 2)
        if cycle % 8 == 0:
            sheet.text(_x(number) + 4, TOP - 8, f"{cycle}", "faint", "middle")
    return sheet.svg()


def _x(column: int) -> int:
    return LEFT + CELL * column + (GAP if column >= HEAD else 0)
