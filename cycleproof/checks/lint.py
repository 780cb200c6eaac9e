"""The check ``lint``: what can be said of a program without running it."""

from ..analysis.engines import engine_figures
from ..analysis.hazards import hazard_figures
from ..artifact.format import slots_of
from ..evidence.model import Finding, Verdict
from . import Subject


def run(subject: Subject) -> Finding:
    """Count slots per engine, overlaps, unwritten reads and dead slots; bound the cycle count.

    Fails where the claim is below what the program's own slots need or, without jumps, is not
    the number of its bundles.
    """
    decoded = subject.artifact.decoded
    bundles = slots_of(decoded.program)
    figures = engine_figures(bundles) | hazard_figures(bundles)
    straight = figures["straight_line"]
    if straight and decoded.cycles != figures["bundles"]:
        return Finding(
            "lint",
            Verdict.FAIL,
            f"claims {decoded.cycles} cycles, but every run of it executes"
            f" {figures['bundles']} bundles",
            figures,
        )
    binding, floor = max(figures["floors"].items(), key=lambda item: item[1])
    notes = []
    if not straight:
        notes.append("it jumps: floors and dead slots are those of one pass over all bundles")
    return Finding(
        "lint",
        Verdict.PASS,
        f"{figures['bundles']} bundles; {binding} binds at {floor};"
        f" {figures['overlaps']} overlapped words, {len(figures['unwritten_reads'])} words read"
        f" but never written, {figures['dead_slots']} dead slots",
        figures,
        notes,
    )
