"""How full the engines are: floors, utilisation, what binds where, and where cycles are lost."""

from __future__ import annotations  # array[int] is a type from Python 3.12 on

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from frozen.ops import ENGINES, SLOT_LIMITS, VLEN

from . import Pairs

# A vector op may be issued as VLEN scalar lanes, so 12 scalar slots equal 1.5 vector slots.
COMPUTE_CAPACITY = SLOT_LIMITS["valu"] + SLOT_LIMITS["alu"] / VLEN
FULL = 0.97  # an engine counts as full in a stretch at this utilisation
WINDOWS = 32  # stretches that a run is cut into to say what binds where
SETTLED = 8  # the steady part starts and ends with this many busy cycles in a row


def engine_figures(bundles: Sequence[Pairs]) -> dict[str, Any]:
    """Slots used and the least number of bundles they need, by engine."""
    used = dict.fromkeys(ENGINES, 0)
    for slots in bundles:
        for op, _ in slots:
            used[op.engine] += 1
    return {
        "bundles": len(bundles),
        "slots": used,
        "floors": {engine: -(-count // SLOT_LIMITS[engine]) for engine, count in used.items()},
        "straight_line": not any(op.place == "pc" for slots in bundles for op, _ in slots),
    }


def histogram(bundles: Sequence[Pairs]) -> dict[str, dict[str, int]]:
    """Engine to op to number of slots, the most frequent op first."""
    counts = Counter((op.engine, op.name) for slots in bundles for op, _ in slots)
    result: dict[str, dict[str, int]] = {engine: {} for engine in ENGINES}
    for (engine, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        result[engine][name] = count
    return result


def use_over_time(bundles: Sequence[Pairs]) -> dict[str, array[int]]:
    """Slots used in each bundle, by engine."""
    counts = [Counter(op.engine for op, _ in slots) for slots in bundles]
    return {engine: array("B", (count[engine] for count in counts)) for engine in ENGINES}


def compute_floor(used: Mapping[str, int]) -> float:
    """Cycles that the vector and scalar work needs however it is dealt out between the two.

    One ``valu`` slot is one unit, one ``alu`` slot an eighth of it; a cycle has room for 7.5.
    """
    return (used["valu"] + used["alu"] / VLEN) / COMPUTE_CAPACITY


class Region(NamedTuple):
    """Idle slots of one engine before, within and after the steady part."""

    head: int
    steady: int
    tail: int


class EngineUse(NamedTuple):
    """One engine over a whole run."""

    name: str
    limit: int
    slots: int
    floor: int
    utilisation: float  # slots used / slots there were
    full_cycles: int
    idle: Region


class Phase(NamedTuple):
    """Cycles ``start`` to ``end`` (exclusive) in which the same engines are full."""

    start: int
    end: int
    full: tuple[str, ...]
    utilisation: Mapping[str, float]


class Use(NamedTuple):
    """The engines over time. The steady part is ``head`` to ``tail`` (exclusive)."""

    engines: tuple[EngineUse, ...]
    binding: str
    compute_floor: float
    head: int
    tail: int
    phases: tuple[Phase, ...]


def measure(use: Mapping[str, array[int]]) -> Use:
    """Measure a run from the slots used in each of its cycles.

    A cycle is busy if the binding engine (the one with the highest floor) uses as many slots as in
    its median cycle; the steady part lies between the first and the last ``SETTLED`` busy cycles
    in a row. Where there are none, the whole run counts as steady.
    """
    cycles = len(use["alu"])
    used = {engine: sum(counts) for engine, counts in use.items()}
    floors = {engine: -(-used[engine] // SLOT_LIMITS[engine]) for engine in ENGINES}
    binding = max(ENGINES, key=lambda engine: used[engine] / SLOT_LIMITS[engine])
    head, tail = _steady(use[binding])
    engines = []
    for engine in ENGINES:
        limit = SLOT_LIMITS[engine]
        idle = Region(
            *(
                limit * (end - start) - sum(use[engine][start:end])
                for start, end in ((0, head), (head, tail), (tail, cycles))
            )
        )
        share = used[engine] / (limit * cycles)
        full = use[engine].count(limit)
        engines.append(EngineUse(engine, limit, used[engine], floors[engine], share, full, idle))
    return Use(tuple(engines), binding, compute_floor(used), head, tail, _phases(use, cycles))


def _steady(counts: Sequence[int]) -> tuple[int, int]:
    usual = max(1, sorted(counts)[len(counts) // 2])
    row, ends = 0, []
    for cycle, count in enumerate(counts):
        row = row + 1 if count >= usual else 0
        if row >= SETTLED:
            ends.append(cycle + 1)
    return (ends[0] - SETTLED, ends[-1]) if ends else (0, len(counts))


def shares(use: Mapping[str, array[int]], start: int, end: int) -> dict[str, float]:
    """Utilisation of each engine in the cycles ``start`` to ``end`` (exclusive)."""
    return {
        engine: sum(use[engine][start:end]) / (SLOT_LIMITS[engine] * (end - start))
        for engine in ENGINES
    }


def _phases(use: Mapping[str, array[int]], cycles: int) -> tuple[Phase, ...]:
    width = -(-cycles // WINDOWS)
    phases: list[Phase] = []
    for start in range(0, cycles, width):
        end = min(start + width, cycles)
        share = shares(use, start, end)
        full = tuple(engine for engine in ENGINES if share[engine] >= FULL)
        if phases and phases[-1].full == full:
            start = phases.pop().start
        phases.append(Phase(start, end, full, shares(use, start, end)))
    return tuple(phases)
