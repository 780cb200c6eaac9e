"""The report's charts: SVG by matplotlib, the same bytes for the same data.

matplotlib draws small static SVG whose text stays text, and with a fixed salt its ids do not
change. Colours are drawn as placeholders and become CSS variables, so that one drawing serves
light and dark. Every chart brings the table that says the same.
"""

import io
import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from frozen.ops import ENGINES, SCRATCH_SIZE

from ...analysis.engines import shares
from ...analysis.summary import Analysis
from ...base.errors import MissingDependency
from ...base.install import install_hint
from ...challenge.facts import BASELINE, RECORDS
from ..history import Rung, steps
from .figures import Bound, bounds, palette, round_name, thresholds


@contextmanager
def _unconfigured() -> Iterator[None]:
    """Work in a folder whose ``matplotlibrc`` is empty: matplotlib looks there before all others.

    On import it reads one from the working directory, the environment or the home folder, which
    may start LaTeX.
    """
    before = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        with tempfile.TemporaryDirectory(prefix="cycleproof-") as empty:
            Path(empty, "matplotlibrc").touch()
            os.chdir(empty)
            try:
                yield
            finally:
                os.fchdir(before)
    finally:
        os.close(before)


# It warns about a home folder that takes no cache; the drawing is the same without one.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
try:
    with _unconfigured():
        import matplotlib as mpl
        from matplotlib.figure import Figure
except ImportError:
    raise MissingDependency("the report's charts need matplotlib", install_hint("report")) from None

# Placeholder colours and what stands for them in the page.
_COLOURS = {
    name: f"#0000{number:02x}"
    for number, name in enumerate(("ink", "soft", "line", "accent", "paper", *ENGINES), 1)
}
_RC: dict[Any, Any] = {
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "svg.fonttype": "none",
    "svg.hashsalt": "cycleproof",
    "font.size": 11,
    "text.color": _COLOURS["ink"],
    "axes.edgecolor": _COLOURS["soft"],
    "axes.labelcolor": _COLOURS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _COLOURS["ink"],
    "ytick.color": _COLOURS["ink"],
    "grid.color": _COLOURS["line"],
}
_WIDTH = 6.2  # inches; small enough for a phone to show without making the text tiny
_CAPTION = 76  # characters of a technique in the drawing; the table has all
POINTS = 160  # windows of a chart over time


class Chart(NamedTuple):
    """One figure: its drawing, what it shows in words, and the table behind it."""

    title: str
    text: str
    svg: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def _draw(name: str, height: float, paint: Callable[[Any], None]) -> str:
    """Paint one figure and return it as inline SVG, its ids prefixed with ``name``."""
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the program around this one set
        mpl.rcParams.update(_RC)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        paint(figure)
        file = io.StringIO()
        metadata = dict.fromkeys(("Date", "Creator", "Type", "Format"))
        figure.savefig(file, format="svg", transparent=True, metadata=metadata)
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"|(<svg)', r"\1\2", svg, count=1)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    for variable, colour in _COLOURS.items():
        svg = svg.replace(colour, f"var(--{variable})")
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)


