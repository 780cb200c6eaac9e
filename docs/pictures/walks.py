"""Every group's way through its rounds, over the cycles of the shipped program."""

import re
from itertools import chain

from frozen.ops import ENGINES, SLOT_LIMITS

from .shipped import shipped
from .svg import SERVED, Sheet

LEFT, TOP, ROW, WIDTH = 78, 56, 10, 873
ENGINE_ROW = 24
BY_LEVEL = ("select",) * 3 + ("three",) * 2 + ("five",) * 2 + ("seven",) * 2 + ("nine", "ten")
LABEL = re.compile(r"g(\d+) r(\d+) L(\d+) ")


def stages() -> dict[int, list[tuple[int, str]]]:
    """Group -> (first cycle, colour) of each stretch of rounds that one way serves, in order."""
    _, labels = shipped()
    first: dict[tuple[int, int], int] = {}
    level: dict[int, int] = {}
    for cycle, bundle in enumerate(labels):
        for label in chain.from_iterable(bundle.values()):
            found = LABEL.match(label)
            if found:
                group, number, at = map(int, found.groups())
                first.setdefault((group, number), cycle)
                level[number] = at
    walks: dict[int, list[tuple[int, str]]] = {}
    for (group, number), cycle in sorted(first.items()):
        colour = BY_LEVEL[level[number]]
        row = walks.setdefault(group, [])
        if not row or row[-1][1] != colour:
            row.append((cycle, colour))
    return walks


def ends() -> dict[int, int]:
    """Group -> the cycle of its last op."""
    _, labels = shipped()
    last: dict[int, int] = {}
    for cycle, bundle in enumerate(labels):
        for label in chain.from_iterable(bundle.values()):
            found = re.match(r"g(\d+) ", label)
            if found:
                last[int(found[1])] = cycle
    return last


def draw() -> str:
    """A row a group, then how full each engine is."""
    program, _ = shipped()
    scale = WIDTH / len(program)
    walks, last = stages(), ends()
    below = TOP + ROW * len(walks) + 34
    height = below + ENGINE_ROW * len(ENGINES) + 30
    sheet = Sheet(LEFT + WIDTH + 60, height, "The walks of 32 groups over the cycles")
    sheet.legend(LEFT, 22, SERVED)
    for group, row in walks.items():
        y = TOP + ROW * group
        stops = [cycle for cycle, _ in row[1:]] + [last[group] + 1]
        for (start, colour), stop in zip(row, stops, strict=True):
            sheet.box(colour, _at(start, scale), y, round((stop - start) * scale, 1), ROW - 2)
        if group % 4 == 0:
            sheet.text(LEFT - 8, y + ROW - 1, f"group {group}", "faint", "end")
    _axis(sheet, len(program), scale, TOP - 8)
    for number, engine in enumerate(ENGINES):
        y = below + ENGINE_ROW * number
        full = ENGINE_ROW - 6
        sheet.box("empty", LEFT, y, WIDTH, full)
        used = [len(bundle.get(engine, ())) for bundle in program]
        limit = SLOT_LIMITS[engine]
        start = 0
        for cycle in range(1, len(used) + 1):
            if cycle == len(used) or used[cycle] != used[start]:
                high = round(full * used[start] / limit, 1)
                if high:
                    width = round((cycle - start) * scale, 1)
                    sheet.box("three", _at(start, scale), y + full - high, width, high)
                start = cycle
        sheet.text(LEFT - 8, y + full - 4, engine, "ink", "end")
        share = sum(used) / (limit * len(used))
        sheet.text(LEFT + WIDTH + 8, y + full - 4, f"{share:.0%}", "faint")
    _axis(sheet, len(program), scale, height - 14)
    return sheet.svg()


def _at(cycle: int, scale: float) -> float:
    return round(LEFT + cycle * scale, 1)


def _axis(sheet: Sheet, cycles: int, scale: float, y: int) -> None:
    for cycle in [*range(0, cycles - 50, 100), cycles]:
        sheet.text(_at(cycle, scale), y, f"{cycle}", "faint", "middle")
