"""The record over time, as places on a drawing: steps on a logarithmic scale, and who made them."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from ...evidence.wording import Word
from ..rank import Entry

WIDTH, HEIGHT = 760, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 20, 40


class Mark(NamedTuple):
    """One new record: its place in the drawing and its text."""

    x: float
    y: float
    cycles: int
    name: str
    author: str
    seen: str
    page: str


class Known(NamedTuple):
    """A count that others published; nothing of it was judged here."""

    cycles: int
    text: str


class Line(NamedTuple):
    """A horizontal line: a tick of the scale, or a count that others know."""

    y: float
    text: str


class Chart(NamedTuple):
    """The drawing. ``path`` is the steps' SVG path."""

    marks: tuple[Mark, ...]
    path: str
    ticks: tuple[Line, ...]
    known: tuple[Line, ...]
    days: tuple[Line, ...]  # along the x axis: ``y`` is the place from the left
    width: int = WIDTH
    height: int = HEIGHT


def records(entries: Sequence[Entry]) -> list[Entry]:
    """The proved entries that were the best when they were first seen, in that order."""
    best: int | None = None
    found = []
    proved = [entry for entry in entries if entry.verdict is Word.PROVED and entry.cycles]
    for entry in sorted(proved, key=lambda entry: (entry.row.seen, entry.cycles or 0)):
        if best is None or (entry.cycles or 0) < best:
            best = entry.cycles
            found.append(entry)
    return found


def record_chart(
    entries: Sequence[Entry], known: Sequence[Known], pages: dict[int, str]
) -> Chart | None:
    """The chart of the records among ``entries``, or None without one.

    ``known`` is drawn as lines. ``pages``: an entry's page by its row's number.
    """
    steps = records(entries)
    if not steps:
        return None
    counts = [entry.cycles or 1 for entry in steps]
    # A line far above every step would press the steps flat.
    lines = [(count, text) for count, text in known if count <= 4 * max(counts)]
    all_counts = [*counts, *(count for count, _ in lines)]
    low, high = min(all_counts) / 1.06, max(all_counts) * 1.12
    times = [_seconds(entry.row.seen) for entry in steps]
    last = max(_seconds(entry.row.seen) for entry in entries)
    span = max(1.0, last - times[0])

    def x(seconds: float) -> float:
        return round(_LEFT + (seconds - times[0]) / span * (WIDTH - _LEFT - _RIGHT), 1)

    def y(count: float) -> float:
        share = (math.log(high) - math.log(count)) / (math.log(high) - math.log(low))
        return round(_TOP + share * (HEIGHT - _TOP - _BOTTOM), 1)

    marks = tuple(
        Mark(
            x(time),
            y(count),
            count,
            entry.row.name,
            entry.row.author,
            day(entry.row.seen),
            pages[entry.row.id],
        )
        for entry, count, time in zip(steps, counts, times, strict=True)
    )
    path = f"M{marks[0].x} {marks[0].y}" + "".join(f"H{m.x}V{m.y}" for m in marks[1:])
    days = [Line(x(times[0]), day(steps[0].row.seen))]
    if last > times[0]:
        days.append(Line(x(last), day(_text(last))))
    return Chart(
        marks,
        path + f"H{WIDTH - _RIGHT}",
        tuple(Line(y(tick), f"{tick:,}") for tick in _ticks(low, high)),
        tuple(Line(y(count), f"{count:,}: {text}") for count, text in lines),
        tuple(days),
    )


def day(seen: str) -> str:
    """The day of a moment such as ``2026-11-26T18:00:00Z``."""
    return seen[:10]


def _seconds(seen: str) -> float:
    return datetime.strptime(seen, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ticks(low: float, high: float) -> list[int]:
    """Round counts between the two: powers of ten times 1, 2, 5, and finer where few fit."""
    for parts in ((1, 2, 5), (1, 1.5, 2, 3, 5, 7), tuple(n / 10 for n in range(10, 100))):
        ticks = [
            round(part * 10**power)
            for power in range(6)
            for part in parts
            if low <= part * 10**power <= high
        ]
        if len(ticks) >= 3:
            return ticks[:: max(1, len(ticks) // 6)]
    return ticks
