"""One attempt at a proof: reference and program, run on terms of one algebra."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from frozen.artifact import Artifact
from frozen.problem import Shape

from ..base.statement import JUDGED, Statement
from .algebra import Algebra, Stuck
from .evaluate import Evaluator
from .fallback.solver import Solver
from .fallback.sweep import Sweep
from .reference import LaneTerms, idle_terms, initial_memory, lane_terms, reference_terms
from .rules import RULES
from .run.lane import MIXED, LaneExecutor
from .run.log import NO_LANE, Outcome
from .run.paths import Executor
from .terms import Term, TooLarge

MAX_BITS = 12  # path bits of one table, at most; H + 1 where the tree is higher
MAX_WORK = 50_000_000  # leaves and atoms looked at; real kernels need one million
MAX_KEPT = 4_000_000  # terms, leaves and atoms kept, about 130 bytes each


@dataclass
class Attempt:
    """The two symbolic runs side by side; ``outcome`` is None if the program's got stuck.

    ``witness`` is then the exception's own. ``idle`` are the lanes before lane 0 that a vector of
    a small batch holds as well.
    """

    shape: Shape
    algebra: Algebra
    initial: list[Term]
    lanes: list[LaneTerms]
    idle: list[LaneTerms]
    sweep: Sweep | None
    outcome: Outcome | None = None
    stuck_on: str = ""
    witness: Term | None = None

    @property
    def equal(self) -> Outcome | None:
        """The outcome, if its output words are, as terms, the reference's."""
        return None if self.wrong_lanes() else self.outcome

    def wrong_lanes(self) -> list[int]:
        """The lanes whose output word is not, as a term, the reference's."""
        if self.outcome is None:
            return []
        lanes, at = range(self.shape.batch_size), self.shape.values_p
        return [lane for lane in lanes if not self.ends_with(at + lane, lane, "output")]

    def ends_with(self, at: int, lane: int, name: str) -> bool:
        """Whether the final word at an address is, as a term, what the reference has for a lane.

        ``name``: "output" or "index".
        """
        return self.outcome is not None and self.outcome.memory[at] is getattr(
            self.lanes[lane], name
        )

    def final(self, at: int, image: Sequence[int]) -> int | None:
        """The final word at an address if the program starts on ``image``; None if unknown."""
        return None if self.outcome is None else Evaluator([image])(self.outcome.memory[at])[0]

    def final_index(self, lane: int, image: Sequence[int]) -> int:
        """The reference's final index of a lane on ``image``."""
        return Evaluator([image])(self.lanes[lane].index)[0]


@dataclass
class OneLaneAttempt(Attempt):
    """An attempt on the terms of one lane, ``lanes[0]``, that stand for those of every lane.

    ``memory_lanes``: which lane each word of the final memory is said of.
    """

    memory_lanes: list[int] = field(default_factory=list)

    def ends_with(self, at: int, lane: int, name: str) -> bool:
        """As for ``Attempt``: the word must be that term, said of that lane."""
        term: Term = getattr(self.lanes[0], name)
        of = NO_LANE if term.ground else lane
        return (
            self.outcome is not None
            and self.outcome.memory[at] is term
            and self.memory_lanes[at] == of
        )

    def final(self, at: int, image: Sequence[int]) -> int | None:
        """As for ``Attempt``; None also for a word that depends on several lanes."""
        if self.outcome is None or self.memory_lanes[at] == MIXED:
            return None
        return super().final(at, self._seen_by(self.memory_lanes[at], image))

    def final_index(self, lane: int, image: Sequence[int]) -> int:
        """As for ``Attempt``."""
        return super().final_index(0, self._seen_by(lane, image))

    def _seen_by(self, lane: int, image: Sequence[int]) -> list[int]:
        """``image`` with the index and value of ``lane`` where the one lane's terms read theirs."""
        words = list(image)
        for first in (self.shape.indices_p, self.shape.values_p):
            words[first] = image[first + max(lane, 0)]
        return words


def attempt(
    artifact: Artifact,
    *,
    statement: Statement = JUDGED,
    keep_log: bool = False,
    solver: Solver | None = None,
    sweeping: Callable[[Algebra, Shape, list[LaneTerms]], Sweep] | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Attempt:
    """Run reference and program on terms; with a solver, sweep for equalities on the way.

    ``sweeping`` makes a sweep in place of the one with the solver. ``tell`` is called with the
    cycles that have run.
    """
    shape = artifact.shape
    algebra = Algebra(RULES, max_bits=max(MAX_BITS, shape.forest_height + 1))
    initial = initial_memory(algebra, shape, statement)
    lanes = reference_terms(algebra, shape, initial)
    # A start index is a lane's own, so under the wider statement idle lanes have no name.
    idle = [] if statement.any_start else idle_terms(algebra, shape, initial)
    sweep = Sweep(algebra, shape, lanes + idle, solver) if solver else None
    if sweeping:
        sweep = sweeping(algebra, shape, lanes + idle)
    made = Attempt(shape, algebra, initial, lanes, idle, sweep)
    executor = Executor(algebra, artifact.program, keep_log=keep_log, sweep=sweep, tell=tell)
    _run(made, lambda: executor.run(initial, artifact.cycles))
    return made


def one_lane_attempt(
    artifact: Artifact,
    *,
    statement: Statement = JUDGED,
    keep_log: bool = False,
    tell: Callable[[int], None] = lambda _: None,
) -> OneLaneAttempt:
    """``attempt`` on one lane that stands for all; the run gets stuck where lanes meet."""
    shape = artifact.shape
    algebra = Algebra(RULES, max_bits=max(MAX_BITS, shape.forest_height + 1))
    initial = initial_memory(algebra, shape, statement)
    first, size = shape.values_p, shape.batch_size
    initial[first:] = [initial[first]] * size
    owners = [NO_LANE] * first + list(range(size))
    if statement.any_start:
        initial[shape.indices_p : first] = [initial[shape.indices_p]] * size
        owners[shape.indices_p : first] = range(size)
    lanes = [lane_terms(algebra, shape, initial, 0)]
    made = OneLaneAttempt(shape, algebra, initial, lanes, [], None)
    executor = LaneExecutor(algebra, artifact.program, keep_log=keep_log, tell=tell)
    _run(made, lambda: executor.run_lanes(initial, owners, artifact.cycles))
    made.memory_lanes = executor.memory_lanes
    return made


def _run(made: Attempt, run: Callable[[], Outcome]) -> None:
    """Note the outcome of a run, or what it got stuck on."""
    algebra = made.algebra
    try:
        algebra.max_work, algebra.max_kept = MAX_WORK, MAX_KEPT
        made.outcome = run()
    except Stuck as stuck:
        made.stuck_on, made.witness = str(stuck), stuck.witness
    except TooLarge as spent:
        made.stuck_on = str(spent)
    except RecursionError:
        made.stuck_on = "terms nested too deeply"
    finally:  # the refuter makes a few terms more
        algebra.max_work = algebra.max_kept = sys.maxsize
