"""The refuter: looks for inputs on which the frozen simulator itself says that it is wrong.

Nothing here is trusted: a counterexample counts only as the frozen judge's answer.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from frozen.artifact import Artifact
from frozen.errors import Fault
from frozen.harness import compare
from frozen.machine import DEFAULT_FUEL, Machine
from frozen.problem import INPUT_BITS, Inputs, Shape, inputs_from_seed, memory_image

from ..attempt import Attempt
from ..result import Counterexample
from .aim import Aimer, Goals
from .witness import Guesser

FACT_SEED = 0
MAX_GUIDED = 200  # runs of the frozen machine on guided inputs
MAX_LANES = 4  # wrong lanes whose terms are looked into


class Judge:
    """The frozen machine, made once, and what it says of one input after the other."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact
        self.machine = Machine(artifact.program)
        # A run of more bundles than claimed is a counterexample whether or not it ends.
        self.fuel = min(DEFAULT_FUEL, artifact.cycles + 1)

    def answer(self, inputs: Inputs) -> dict[str, Any]:
        """The frozen judgement (see ``frozen.harness.compare``); a fault under ``fault``."""
        shape = self.artifact.shape
        try:
            return compare(shape, inputs, self.machine.run(memory_image(shape, inputs), self.fuel))
        except Fault as fault:
            return {"pass": False, "fault": str(fault)}

    def confirm(self, inputs: Inputs, origin: str) -> Counterexample | None:
        """A counterexample if the judge does not pass these inputs at the claimed cycles."""
        answer = self.answer(inputs)
        if answer["pass"] and answer["cycles"] == self.artifact.cycles:
            return None
        return Counterexample(inputs, answer, origin)


def leftovers(artifact: Artifact) -> dict[str, Any]:
    """What one run leaves in the words that are not judged."""
    return Judge(artifact).answer(inputs_from_seed(FACT_SEED, artifact.shape))


def plain_inputs(shape: Shape) -> Iterator[tuple[str, Inputs]]:
    """A few inputs of each character, those of the judged domain first."""
    for seed in range(3):
        yield f"seed {seed}", inputs_from_seed(seed, shape)
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


def search(artifact: Artifact, attempt: Attempt) -> Counterexample | None:
    """The first input found on which the frozen judge does not pass the artifact."""
    judge = Judge(artifact)
    for origin, inputs in plain_inputs(artifact.shape):
        found = judge.confirm(inputs, origin)
        if found:
            return found
    for number, inputs in enumerate(guided_inputs(artifact.shape, attempt)):
        if number == MAX_GUIDED:
            break
        found = judge.confirm(inputs, "led there by the terms")
        if found:
            return found
    return None


def guided_inputs(shape: Shape, attempt: Attempt) -> Iterator[Inputs]:
    """Inputs that lead lanes to where the program's terms and the reference's differ.

    Those of the judged domain come first.
    """
    for bits in (INPUT_BITS, 32):
        rng = random.Random(bits)
        aimer, guesser = Aimer(shape, rng, bits), Guesser(attempt, rng)
        for goals in _all_goals(guesser, attempt):
            inputs = aimer.inputs(goals)
            if inputs is not None:
                yield inputs
            elif bits == 32:
                for lane, goal in goals.lanes.items():
                    for at, wanted in goal.values.items():
                        yield aimer.level_tree(lane, at, wanted)


def _all_goals(guesser: Guesser, attempt: Attempt) -> Iterator[Goals]:
    if attempt.witness is not None:
        yield from guesser.where_true(attempt.witness)
        yield from guesser.conditions(attempt.witness)
    wrong = attempt.wrong_lanes()
    for lane in wrong[:MAX_LANES]:
        if attempt.outcome is not None:
            got = attempt.outcome.memory[attempt.shape.values_p + lane]
            yield from guesser.between(got, attempt.lanes[lane].output)
