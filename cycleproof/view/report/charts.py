"""The report's charts as data; the page draws them as bars and plain SVG.

Every chart brings the table that says the same. Lengths are shares of the drawing's width or
height, so text never shrinks with it: all text is the page's own.
"""

from collections.abc import Callable, Iterable, Sequence
from math import log
from typing import NamedTuple

from frozen.ops import ENGINES, SCRATCH_SIZE

from ...analysis.engines import FULL, shares
from ...analysis.summary import Analysis
from ...base.text import plural
from ...challenge.facts import BASELINE, RECORDS
from ..history import Rung, steps
from .figures import bounds, palette, round_name, thresholds
from .rows import phase_rows

POINTS = 160  # windows of a chart over time
TICKS = 5  # at most so many numbers below a plot: a phone has room for them
WIDE, HIGH = 1000, 100  # units of a plot's drawing; the page stretches it
SCALE = 2_400  # cycles up to which the standing is drawn: 869 and 1,026 are to be told apart


class Bar(NamedTuple):
    """A line of a list of bars. ``share``: of the width, at most 1. ``cut``: it goes on beyond."""

    label: str
    value: str
    share: float
    colour: str
    mine: bool = False
    cut: bool = False


class Layer(NamedTuple):
    """An area of a plot: the data of an SVG path, in ``WIDE`` by ``HIGH`` units, and its colour."""

    path: str
    colour: str


class Plot(NamedTuple):
    """Areas over time. ``top``: what the height stands for. ``line``: a mark at a share of it."""

    label: str
    top: str
    layers: Sequence[Layer]
    line: float = 0.0


class Tick(NamedTuple):
    """A number below a plot, at a share of its width."""

    share: float
    text: str


class Chart(NamedTuple):
    """One figure: what it shows in words, its drawing, and the table behind it."""

    title: str
    text: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    bars: Sequence[Bar] = ()
    mark: float = 0.0  # a line across all bars, at this share of the width
    plots: Sequence[Plot] = ()
    ticks: Sequence[Tick] = ()


def bounds_chart(analysis: Analysis) -> Chart:
    """The lower bounds beside the cycle count."""
    found = [bound for bound in bounds(analysis) if bound.cycles]
    cycles = analysis.cycles
    bars = [
        Bar(
            bound.name,
            f"{bound.cycles:,.1f}",
            bound.cycles / cycles,
            bound.name if bound.name in ENGINES else "soft",
        )
        for bound in found
    ]
    best = found[0]
    return Chart(
        "What no schedule of these slots can beat",
        f"The highest lower bound is {best.name} with {best.cycles:,.1f} of {cycles:,} cycles; a"
        " bar that reaches the mark would be the whole run.",
        ("bound", "cycles", "of the run", "because."),
        [(b.name, f"{b.cycles:,.1f}", f"{b.cycles / cycles:.1%}", b.reason) for b in found],
        bars,
        mark=1.0,
    )


def standing_chart(cycles: int) -> Chart:
    """The cycle count among the challenge's thresholds and the public records."""
    limits = thresholds(cycles)
    entries = [(f"threshold: {name}", limit) for name, limit, _ in limits]
    entries += [(record.described, record.cycles) for record in RECORDS]
    entries = sorted([*entries, ("this kernel", cycles)], key=lambda entry: -entry[1])
    scale = max(SCALE, cycles)
    bars = [
        Bar(
            name,
            f"{count:,}",
            min(1.0, count / scale),
            "accent" if name == "this kernel" else "soft",
            name == "this kernel",
            count > scale,
        )
        for name, count in entries
    ]
    below = sum(lies for *_, lies in limits)
    return Chart(
        "Where the cycle count stands",
        f"{cycles:,} cycles lie below {below} of the {len(limits)} thresholds. Fewer is better; a"
        f" full bar is {scale:,} cycles, and a longer one is cut.",
        ("", "cycles", "this kernel is."),
        [
            (name, f"{count:,}", "" if name == "this kernel" else _compare(cycles, count))
            for name, count in entries
        ],
        bars,
    )


def _compare(cycles: int, other: int) -> str:
    if cycles == other:
        return "equal"
    return f"{abs(cycles - other):,} {'below' if cycles < other else 'above'}"


def utilisation_chart(analysis: Analysis) -> Chart:
    """How full each engine is over time."""
    windows = _windows(analysis.cycles)
    use = [shares(analysis.slots_per_cycle, start, end) for start, end in windows]
    plots = [
        Plot(
            engine,
            "100%",
            [Layer(_stairs(windows, [share[engine] for share in use]), engine)],
        )
        for engine in ENGINES
    ]
    best = max(analysis.use.engines, key=lambda engine: engine.utilisation)
    return Chart(
        "How full the engines are over time",
        f"The fullest engine is {best.name}: {best.utilisation:.1%} of its slots are used."
        f" In the table an engine is full at {FULL:.0%} or more.",
        *phase_rows(analysis),
        plots=plots,
        ticks=_ticks(analysis.cycles),
    )


