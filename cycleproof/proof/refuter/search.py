"""The refuter: looks for inputs on which the frozen simulator shows the program to be wrong.

Nothing here is trusted: a counterexample counts only as the frozen judge's answer.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cached_property
from typing import cast

from frozen.artifact import Artifact
from frozen.errors import Fault
from frozen.harness import compare
from frozen.machine import DEFAULT_FUEL, Machine
from frozen.problem import INPUT_BITS, Inputs, Shape, inputs_from_seed, memory_image

from ...base.statement import JUDGED, Statement
from ...simulator.runner import Answer
from ...simulator.starts import Start, judge_start, on_every_node
from ..attempt import Attempt
from ..attempt import attempt as run_on_terms
from ..fallback.solver import Solver
from ..result import SEED, Counterexample, judged
from .aim import Aimer, Goals
from .questions import models, names, question, to_goals
from .suspects import Restater, Suspect, Trusting
from .witness import GoalFinder

FACT_SEED = 0
MAX_GUIDED = 200  # runs of the frozen machine on guided inputs
MAX_LANES = 4  # wrong lanes whose terms are looked into
SECONDS = 1.0  # of the solver, for one question
SECONDS_IN_ALL = 2.0
MAX_MODELS = 12  # that one question is asked for


class Judge:
    """The frozen machine, made once if at all, and what it says of one input after the other."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact
        # A run of more bundles than claimed is a counterexample whether or not it ends.
        self.fuel = min(DEFAULT_FUEL, artifact.cycles + 1)

    @cached_property
    def machine(self) -> Machine:
        """The machine with the program in it."""
        return Machine(self.artifact.program)

    def answer(self, inputs: Inputs | Start) -> Answer:
        """The frozen judgement (see ``frozen.harness.compare``); a fault under ``fault``."""
        shape = self.artifact.shape
        if isinstance(inputs, Start):
            return judge_start(self.machine, shape, inputs, self.fuel)
        try:
            run = self.machine.run(memory_image(shape, inputs), self.fuel)
        except Fault as fault:
            return {"pass": False, "fault": str(fault)}
        return cast(Answer, compare(shape, inputs, run))

    def confirm(self, inputs: Inputs | Start, origin: str) -> Counterexample | None:
        """A counterexample if the judge does not pass these inputs at the claimed cycles."""
        answer = self.answer(inputs)
        if answer["pass"] and answer["cycles"] == self.artifact.cycles:
            return None
        return Counterexample(inputs, answer, origin)


def leftovers(artifact: Artifact) -> Answer:
    """What one run leaves in the words that are not judged."""
    return Judge(artifact).answer(inputs_from_seed(FACT_SEED, artifact.shape))


def plain_inputs(shape: Shape) -> Iterator[tuple[str, Inputs]]:
    """A few inputs of each character, those of the judged domain first."""
    for seed in range(3):
        yield f"{SEED}{seed}", inputs_from_seed(seed, shape)
    rng = random.Random(0)
    count = shape.n_nodes + shape.batch_size
    styles: list[tuple[str, Callable[[], int]]] = [
        ("zeros", lambda: 0),
        ("half of the words zero", lambda: rng.getrandbits(INPUT_BITS) * rng.getrandbits(1)),
        ("small words", lambda: rng.getrandbits(2)),
        ("32-bit words", lambda: rng.getrandbits(32)),
        ("words with the top bits set", lambda: rng.getrandbits(4) | 0xFFFFFFF0),
        ("32-bit words", lambda: rng.getrandbits(32)),
    ]
    for name, draw in styles:
        words = [draw() for _ in range(count)]
        yield name, Inputs(words[: shape.n_nodes], words[shape.n_nodes :])


def on_first_input(judge: Judge) -> Counterexample | None:
    """The first plain input, if the frozen judge does not pass it: most wrong programs fail it."""
    origin, inputs = next(plain_inputs(judge.artifact.shape))
    return judge.confirm(inputs, origin)


def search(
    judge: Judge,
    attempt: Attempt,
    solver: Solver | None = None,
    statement: Statement = JUDGED,
) -> Counterexample | None:
    """An input on which the frozen judge does not pass the artifact, or None if none was found.

    All inputs of the judged domain are tried before any other. With a solver, it is asked which
    words tell the program's and the reference's terms apart.
    """
    with ExitStack() as stack:
        if solver:  # a right program costs all the time that is given here
            solver = stack.enter_context(closing(solver.hurried(SECONDS, SECONDS_IN_ALL)))
        for origin, inputs in candidates(judge.artifact, attempt, solver, statement):
            found = judge.confirm(inputs, origin)
            if found:
                return found
    return None


