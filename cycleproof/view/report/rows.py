"""The tables that ``show`` and the HTML report have in common."""

from collections.abc import Sequence
from typing import NamedTuple

from ...analysis.summary import Analysis
from .figures import round_name


class Rows(NamedTuple):
    """A table of text. A column whose name ends in a dot holds words, the others numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def engine_rows(analysis: Analysis) -> Rows:
    """The engines over the whole run."""
    return Rows(
        (
            *("engine", "slots", "floor", "used", "full cycles"),
            *(f"idle: {part}" for part in ("head", "steady", "tail")),
        ),
        [
            (
                engine.name,
                f"{engine.slots:,}",
                f"{engine.floor:,}",
                f"{engine.utilisation:.1%}",
                f"{engine.full_cycles:,}",
                *(f"{idle:,}" for idle in engine.idle),
            )
            for engine in analysis.use.engines
        ],
    )


def phase_rows(analysis: Analysis) -> Rows:
    """Which engines are full, and when."""
    use = analysis.use
    return Rows(
        ("cycles", *(engine.name for engine in use.engines), "full."),
        [
            (
                f"{phase.start:,}–{phase.end - 1:,}",
                *(f"{share:.0%}" for share in phase.utilisation.values()),
                " ".join(phase.full) or "none",
            )
            for phase in use.phases
        ],
    )


def load_rows(analysis: Analysis) -> Rows:
    """Loads by the tree levels that they bring."""
    return Rows(
        ("brings", "set-up", "for lanes"),
        [(kind.brings, f"{kind.setup:,}", f"{kind.lanes:,}") for kind in analysis.loads],
    )


def round_rows(analysis: Analysis) -> Rows:
    """Slots by the round that they work on, and which nodes the lanes share in it."""
    rounds, slots = analysis.artifact.shape.rounds, analysis.slots_by_round
    rows: list[tuple[str, ...]] = [
        (
            round_name(row.round, rounds),
            str(row.level),
            f"{slots.get(row.round, 0):,}",
            f"{row.nodes_per_vector:.2f}",
            f"{row.lanes_sharing:.0%}",
            f"{row.converged:.0%}",
            f"{row.nodes_per_batch:,.0f}",
        )
        for row in analysis.sharing
    ]
    rest = [(number, n) for number, n in slots.items() if not 0 <= number < rounds]
    rows += [(round_name(number, rounds), "", f"{n:,}", *[""] * 4) for number, n in rest]
    nodes = ("nodes per vector", "lanes sharing", "vectors on one node", "nodes per batch")
    return Rows(("", "level", "slots", *nodes), rows)