def _windows(cycles: int) -> list[tuple[int, int]]:
    width = -(-cycles // POINTS)
    return [(start, min(start + width, cycles)) for start in range(0, cycles, width)]


def bounds_chart(analysis: Analysis) -> Chart:
    """The lower bounds beside the cycle count."""
    found = [bound for bound in bounds(analysis) if bound.cycles]
    cycles = analysis.cycles

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        names = [bound.name for bound in found][::-1]
        values = [bound.cycles for bound in found][::-1]
        colours = [_COLOURS.get(name, _COLOURS["soft"]) for name in names]
        axes.barh(names, values, color=colours, height=0.7)
        for row, value in enumerate(values):
            axes.annotate(f"{value:,.1f}", (cycles * 1.02, row), va="center")
        axes.axvline(cycles, color=_COLOURS["accent"], linewidth=2)
        axes.set_xlim(0, cycles * 1.15)
        axes.set_xlabel(f"cycles (the line: the {cycles:,} that the run takes)")

    best: Bound = found[0]
    return Chart(
        "What no schedule of these slots can beat",
        f"The highest lower bound is {best.name} with {best.cycles:,.1f} of {cycles:,} cycles.",
        _draw("bounds", 0.6 + 0.32 * len(found), paint),
        ("bound", "cycles", "of the run", "because"),
        [(b.name, f"{b.cycles:,.1f}", f"{b.cycles / cycles:.1%}", b.reason) for b in found],
    )


def standing_chart(cycles: int) -> Chart:
    """The cycle count among the challenge's thresholds and the public records."""
    entries = [(f"threshold: {name}", limit) for name, limit, _ in thresholds(cycles)]
    entries += [(f"{record.what} ({record.date})", record.cycles) for record in RECORDS]
    entries = sorted([*entries, ("this kernel", cycles)], key=lambda entry: -entry[1])

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        for number, (name, value) in enumerate(entries):
            mine = name == "this kernel"
            colour = _COLOURS["accent" if mine else "soft"]
            axes.plot(
                [value], [-number], "D" if mine else "o", color=colour, markersize=8 if mine else 5
            )
            weight = "bold" if mine else "normal"
            axes.annotate(
                f"{value:,}  {name}",
                (value, -number),
                (9, 0),
                textcoords="offset points",
                va="center",
                weight=weight,
                annotation_clip=False,
            )
        axes.set_xscale("log")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        lowest = min(value for _, value in entries)
        axes.set_xlim(lowest * 0.85, BASELINE * 60)
        axes.set_xticks([1_000, 10_000, 100_000], ["1,000", "10,000", "100,000"])
        axes.minorticks_off()
        axes.set_xlabel("cycles, log scale; fewer is better")

    below = sum(cycles < limit for _, limit, _ in thresholds(cycles))
    return Chart(
        "Where the cycle count stands",
        f"{cycles:,} cycles lie below {below} of the {len(thresholds(cycles))} thresholds.",
        _draw("standing", 0.7 + 0.24 * len(entries), paint),
        ("", "cycles", "this kernel is"),
        [
            (name, f"{value:,}", "" if name == "this kernel" else _compare(cycles, value))
            for name, value in entries
        ],
    )


def _compare(cycles: int, other: int) -> str:
    if cycles == other:
        return "equal"
    return f"{abs(cycles - other):,} {'below' if cycles < other else 'above'}"


def utilisation_chart(analysis: Analysis) -> Chart:
    """How full each engine is over time."""
    windows = _windows(analysis.cycles)
    use = [shares(analysis.slots_per_cycle, start, end) for start, end in windows]

    def paint(figure: Any) -> None:
        for engine, axes in zip(ENGINES, figure.subplots(len(ENGINES), sharex=True), strict=True):
            times = [start for start, _ in windows] + [analysis.cycles]
            values = [100 * share[engine] for share in use]
            axes.stairs(values, times, fill=True, color=_COLOURS[engine])
            axes.set_ylim(0, 100)
            axes.set_yticks([0, 100], ["0", "100 %"])
            axes.set_ylabel(engine, rotation=0, ha="right", va="center", labelpad=2)
            axes.margins(x=0)
        axes.set_xlabel("cycle")

    rows = [
        (
            f"{phase.start:,}–{phase.end - 1:,}",
            *(f"{share:.0%}" for share in phase.utilisation.values()),
            " ".join(phase.full) or "nothing full",
        )
        for phase in analysis.use.phases
    ]
    best = max(analysis.use.engines, key=lambda engine: engine.utilisation)
    return Chart(
        "How full the engines are over time",
        f"The fullest engine is {best.name}: {best.utilisation:.1%} of its slots are used.",
        _draw("utilisation", 3.3, paint),
        ("cycles", *ENGINES, "97 % full or more"),
        rows,
    )


def scratch_chart(analysis: Analysis) -> Chart:
    """Live scratch words over time."""
    live = analysis.liveness.words
    windows = _windows(analysis.cycles)

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        times = [start for start, _ in windows] + [analysis.cycles]
        peaks = [max(live[start:end]) for start, end in windows]
        axes.stairs(peaks, times, fill=True, color=_COLOURS["load"])
        axes.axhline(SCRATCH_SIZE, color=_COLOURS["accent"], linewidth=1.5)
        axes.annotate(
            f"{SCRATCH_SIZE} words there are",
            (0, SCRATCH_SIZE),
            (4, -12),
            textcoords="offset points",
        )
        axes.set_ylim(0, SCRATCH_SIZE * 1.05)
        axes.margins(x=0)
        axes.set_xlabel("cycle")
        axes.set_ylabel("live words")

    peak = max(live)
    return Chart(
        "Scratch pressure",
        f"At most {peak:,} of {SCRATCH_SIZE:,} words hold a value that is still needed, at cycle"
        f" {live.index(peak):,}.",
        _draw("scratch", 2.1, paint),
        ("cycles", "peak of live words"),
        [(f"{start:,}–{end - 1:,}", f"{top:,}") for start, end, top in analysis.pressure],
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
    ramp = palette(rounds)
    colours = [_COLOURS["soft"], *ramp, _COLOURS["ink"]]

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        times = [(start + end) / 2 for start, end in windows]
        axes.stackplot(times, *zip(*counts, strict=True), colors=colours, linewidth=0)
        axes.margins(x=0)
        axes.set_xlabel("cycle")
        axes.set_ylabel("slots a cycle")

    totals = analysis.slots_by_round
    mixed = _mixed(counts)
    return Chart(
        "Which rounds are in flight",
        f"Typically {mixed} rounds are in flight at once. Colours go from blue (round 0) to red"
        f" (round {rounds - 1}); grey is set-up.",
        _draw("rounds", 2.6, paint),
        ("", "slots", "of all"),
        [
            (round_name(n, rounds), f"{count:,}", f"{count / sum(totals.values()):.1%}")
            for n, count in totals.items()
        ],
    )


def _mixed(counts: Sequence[Sequence[float]]) -> int:
    """The median number of rounds that have a slot in a window."""
    return sorted(sum(bool(share) for share in row[1:-1]) for row in counts)[len(counts) // 2]


def history_chart(rungs: Sequence[Rung], mine: str) -> Chart:
    """The ladder: every recorded rung, log scale; ``mine`` is the program of this report."""
    entries = [
        (BASELINE, "the starter program", ""),
        *((r.cycles, r.technique, r.program_sha256) for r in rungs),
    ]

    def paint(figure: Any) -> None:
        axes = figure.subplots()
        least = min(cycles for cycles, *_ in entries) * 0.5
        for number, (cycles, technique, program) in enumerate(entries):
            colour = _COLOURS["accent" if program == mine else "alu"]
            axes.barh([-number], [cycles], color=colour, height=0.36)
            words = technique if len(technique) < _CAPTION else technique[: _CAPTION - 1] + "…"
            notes = ((least, words, (2, 14)), (cycles, f"{cycles:,}", (4, 0)))
            for at, text, offset in notes:
                axes.annotate(
                    *(text, (at, -number), offset), textcoords="offset points", va="center"
                ).set_in_layout(False)
        axes.set_xscale("log")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlim(least, BASELINE * 2.6)
        axes.set_ylim(0.7 - len(entries), 0.6)
        axes.set_xticks([1_000, 10_000, 100_000], ["1,000", "10,000", "100,000"])
        axes.minorticks_off()
        axes.set_xlabel("cycles, log scale")

    rows = [("the starter program", f"{BASELINE:,}", "", "")]
    rows += [
        (
            "this kernel" if rung.program_sha256 == mine else rung.technique,
            f"{rung.cycles:,}",
            f"{saved:,}",
            f"×{factor:.2f}",
        )
        for rung, (saved, factor) in zip(rungs, steps(rungs), strict=True)
    ]
    last = rungs[-1]
    return Chart(
        "How it got here",
        f"{len(rungs)} rungs from {BASELINE:,} cycles down to {last.cycles:,},"
        f" {BASELINE / last.cycles:,.0f} times faster: recorded, not verified here.",
        _draw("history", 0.6 + 0.52 * len(entries), paint),
        ("technique", "cycles", "saved", "faster"),
        rows,
    )
