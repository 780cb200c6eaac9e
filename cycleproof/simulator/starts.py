"""Starts that the contract does not know: lanes at any node, any words in the header.

The frozen base builds images with indices of 0 and the header of the shape. Here other words are
written into such an image; the frozen machine runs it, and the frozen ``step`` is the reference.
"""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from frozen.artifact import Artifact
from frozen.errors import Fault
from frozen.machine import DEFAULT_FUEL, Machine
from frozen.ops import MASK
from frozen.problem import FOREST_P, Inputs, Shape, inputs_from_seed, memory_image, step

from ..base.errors import RunnerFailed
from ..base.limits import LimitReached, limited
from ..base.statement import Statement
from .runner import Answer

MAX_STARTS = 64  # runs in which lanes are put on nodes, one node after the other


class Start(NamedTuple):
    """One input: tree and lane words, start indices and header.

    Empty ``indices`` or ``header`` are the contract's: zeros, and the words of the shape.
    """

    tree: Sequence[int]
    values: Sequence[int]
    indices: Sequence[int] = ()
    header: Sequence[int] = ()

    @property
    def inputs(self) -> Inputs:
        """Tree and lane words."""
        return Inputs(self.tree, self.values)

    @property
    def contract(self) -> bool:
        """Whether indices and header are those of the contract."""
        return not any(self.indices) and not self.header

    def as_data(self) -> dict[str, list[int]]:
        """The start as JSON values, without parts that are the contract's."""
        return {name: list(words) for name, words in self._asdict().items() if words}

    def image(self, shape: Shape) -> list[int]:
        """The memory image."""
        words = memory_image(shape, self.inputs)
        if self.header:
            words[:FOREST_P] = self.header
        if self.indices:
            words[shape.indices_p : shape.values_p] = self.indices
        return words


def as_start(inputs: Inputs | Start) -> Start:
    """Inputs of the contract as a start; a start as it is."""
    return inputs if isinstance(inputs, Start) else Start(*inputs)


def sizes(shape: Shape) -> dict[str, tuple[int, int]]:
    """For each part of a start how many words it has, and the greatest that one may be."""
    return {
        "tree": (shape.n_nodes, MASK),
        "values": (shape.batch_size, MASK),
        "indices": (shape.batch_size, shape.n_nodes - 1),
        "header": (FOREST_P, MASK),
    }


def judge_start(machine: Machine, shape: Shape, start: Start, fuel: int = DEFAULT_FUEL) -> Answer:
    """The judgement of a run from any start: ``frozen.harness.compare``'s, or its ``fault``."""
    try:
        run = machine.run(start.image(shape), fuel)
    except Fault as fault:
        return {"pass": False, "fault": str(fault)}
    got = run.memory[shape.values_p : shape.values_p + shape.batch_size]
    starts = start.indices or [0] * shape.batch_size
    wrong = []
    for lane, (index, value) in enumerate(zip(starts, start.values, strict=True)):
        for _ in range(shape.rounds):
            index, value = step(shape, start.tree, index, value)
        if value != got[lane]:
            wrong.append((lane, value))
    answer: Answer = {"pass": not wrong, "cycles": run.cycles}
    if wrong:
        lane, expected = wrong[0]
        answer |= {"wrong_lanes": len(wrong), "lane": lane, "expected": expected}
        answer |= {"got": got[lane], "start": starts[lane]}
    return answer


def judge_starts(artifact: Artifact, starts: Sequence[Start]) -> list[Answer]:
    """One answer for each start, from a child with limits. Raises ``RunnerFailed`` past them."""

    def work() -> list[Answer]:
        machine = Machine(artifact.program)
        return [judge_start(machine, artifact.shape, start) for start in starts]

    try:
        return limited(work)
    except LimitReached as reached:
        raise RunnerFailed(f"the runs from other starts were ended: {reached}") from None


def drawn(shape: Shape, statement: Statement, seed: int) -> Start:
    """A start that the statement speaks of, with the tree and lane words of the seed."""
    rng = random.Random(seed)
    indices = [rng.randrange(shape.n_nodes) for _ in range(shape.batch_size)]
    header = [rng.getrandbits(32) for _ in range(FOREST_P)]
    return _start(shape, statement, seed, indices, header)


def on_every_node(shape: Shape, statement: Statement) -> Iterator[Start]:
    """Starts that put lanes on one node after the other, ``MAX_STARTS`` at most.

    Under any header they have headers of zeros, of ones, and drawn ones.
    """
    lanes, nodes = range(shape.batch_size), shape.n_nodes
    count = nodes if statement.any_start else 3
    rng = random.Random(0)
    for number in range(min(count, MAX_STARTS)):
        indices = [(number * shape.batch_size + lane) % nodes for lane in lanes]
        drawn = [rng.getrandbits(32) for _ in range(FOREST_P)]
        header = ([0] * FOREST_P, [MASK] * FOREST_P, drawn)[min(number, 2)]
        yield _start(shape, statement, number, indices, header)


def _start(
    shape: Shape, statement: Statement, seed: int, indices: list[int], header: list[int]
) -> Start:
    return Start(
        *inputs_from_seed(seed, shape),
        indices if statement.any_start else (),
        header if statement.any_header else (),
    )
