"""What a proof attempt answers: one of three verdicts, and exactly what was established."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from frozen.problem import INPUT_BITS, Inputs, Shape

from ..base.statement import JUDGED, Statement
from ..base.text import plural
from ..simulator.runner import Answer
from ..simulator.starts import Start, as_start

PROVER_VERSION = "2"
SEED = "seed "  # so begins the origin of an input that a seed gives


class ProofVerdict(StrEnum):
    """``unknown`` is never success: nothing was established either way."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


def judged(inputs: Inputs | Start) -> bool:
    """Whether all tree and lane words lie in the judged domain, 0..2^30-1."""
    words = (*inputs.tree, *inputs.values)
    return all(word < 1 << INPUT_BITS for word in words)


@dataclass(frozen=True)
class Counterexample:
    """Inputs on which the frozen simulator's own judgement (``answer``) is not a pass."""

    inputs: Inputs | Start = field(repr=False)
    answer: Answer
    origin: str

    @property
    def judged(self) -> bool:
        """Whether all of its tree and lane words lie in the judged domain, 0..2^30-1."""
        return judged(self.inputs)

    @property
    def place(self) -> str:
        """Its input, to be said after "wrong on"."""
        return self.origin if self.origin.startswith(SEED) else "an input that no seed tried"

    @property
    def complaint(self) -> str:
        """What the frozen simulator found, in a line."""
        if "fault" in self.answer:
            return str(self.answer["fault"])
        if self.answer["pass"]:
            return f"it takes {plural(self.answer['cycles'], 'cycle')} here"
        lane, expected, got = self.answer["lane"], self.answer["expected"], self.answer["got"]
        start = f", which starts at node {self.answer['start']}" if "start" in self.answer else ""
        return f"lane {lane}{start}: expected {expected}, got {got}"

    def as_data(self) -> dict[str, list[int]]:
        """The inputs as JSON values."""
        return as_start(self.inputs).as_data()


@dataclass(frozen=True)
class ProofResult:
    """A verdict on one artifact.

    ``statement`` is what was established, with its domain. ``stuck_on`` is the reason of
    ``unknown``. ``indices`` and ``forest`` are facts beside the verdict, each "proved …",
    "refuted …" or "unknown". ``figures``: seconds, terms, cycles, paths, and of the fallback.
    ``advised_budget``: where the budget was spent, seconds that may be enough; 0 otherwise.
    """

    verdict: ProofVerdict
    statement: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    counterexample: Counterexample | None = None
    stuck_on: str = ""
    indices: str = "unknown"
    forest: str = "unknown"
    notes: tuple[str, ...] = ()
    certificate: bytes | None = field(default=None, repr=False)
    advised_budget: int = 0


def domain(shape: Shape, statement: Statement = JUDGED) -> str:
    """The inputs that a statement speaks of."""
    return f"{shape}, {statement.starts}, every tree and lane word in 0..2^32-1"


def unsettled(shape: Shape, statement: Statement = JUDGED) -> str:
    """What ``unknown`` means; why, says ``stuck_on``."""
    return f"whether it is right for all inputs ({domain(shape, statement)}) is not settled"


def theorem(shape: Shape, cycles: int, statement: Statement = JUDGED) -> str:
    """What ``proved`` means."""
    return (
        f"for all inputs ({domain(shape, statement)}) it stops after {plural(cycles, 'cycle')}, no"
        f" access leaves memory or scratch, and all {shape.batch_size:,} output words are the"
        " reference's"
    )
