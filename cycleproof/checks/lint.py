"""The check ``lint``: what can be said of a program without running it."""

from ..analysis.engines import engine_figures
from ..analysis.hazards import hazard_figures
from ..base.text import plural
from ..evidence.model import Found, Verdict
from . import Subject


def run(subject: Subject) -> Found:
    """Count slots per engine, overlaps, unwritten reads and dead slots; bound the cycle count.

    Fails where the claim is below what the program's own slots need or, without jumps, is not
    the number of its bundles.
    """
    decoded = subject.artifact.decoded
    figures = engine_figures(subject.slots) | hazard_figures(subject.footprints)
    straight = figures["straight_line"]
    if straight and decoded.cycles != figures["bundles"]:
        return Found(
            Verdict.FAIL,
            f"claims {plural(decoded.cycles, 'cycle')}, but every run of it executes"
            f" {plural(figures['bundles'], 'bundle')}",
            figures,
        )
    engine, floor = max(figures["floors"].items(), key=lambda item: item[1])
    notes = [
        f"{plural(figures['overlaps'], 'overlapped word')},"
        f" {plural(len(figures['unwritten_reads']), 'word')} read but never written,"
        f" {plural(figures['dead_slots'], 'dead slot')}"
    ]
    if not straight:
        notes.append("it jumps: floors and dead slots are those of one pass over all bundles")
    return Found(
        Verdict.PASS,
        f"{plural(figures['bundles'], 'bundle')}; no schedule of their {engine} slots takes"
        f" fewer than {plural(floor, 'cycle')}",
        figures,
        notes,
    )