def candidates(
    artifact: Artifact, attempt: Attempt, solver: Solver | None, statement: Statement = JUDGED
) -> Iterator[tuple[str, Inputs | Start]]:
    """Inputs to be tried, and where they are from; those of the judged domain come first.

    Lanes that are led somewhere start at the root, which every statement allows.
    """
    plain, named = list(plain_inputs(artifact.shape)), None
    for bits in (INPUT_BITS, 32):
        yield from (pair for pair in plain if judged(pair[1]) == (bits == INPUT_BITS))
        if bits == INPUT_BITS and statement != JUDGED:
            for number, start in enumerate(on_every_node(artifact.shape, statement)):
                yield f"{SEED}{number} from another start", start
        named = named or _named(artifact, attempt)
        guided = Guide(attempt, named, bits, solver).inputs()
        yield from itertools.islice(guided, MAX_GUIDED)


def _named(artifact: Artifact, made: Attempt) -> Attempt:
    """The attempt, or if it got stuck on a term, one that takes words for what they seem to be."""
    stuck = made.outcome is None and made.witness is not None
    return run_on_terms(artifact, sweeping=Trusting) if stuck else made


class Guide:
    """Leads lanes to where the program's terms and the reference's differ.

    ``named``: the attempt, or the one in its place whose sweep trusts what it sees.
    """

    def __init__(self, attempt: Attempt, named: Attempt, bits: int, solver: Solver | None) -> None:
        self.attempt, self.named, self.bits, self.solver = attempt, named, bits, solver
        self.rng = random.Random(bits)
        self.aimer = Aimer(attempt.shape, self.rng, bits)

    def inputs(self) -> Iterator[tuple[str, Inputs]]:
        """Inputs of words below 2^bits, with their origin."""
        for inputs in self._by_values():
            yield "led there by the words that differ", inputs
        for goals in self._by_witness():
            for inputs in self._aimed(goals):
                yield "led there by the terms", inputs

    def _aimed(self, goals: Goals) -> Iterator[Inputs]:
        inputs = self.aimer.inputs(goals)
        if inputs is not None:
            yield inputs
        elif self.bits == 32:
            for lane, goal in goals.lanes.items():
                for at, wanted in goal.values.items():
                    yield self.aimer.level_tree(lane, at, wanted)

    def _by_witness(self) -> Iterator[Goals]:
        """By the term on which the run got stuck."""
        witness, finder = self.attempt.witness, GoalFinder(self.attempt, self.rng)
        if witness is not None:
            yield from finder.where_true(witness)
            yield from finder.conditions(witness)

    def _by_values(self) -> Iterator[Inputs]:
        """By what the program computes almost as the reference does: see ``suspects``."""
        restater, finder = Restater(self.named), GoalFinder(self.named, self.rng)
        for lane in restater.lanes()[:MAX_LANES]:
            yield from restater.failing(lane)
            for suspect, goals in self._goals(lane, restater, finder):
                for inputs in self._aimed(goals):
                    if restater.differs(suspect, inputs):
                        yield inputs

    def _goals(
        self, lane: int, restater: Restater, finder: GoalFinder
    ) -> Iterator[tuple[Suspect, Goals]]:
        """First by leaves and conditions of the suspects, then as the solver says."""
        suspects = list(restater.suspects(lane))
        for suspect in suspects:
            for goals in finder.leaves(suspect.term, restater.expected(suspect)):
                yield suspect, goals
            for goals in finder.conditions(suspect.term, suspect.word, restater.unseen):
                yield suspect, goals
        if self.solver is None:
            return
        terms = self.named.lanes[lane]
        named = names(terms)
        questions = [
            (asked, suspect)
            for suspect in suspects
            if (asked := question(terms, named, suspect, self.bits)) is not None
        ]
        for asked, suspect in sorted(questions, key=lambda pair: len(pair[0].text)):
            for model in models(self.solver, asked, MAX_MODELS):
                yield suspect, to_goals(self.named.shape, lane, model, self.rng)
