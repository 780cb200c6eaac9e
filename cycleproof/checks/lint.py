"""The check ``lint``: what can be said of a program without running it."""

from collections.abc import Sequence
from typing import Any

from frozen.decode import check_program
from frozen.ops import SCRATCH_SIZE, SLOT_LIMITS, Op, Slot

from ..evidence import Finding, Verdict
from . import Subject

Pairs = Sequence[tuple[Op, Slot]]


def run(subject: Subject) -> Finding:
    """Count slots per engine, overlaps, unwritten reads and dead slots; bound the cycle count.

    Fails where the claim is below what the program's own slots need or, without jumps, is not
    the number of its bundles.
    """
    decoded = subject.artifact.decoded
    bundles = check_program(decoded.program)
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


def engine_figures(bundles: Sequence[Pairs]) -> dict[str, Any]:
    """Slots used and the least number of bundles they need, by engine."""
    used = dict.fromkeys((engine for engine in SLOT_LIMITS if engine != "debug"), 0)
    for slots in bundles:
        for op, _ in slots:
            used[op.engine] += 1
    return {
        "bundles": len(bundles),
        "slots": used,
        "floors": {engine: -(-count // SLOT_LIMITS[engine]) for engine, count in used.items()},
        "straight_line": not any(op.place == "pc" for slots in bundles for op, _ in slots),
    }


def hazard_figures(bundles: Sequence[Pairs]) -> dict[str, Any]:
    """Overlapping writes in a bundle (the later slot wins), unwritten reads, dead slots.

    A slot is dead if no word that it writes is read before it is written again, in the order of
    the bundles; stores and jumps never are. A word read and never written holds 0.
    """
    overlaps = 0
    written: set[int] = set()
    read: set[int] = set()
    for slots in bundles:
        mine: set[int] = set()
        for op, slot in slots:
            read.update(*op.reads(slot))
            for words in op.writes(slot):
                overlaps += sum(word in mine for word in words)
                mine.update(words)
        written |= mine
    return {
        "overlaps": overlaps,
        "unwritten_reads": sorted(read - written),
        "words_used": len(read | written),
        "dead_slots": _dead_slots(bundles),
    }


def _dead_slots(bundles: Sequence[Pairs]) -> int:
    live = [False] * SCRATCH_SIZE
    dead = 0
    for slots in reversed(bundles):
        for op, slot in reversed(slots):  # the later slot wins, so it takes the word first
            for words in op.writes(slot):
                if not any(live[word] for word in words):
                    dead += 1
                for word in words:
                    live[word] = False
        for op, slot in slots:
            for words in op.reads(slot):
                for word in words:
                    live[word] = True
    return dead
