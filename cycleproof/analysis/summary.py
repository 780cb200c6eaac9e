"""Everything that ``show``, ``trace`` and ``report`` say about an artifact, gathered once."""

from __future__ import annotations  # array[int] is a type from Python 3.12 on

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from frozen.artifact import Artifact
from frozen.ops import ENGINES, SCRATCH_SIZE
from frozen.problem import Inputs, inputs_from_seed

from .dependences import CriticalPath, critical_path
from .engines import Use, engine_figures, histogram, measure, use_over_time
from .execution import Execution, accesses, execute
from .footprints import Footprint, footprints
from .hazards import Liveness, hazard_figures, liveness, overlapped_stores
from .provenance import Follower, LoadKind, Provenance, loads_by_level
from .sharing import RoundSharing, sharing

SHARING_SEEDS = tuple(range(8))
PRESSURE_POINTS = 16


@dataclass(frozen=True)
class Analysis:
    """One run of one artifact on the inputs of ``seed``, and what follows from it."""

    artifact: Artifact
    seed: int
    execution: Execution
    provenance: Provenance

    @property
    def cycles(self) -> int:
        """Cycles of this run."""
        return len(self.execution.order)

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Static figures of the slots that ran (see ``engine_figures`` and ``hazard_figures``)."""
        bundles = self.execution.bundles
        return engine_figures(bundles) | hazard_figures(self.footprints)

    @cached_property
    def footprints(self) -> Sequence[Sequence[Footprint]]:
        """The scratch words of the slots that ran."""
        return footprints(self.execution.bundles)

    @cached_property
    def slots_per_cycle(self) -> Mapping[str, array[int]]:
        """Slots used in each cycle, by engine."""
        return use_over_time(self.execution.bundles)

    @cached_property
    def use(self) -> Use:
        """The engines over the whole run."""
        return measure(self.slots_per_cycle)

    @cached_property
    def histogram(self) -> Mapping[str, Mapping[str, int]]:
        """Engine to op to slots."""
        return histogram(self.execution.bundles)

    @cached_property
    def liveness(self) -> Liveness:
        """Live scratch words over time."""
        return liveness(self.footprints)

    @cached_property
    def critical_path(self) -> CriticalPath:
        """The longest chain of true dependences."""
        return critical_path(self.execution)

    @cached_property
    def loads(self) -> Sequence[LoadKind]:
        """Loads by the tree levels that they bring."""
        slots = [pair for bundle in self.execution.bundles for pair in bundle]
        return loads_by_level(slots, self.provenance, self.liveness)

    @cached_property
    def sharing(self) -> Sequence[RoundSharing]:
        """Which nodes the lanes share, over ``SHARING_SEEDS``."""
        shape = self.artifact.shape
        return sharing(shape, (inputs_from_seed(seed, shape) for seed in SHARING_SEEDS))

    @cached_property
    def slots_by_round(self) -> Mapping[int, int]:
        """Round (or ``SETUP``, or the number of rounds) to slots that work on it."""
        rounds = self.provenance.rounds
        return {number: rounds.count(number) for number in sorted(set(rounds))}

    @cached_property
    def first_slot(self) -> array[int]:
        """The number of each cycle's first slot; at the end, the number of all slots."""
        return array("I", accumulate(map(len, self.execution.bundles), initial=0))

    def works_on(self, bundle: int) -> list[tuple[int, int]]:
        """Round and lane of each slot of a bundle the first time it ran; empty if it never did."""
        if bundle not in self.execution.order:
            return []
        cycle = self.execution.order.index(bundle)
        numbers = slice(self.first_slot[cycle], self.first_slot[cycle + 1])
        rounds, lanes = self.provenance.rounds[numbers], self.provenance.lanes[numbers]
        return list(zip(rounds, lanes, strict=True))

    @cached_property
    def overlapped_stores(self) -> int:
        """Memory words that one bundle's stores wrote more than once, over this run."""
        return overlapped_stores(self.execution)

    @property
    def words_moved(self) -> tuple[int, int]:
        """Memory words read and written by the slots of this run."""
        moved = {True: 0, False: 0}
        for slots in self.execution.bundles:
            for op, _ in slots:
                moved[op.engine == "store"] += accesses(op)
        return moved[False], moved[True]

    @property
    def pressure(self) -> list[tuple[int, int, int]]:
        """Peak of live scratch words by slice of the run: (first cycle, end, peak)."""
        width = -(-self.cycles // PRESSURE_POINTS)
        words = self.liveness.words
        return [
            (start, min(start + width, self.cycles), max(words[start : start + width]))
            for start in range(0, self.cycles, width)
        ]

    @property
    def lost(self) -> dict[str, float]:
        """The cycle count, split: what the binding engine's slots need, and where it idles."""
        (engine,) = (engine for engine in self.use.engines if engine.name == self.use.binding)
        idle = {f"idle {part}": n / engine.limit for part, n in engine.idle._asdict().items()}
        return {"work": engine.slots / engine.limit, **idle}

    def as_json(self) -> dict[str, Any]:
        """The whole analysis as JSON values; the same bytes for the same artifact and seed."""
        use, path, live = self.use, self.critical_path, self.liveness
        read, written = self.words_moved
        return {
            "program_sha256": self.artifact.program_sha256,
            "shape": self.artifact.shape._asdict(),
            "claimed_cycles": self.artifact.cycles,
            "cycles": self.cycles,
            "seed": self.seed,
            "bundles": len(self.artifact.program),
            "straight_line": self.figures["straight_line"],
            "engines": {
                engine.name: engine._asdict() | {"idle": engine.idle._asdict()}
                for engine in use.engines
            },
            "bounds": {
                **{engine: self.figures["floors"][engine] for engine in ENGINES},
                "compute": use.compute_floor,
                "critical_path": path.length,
            },
            "binding": use.binding,
            "steady": [use.head, use.tail],
            "lost": self.lost,
            "phases": [phase._asdict() for phase in use.phases],
            "histogram": self.histogram,
            "critical_path": {"length": path.length, "waits": path.waits, "ops": path.ops},
            "scratch": {
                "size": SCRATCH_SIZE,
                "words_used": self.figures["words_used"],
                "peak_live": max(live.words),
                "pressure": [list(point) for point in self.pressure],
                "unwritten_reads": self.figures["unwritten_reads"],
                "never_read": self.figures["never_read"],
            },
            "overlaps": self.figures["overlaps"],
            "overlapped_stored_words": self.overlapped_stores,
            "dead_slots": self.figures["dead_slots"],
            "memory_words": {"read": read, "written": written},
            "loads": [kind._asdict() for kind in self.loads],
            "slots_by_round": {str(k): n for k, n in self.slots_by_round.items()},
            "sharing": [row._asdict() for row in self.sharing],
        }


def analyse(artifact: Artifact, seed: int = 0) -> Analysis:
    """Run an artifact once on the inputs of ``seed`` and return what can be said of that run.

    Raises ``Unreadable`` where the run faults.
    """
    inputs: Inputs = inputs_from_seed(seed, artifact.shape)
    follower = Follower(artifact.shape, inputs)
    execution = execute(artifact, inputs, follower)
    return Analysis(artifact, seed, execution, follower.provenance)
