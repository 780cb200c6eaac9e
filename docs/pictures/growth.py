"""What `verify` takes as programs grow, from the table on the page about performance."""

import re
from collections.abc import Iterator
from itertools import pairwise
from math import hypot, log10

from docs.page import ROOT, block

from .svg import Sheet

PAGE = ROOT / "docs" / "performance.md"
LEFT, TOP, WIDE, HIGH = 60, 48, 560, 260
SLOTS, SECONDS = (500, 200_000), (0.3, 30)  # what the two axes show, in powers
EVEN = 100e-6  # seconds a slot of the line to compare with
COLOURS = {"lanes": "three", "rounds": "five", "starter": "seven"}
WORDS = {
    "lanes": "vector, B=8 to 512",
    "rounds": "vector, R=1 to 40",
    "starter": "the starter program",
}
Point = tuple[float, float]


def measured(text: str) -> Iterator[tuple[str, Point]]:
    """Series, slots and processor seconds of each row; the judged shape stands in two series."""
    row = re.compile(
        r"\| `(\w+)`, H=10 R=(\d+) B=(\d+) \| [\d,]+ \| ([\d,]+) \| [\d.]+ \| ([\d.]+)"
    )
    for recipe, rounds, batch, slots, seconds in row.findall(block(text, "growth")):
        point = float(slots.replace(",", "")), float(seconds)
        if recipe == "baseline":
            yield "starter", point
            continue
        if rounds == "16":
            yield "lanes", point
        if batch == "256":
            yield "rounds", point


def draw() -> str:
    """Both axes in powers of ten, so that what grows in proportion to the slots is as steep."""
    sheet = Sheet(
        LEFT + WIDE + 20, TOP + HIGH + 50, "Processor seconds of verify by slots executed"
    )
    sheet.legend(LEFT, 18, {COLOURS[series]: WORDS[series] for series in COLOURS})
    sheet.text(LEFT - 48, 38, "seconds of the processor", "faint")
    for seconds in (0.3, 1, 3, 10, 30):
        _, y = _at((SLOTS[0], seconds))
        sheet.box("empty", LEFT, y, WIDE, 1)
        sheet.text(LEFT - 8, y + 4, f"{seconds:g}", "faint", "end")
    for slots in (500, 1_000, 10_000, 100_000):
        x, _ = _at((slots, SECONDS[0]))
        sheet.box("empty", x, TOP, 1, HIGH)
        sheet.text(x, TOP + HIGH + 18, f"{slots:,}", "faint", "middle")
    sheet.text(LEFT + WIDE, TOP + HIGH + 38, "slots executed", "faint", "end")
    _line(sheet, "empty", (SECONDS[0] / EVEN, SECONDS[0]), (SLOTS[1], SLOTS[1] * EVEN))
    x, y = _at((SLOTS[1], SLOTS[1] * EVEN))
    sheet.text(x - 8, y - 12, "100 µs a slot", "faint", "end")
    series: dict[str, list[Point]] = {name: [] for name in COLOURS}
    for name, point in measured(PAGE.read_text("utf-8")):
        series[name].append(point)
    for name, points in series.items():
        points.sort()
        for one, other in pairwise(points):
            _line(sheet, COLOURS[name], one, other)
        for x, y in map(_at, points):
            sheet.box(COLOURS[name], x - 4, y - 4, 8, 8)
    return sheet.svg()


def _at(point: Point) -> Point:
    (x, y), (left, right), (low, high) = point, SLOTS, SECONDS
    across = log10(x / left) / log10(right / left)
    up = log10(y / low) / log10(high / low)
    return round(LEFT + WIDE * across, 1), round(TOP + HIGH * (1 - up), 1)


def _line(sheet: Sheet, colour: str, one: Point, other: Point) -> None:
    (x, y), (x2, y2) = _at(one), _at(other)
    length = hypot(x2 - x, y2 - y)
    across, down = (y2 - y) / length, (x - x2) / length  # a unit at a right angle to it
    ends = [(x, y, 1), (x2, y2, 1), (x2, y2, -1), (x, y, -1)]
    sheet.shape(colour, [(a + side * across, b + side * down) for a, b, side in ends])
