"""The problem: a batch of lanes walks a binary tree and hashes (docs/spec.md, section 2)."""

import random
from collections.abc import Sequence
from typing import NamedTuple

from .ops import MASK

# a = (a OP1 constant) OP2 (a SHIFT amount), each step modulo 2**32.
HASH_STAGES = (
    ("+", 0x7ED55D16, "+", "<<", 12),
    ("^", 0xC761C23C, "^", ">>", 19),
    ("+", 0x165667B1, "+", "<<", 5),
    ("+", 0xD3A2646C, "^", "<<", 9),
    ("+", 0xFD7046C5, "+", "<<", 3),
    ("^", 0xB55A4F09, "^", ">>", 16),
)
FOREST_P = 7
INPUT_BITS = 30  # judged tree and lane values lie in 0..2**30-1


class Shape(NamedTuple):
    """The three sizes that fix an instance."""

    forest_height: int
    rounds: int
    batch_size: int

    @property
    def n_nodes(self) -> int:
        """Nodes of the perfect tree, root at 0, children of i at 2i+1 and 2i+2."""
        return (1 << (self.forest_height + 1)) - 1

    @property
    def indices_p(self) -> int:
        """Address of the first lane index."""
        return FOREST_P + self.n_nodes

    @property
    def values_p(self) -> int:
        """Address of the first lane value."""
        return self.indices_p + self.batch_size

    @property
    def memory_size(self) -> int:
        """Words of the memory image; an address beyond is an error."""
        return self.values_p + self.batch_size

    def __str__(self) -> str:
        return f"H={self.forest_height} R={self.rounds} B={self.batch_size}"


JUDGED = Shape(10, 16, 256)


class Inputs(NamedTuple):
    """One instance's data: ``n_nodes`` tree words and ``batch_size`` lane values."""

    tree: Sequence[int]
    values: Sequence[int]


def inputs_from_seed(seed: int, shape: Shape) -> Inputs:
    """The inputs that the public challenge draws after ``random.seed(seed)``."""
    draw = random.Random(seed).randint
    top = (1 << INPUT_BITS) - 1
    tree = [draw(0, top) for _ in range(shape.n_nodes)]
    return Inputs(tree, [draw(0, top) for _ in range(shape.batch_size)])


def memory_image(shape: Shape, inputs: Inputs) -> list[int]:
    """Header, forest, indices (zeros), values: ``memory_size`` words."""
    height, rounds, batch = shape
    header = [rounds, shape.n_nodes, batch, height, FOREST_P, shape.indices_p, shape.values_p]
    return [*header, *inputs.tree, *([0] * batch), *inputs.values]


def hash32(a: int) -> int:
    """The six-stage hash of one word: a bijection on 32-bit words."""
    for op1, constant, op2, shift, amount in HASH_STAGES:
        left = a + constant if op1 == "+" else a ^ constant
        right = a << amount if shift == "<<" else a >> amount
        a = (left + right if op2 == "+" else left ^ right) & MASK
    return a


def step(shape: Shape, tree: Sequence[int], index: int, value: int) -> tuple[int, int]:
    """One round of one lane: the next index and value."""
    value = hash32(value ^ tree[index])
    index = 2 * index + (1 if value % 2 == 0 else 2)
    return (0 if index >= shape.n_nodes else index), value


def reference(shape: Shape, inputs: Inputs) -> tuple[list[int], list[int]]:
    """The final indices and values of all lanes."""
    indices, values = [0] * shape.batch_size, list(inputs.values)
    for _ in range(shape.rounds):
        for lane, value in enumerate(values):
            indices[lane], values[lane] = step(shape, inputs.tree, indices[lane], value)
    return indices, values