def scratch_chart(analysis: Analysis) -> Chart:
    """Live scratch words over time."""
    live = analysis.liveness.words
    windows = _windows(analysis.cycles)
    peaks = [max(live[start:end]) / SCRATCH_SIZE for start, end in windows]
    peak = max(live)
    return Chart(
        "Scratch pressure",
        f"At most {peak:,} of {SCRATCH_SIZE:,} words hold a value that is still needed, at cycle"
        f" {live.index(peak):,}.",
        ("cycles", "peak of live words"),
        [(f"{start:,}–{end - 1:,}", f"{top:,}") for start, end, top in analysis.pressure],
        plots=[
            Plot("live words", f"{SCRATCH_SIZE:,}", [Layer(_stairs(windows, peaks), "load")], 1.0)
        ],
        ticks=_ticks(analysis.cycles),
    )


def rounds_chart(analysis: Analysis) -> Chart:
    """Which rounds the slots work on, over time."""
    rounds = analysis.artifact.shape.rounds
    numbers = range(-1, rounds + 1)
    windows = _windows(analysis.cycles)
    counts = []
    for start, end in windows:
        first, last = analysis.first_slot[start], analysis.first_slot[end]
        here = analysis.provenance.rounds[first:last]
        counts.append([here.count(number) / (end - start) for number in numbers])
    top = max(map(sum, counts))
    colours = ["soft", *palette(rounds), "mark"]
    # Each layer reaches down to the ground, the highest first, so that the lower ones cover it.
    layers = [
        Layer(_stairs(windows, [sum(row[: number + 1]) / top for row in counts]), colours[number])
        for number in reversed(range(len(numbers)))
    ]
    totals = analysis.slots_by_round
    return Chart(
        "Which rounds are in flight",
        f"Typically {_mixed(counts)} rounds are in flight at once. Colours go from blue (round 0)"
        f" to red (round {rounds - 1}); grey is set-up.",
        ("", "slots", "of all"),
        [
            (round_name(n, rounds), f"{count:,}", f"{count / sum(totals.values()):.1%}")
            for n, count in totals.items()
        ],
        plots=[Plot("slots a cycle", f"{top:.0f}", layers)],
        ticks=_ticks(analysis.cycles),
    )


def _mixed(counts: Sequence[Sequence[float]]) -> int:
    """The median number of rounds that have a slot in a window."""
    return sorted(sum(bool(share) for share in row[1:-1]) for row in counts)[len(counts) // 2]


def history_chart(rungs: Sequence[Rung], mine: str) -> Chart:
    """The ladder: every recorded rung, log scale; ``mine`` is the program of this report."""
    entries = [
        ("the starter program", BASELINE, ""),
        *((rung.technique, rung.cycles, rung.program_sha256) for rung in rungs),
    ]
    share = _log_share(cycles for _, cycles, _ in entries)
    rows = [("the starter program", f"{BASELINE:,}", "", "")]
    rows += [
        (
            "this kernel" if rung.program_sha256 == mine else rung.technique,
            f"{rung.cycles:,}",
            f"{saved:,}",
            f"{part:.1%}",
        )
        for rung, (saved, part) in zip(rungs, steps(rungs), strict=True)
    ]
    last = rungs[-1]
    return Chart(
        "How it got here",
        f"{plural(len(rungs), 'rung')} from {BASELINE:,} cycles down to {last.cycles:,},"
        f" {BASELINE / last.cycles:,.0f} times faster: recorded, not verified here. The bars are on"
        " a log scale.",
        ("technique", "cycles", "saved", "share"),
        rows,
        [
            Bar(
                name,
                f"{cycles:,}",
                share(cycles),
                "accent" if program == mine else "alu",
                program == mine,
            )
            for name, cycles, program in entries
        ],
    )


def _log_share(counts: Iterable[int]) -> Callable[[int], float]:
    """A length for each count on a log scale: the greatest is 1, the least an eighth."""
    logs = sorted(map(log, counts))
    least, width = logs[0], (logs[-1] - logs[0]) or 1.0
    return lambda count: 0.125 + 0.875 * (log(count) - least) / width


def _windows(cycles: int) -> list[tuple[int, int]]:
    width = -(-cycles // POINTS)
    return [(start, min(start + width, cycles)) for start in range(0, cycles, width)]


def _stairs(windows: Sequence[tuple[int, int]], heights: Sequence[float]) -> str:
    """The path of an area with one step for each window; ``heights`` are shares."""
    cycles = windows[-1][1]
    parts = [f"M0 {HIGH}"]
    for (_, end), height in zip(windows, heights, strict=True):
        parts.append(f"V{HIGH * (1 - height):.1f}H{WIDE * end / cycles:.1f}")
    return "".join([*parts, f"V{HIGH}Z"])


def _ticks(cycles: int) -> list[Tick]:
    """Round numbers from 0 on, at most ``TICKS`` and none that the right edge would cut."""
    step = next(
        size * 10**power
        for power in range(20)
        for size in (1, 2, 5)
        if cycles <= TICKS * size * 10**power
    )
    later = [Tick(at / cycles, f"{at:,}") for at in range(step, round(0.95 * cycles), step)]
    return [Tick(0, "cycle 0"), *later]
