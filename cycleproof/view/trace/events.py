"""What happened when: the slots and the counters of one run, in the order of time."""

from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from frozen.ops import ENGINES

from ...analysis.disassembly import disassemble
from ...analysis.execution import accesses, is_store
from ...analysis.summary import Analysis
from ...artifact.names import Names, label

LIVE, LOADED, STORED = "live scratch words", "memory words loaded", "memory words stored"
COUNTERS = (*(f"{engine} slots" for engine in ENGINES), LIVE, LOADED, STORED)


Writer = Callable[[Analysis, Names | None, IO[bytes]], None]
"""One per format: writes the whole trace of an analysis to an open file."""


class Issue(NamedTuple):
    """One slot, issued in one cycle. ``round`` and ``lane`` are as in ``Provenance``."""

    cycle: int
    engine: str
    slot: int
    op: str
    text: str
    bundle: int
    round: int
    lane: int
    label: str

    @property
    def name(self) -> str:
        """The slice's name: the generator's label, or the op and its round."""
        return self.label or (f"{self.op} r{self.round}" if self.round >= 0 else self.op)


class Sample(NamedTuple):
    """A counter takes a new value as a cycle starts."""

    cycle: int
    counter: str
    value: int


def events(analysis: Analysis, names: Names | None) -> Iterator[Issue | Sample]:
    """All issues and samples, cycle by cycle; a counter appears only where it changes.

    The last cycle number is that after the end, where every counter returns to 0.
    """
    last: dict[str, int] = {}
    number = 0
    execution, provenance = analysis.execution, analysis.provenance
    live = analysis.liveness.words
    for cycle, (bundle, slots) in enumerate(zip(execution.order, execution.bundles, strict=True)):
        used = dict.fromkeys(ENGINES, 0)
        moved = {False: 0, True: 0}
        for op, slot in slots:
            index = used[op.engine]
            used[op.engine] += 1
            if accesses(op):
                moved[is_store(op)] += accesses(op)
            yield Issue(
                cycle,
                op.engine,
                index,
                op.name,
                disassemble(op, slot),
                bundle,
                provenance.rounds[number],
                provenance.lanes[number],
                label(names, bundle, op.engine, index),
            )
            number += 1
        values = (*used.values(), live[cycle], moved[False], moved[True])
        for counter, value in zip(COUNTERS, values, strict=True):
            if last.get(counter) != value:
                last[counter] = value
                yield Sample(cycle, counter, value)
    for counter in COUNTERS:
        yield Sample(analysis.cycles, counter, 0)
