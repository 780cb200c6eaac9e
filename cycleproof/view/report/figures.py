"""The sentences and rows that ``show`` and the HTML report have in common."""

import colorsys
from collections.abc import Sequence
from typing import NamedTuple

from ...analysis.summary import Analysis
from ...base.text import listed
from ...challenge.facts import THRESHOLDS

BOUND = 0.9  # a floor explains the cycle count if it is at least this share of it


class Bound(NamedTuple):
    """A number of cycles that no schedule of these slots can go below, and why."""

    name: str
    cycles: float
    reason: str


def bounds(analysis: Analysis) -> list[Bound]:
    """All lower bounds, the highest first."""
    rows = [
        Bound(
            engine.name,
            engine.slots / engine.limit,
            f"{engine.slots:,} slots, {engine.limit} a cycle",
        )
        for engine in analysis.use.engines
    ]
    path = analysis.critical_path.length
    rows += [
        Bound(
            "compute",
            analysis.use.compute_floor,
            "alu and valu together, a vector op as 8 scalar lanes",
        ),
        Bound("latency", path, f"a chain of {path:,} slots, each waiting for the one before"),
    ]
    return sorted(rows, key=lambda row: -row.cycles)


def explanation(analysis: Analysis) -> list[str]:
    """Why the program takes the cycles that it takes: two or three sentences."""
    use, cycles = analysis.use, analysis.cycles
    (engine,) = (engine for engine in use.engines if engine.name == use.binding)
    need = engine.slots / engine.limit
    path = analysis.critical_path.length
    lines = []
    if need >= BOUND * cycles:
        also = [
            other.name
            for other in use.engines
            if other is not engine and other.slots / other.limit >= BOUND * cycles
        ]
        lines.append(
            f"{engine.name} binds: its {engine.slots:,} slots need {need:,.1f} of the"
            f" {cycles:,} cycles at {engine.limit} a cycle."
            + (f" Nearly full as well: {', '.join(also)}." if also else "")
        )
        idle = engine.idle
        parts = [
            f"{slots / engine.limit:,.1f} {where}"
            for slots, where in (
                (idle.head, f"at the start (before cycle {use.head:,})"),
                (idle.steady, "in between"),
                (idle.tail, f"at the end (from cycle {use.tail:,} on)"),
            )
            if slots
        ]
        if parts:
            lines.append(
                f"The other {cycles - need:,.1f} cycles are lost to empty {engine.name} slots:"
                f" {listed(parts)}."
            )
        lines.append(
            f"Latency does not bind: the longest chain of dependent slots takes {path:,} cycles."
            if path < BOUND * cycles
            else f"Latency binds as well: the longest chain takes {path:,} cycles."
        )
    elif path >= BOUND * cycles:
        lines.append(
            f"Latency binds: a chain of {path:,} slots, each waiting for the one before, takes"
            f" {path:,} of the {cycles:,} cycles, however many slots are free."
        )
    else:
        total = sum(e.slots for e in use.engines)
        room = sum(e.limit for e in use.engines) * cycles
        lines.append(
            f"No engine and no chain of dependences binds: the same slots would fit in"
            f" {max(need, path):,.0f} cycles ({engine.name if need >= path else 'latency'}), but"
            f" the schedule uses {total / room:.0%} of its slots over {cycles:,} cycles."
        )
    return lines


def thresholds(cycles: int) -> list[tuple[str, int, bool]]:
    """The challenge's thresholds: name and date, limit, whether ``cycles`` lies below."""
    return [(row.described, row.cycles, cycles < row.cycles) for row in THRESHOLDS]


def round_name(number: int, rounds: int) -> str:
    """The name of a slot's round."""
    return "set-up" if number < 0 else "output" if number >= rounds else f"round {number}"


def sparkline(values: Sequence[float], top: float) -> str:
    """One block character per value, of 0 to ``top``."""
    blocks = " ▁▂▃▄▅▆▇█"
    return "".join(blocks[min(8, round(8 * value / top))] if top else " " for value in values)


def palette(steps: int) -> list[str]:
    """Colours of the rounds in order, blue to red, that stand out on light and on dark."""
    colours = []
    for number in range(steps):
        hue = 0.66 * (1 - number / max(1, steps - 1))
        channels = colorsys.hls_to_rgb(hue, (0.46, 0.6)[number % 2], 0.62)
        colours.append("#" + "".join(f"{round(255 * channel):02x}" for channel in channels))
    return colours
