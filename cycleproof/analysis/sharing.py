"""Which tree nodes the lanes visit: how often lanes share one, round by round.

A property of the problem and the inputs, not of a kernel: it says what a kernel could share. A
vector is VLEN consecutive lanes, as they lie in memory.
"""

from collections.abc import Iterable
from typing import NamedTuple

from frozen.ops import VLEN
from frozen.problem import Inputs, Shape, step


class RoundSharing(NamedTuple):
    """One round, over all inputs: means per vector of VLEN lanes and per batch."""

    round: int
    level: int
    nodes_per_vector: float  # distinct nodes among the lanes of one vector
    lanes_sharing: float  # share of lanes that stand on a node with another lane of the vector
    converged: float  # share of vectors whose lanes all stand on one node
    nodes_per_batch: float  # distinct nodes among all lanes


def sharing(shape: Shape, instances: Iterable[Inputs]) -> list[RoundSharing]:
    """Walk the reference and count, for each round, which lanes share a node."""
    vectors = [0] * shape.rounds
    nodes, shared, converged, batch, runs = ([0] * shape.rounds for _ in range(5))
    for inputs in instances:
        lanes = [(0, value) for value in inputs.values]
        for number in range(shape.rounds):
            at = [index for index, _ in lanes]
            runs[number] += 1
            batch[number] += len(set(at))
            for start in range(0, len(at), VLEN):
                group = at[start : start + VLEN]
                distinct = len(set(group))
                vectors[number] += 1
                nodes[number] += distinct
                converged[number] += distinct == 1
                shared[number] += sum(group.count(node) > 1 for node in group)
            lanes = [step(shape, inputs.tree, index, value) for index, value in lanes]
    return [
        RoundSharing(
            number,
            number % (shape.forest_height + 1),
            nodes[number] / vectors[number],
            shared[number] / (runs[number] * shape.batch_size),
            converged[number] / vectors[number],
            batch[number] / runs[number],
        )
        for number in range(shape.rounds)
    ]
