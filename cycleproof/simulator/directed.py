"""Directed inputs: built to break a kernel that random seeds would let pass.

The hash is a bijection (docs/spec.md, section 2), so a value that becomes any wanted value after
a round can be computed. Steering uses that and the tree's freedom; what it reached is measured,
never assumed. Inputs of the judged domain (below 2^30) decide the verdict; what those of all 32-bit
values show is said beside it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from frozen.ops import MASK
from frozen.problem import INPUT_BITS, Inputs, Shape, hash32

from .hashing import hash_packed, packed, unhash32, unpacked


def nodes(
    shape: Shape, tree: Sequence[int], values: Sequence[int], rounds: int
) -> list[Sequence[int]]:
    """The lanes' nodes: a row before each round and one at the end, in the order of ``values``."""
    count, size = len(values), shape.n_nodes
    ones, v = packed([1] * count), packed(values)
    indices: Sequence[int] = [0] * count
    path = [indices]
    for _ in range(rounds):
        v = hash_packed(v ^ packed(map(tree.__getitem__, indices)), ones)
        odd = unpacked(v & ones, count)
        below = [2 * index + 1 + bit for index, bit in zip(indices, odd, strict=True)]
        indices = [0 if index >= size else index for index in below]
        path.append(indices)
    return path


JUDGED_MAX = (1 << INPUT_BITS) - 1
# Values tried at most while steering; 16 per leaf reach nearly every leaf, and the measured rest
# is retried.
_TRIES_PER_LEAF = 16
_MAX_STEERED_INPUTS = 32
_TRIED_AT_ONCE = 256


@dataclass(frozen=True)
class Directed:
    """One built input; ``name`` says what it is for."""

    name: str
    inputs: Inputs

    @property
    def judged(self) -> bool:
        """Whether every word lies in the judged domain, 0..2^30-1."""
        return max(*self.inputs.tree, *self.inputs.values) <= JUDGED_MAX


@dataclass
class Coverage:
    """Which nodes and edges of the tree the lanes of some inputs took."""

    shape: Shape
    nodes: set[int] = field(default_factory=set)

    def add(self, inputs: Inputs) -> None:
        """Walk every lane through all rounds and note the nodes it reads."""
        self.nodes.update(*nodes(self.shape, inputs.tree, inputs.values, self.shape.rounds - 1))

    @property
    def reachable(self) -> int:
        """How many nodes lie within the rounds of this shape: a tree of min(R-1, H) levels."""
        depth = min(self.shape.rounds - 1, self.shape.forest_height)
        return (1 << (depth + 1)) - 1

    @property
    def leaves(self) -> tuple[int, int]:
        """Deepest reachable nodes: taken, in all."""
        first = (self.reachable - 1) // 2
        return sum(node >= first for node in self.nodes), self.reachable - first

    @property
    def edges(self) -> tuple[int, int]:
        """Tree edges: taken (a node other than the root is entered by its one edge), in all."""
        return len(self.nodes) - 1, self.reachable - 1


def steered(shape: Shape, seed: int, top: int = JUDGED_MAX) -> Iterator[Inputs]:
    """Random trees and lane values chosen so that together the lanes take every leaf.

    Many candidate values are sent down one tree and dealt out leaf by leaf, a batch at a time;
    leaves that no candidate found are steered to singly: the leaf's parent gets the one word
    (through the inverse hash) that turns a lane waiting there to the missing side.
    """
    draw = random.Random(seed)
    depth = min(shape.rounds - 1, shape.forest_height)
    tree = [draw.randint(0, top) for _ in range(shape.n_nodes)]
    first = (1 << depth) - 1
    reaching = _reaching(shape, tree, draw, top, depth)
    chosen = [reaching[leaf] for leaf in sorted(reaching)]
    missing = [leaf for leaf in range(first, 2 * first + 1) if leaf not in reaching]
    batch = shape.batch_size
    for start in range(0, len(chosen), batch):
        if start // batch >= _MAX_STEERED_INPUTS:
            return
        values = chosen[start : start + batch]
        yield Inputs(tree, values + [draw.randint(0, top) for _ in range(batch - len(values))])
    for leaf in missing[:_MAX_STEERED_INPUTS]:
        yield _steer_to(shape, tree, leaf, draw, top)


def _reaching(
    shape: Shape, tree: Sequence[int], draw: random.Random, top: int, depth: int
) -> dict[int, int]:
    """Values by the leaf that they reach: drawn one by one, until each leaf has its first."""
    reaching: dict[int, int] = {}
    left = _TRIES_PER_LEAF << depth
    while left and len(reaching) < 1 << depth:
        before, count = draw.getstate(), min(left, _TRIED_AT_ONCE)
        values = [draw.randint(0, top) for _ in range(count)]
        left -= count
        for number, leaf in enumerate(nodes(shape, tree, values, depth)[-1], 1):
            reaching.setdefault(leaf, values[number - 1])
            if len(reaching) == 1 << depth:  # as if no more had been drawn
                draw.setstate(before)
                for _ in range(number):
                    draw.randint(0, top)
                break
    return reaching


def path_to(node: int) -> list[int]:
    """The nodes from the root to ``node``, both included."""
    path = [node]
    while path[-1]:
        path.append((path[-1] - 1) // 2)
    return path[::-1]


def _steer_to(
    shape: Shape, tree: Sequence[int], leaf: int, draw: random.Random, top: int
) -> Inputs:
    """All lanes hold one value, and the words on the way down turn it towards ``leaf``."""
    value = start = draw.randint(0, top)
    words = list(tree)
    path = path_to(leaf)
    for node, child in pairwise(path):
        odd = child == 2 * node + 2
        while True:  # a wanted value of the right parity whose word lies in the domain: 8 tries
            wanted = draw.randint(0, MASK) & ~1 | odd
            words[node] = unhash32(wanted) ^ value
            if words[node] <= top:
                break
        value = hash32(value ^ words[node])
    return Inputs(words, [start] * shape.batch_size)


def directed_inputs(shape: Shape) -> Iterator[Directed]:
    """The directed set of a shape, the same at every call."""
    draw = random.Random(0)
    batch, nodes = shape.batch_size, shape.n_nodes

    def words(count: int, top: int) -> list[int]:
        return [draw.randint(0, top) for _ in range(count)]

    for number, inputs in enumerate(steered(shape, 1)):
        yield Directed(f"every leaf, part {number + 1}", inputs)
    constants = {"all zeros": 0, "2^30-1 everywhere": JUDGED_MAX, "all ones": MASK}
    for name, word in constants.items():
        yield Directed(name, Inputs([word] * nodes, [word] * batch))
    yield Directed("equal lanes", Inputs(words(nodes, JUDGED_MAX), words(1, JUDGED_MAX) * batch))
    yield Directed("zero tree", Inputs([0] * nodes, words(batch, JUDGED_MAX)))
    yield Directed("zero lanes", Inputs(words(nodes, JUDGED_MAX), [0] * batch))
    yield Directed(
        "alternating extremes",
        Inputs(
            [(JUDGED_MAX, 0)[i % 2] for i in range(nodes)],
            [(0, JUDGED_MAX)[i % 2] for i in range(batch)],
        ),
    )
    bottom = (1 << min(shape.rounds - 1, shape.forest_height)) - 1
    zigzag = _zigzag(bottom)
    for name, leaf in {"leftmost": bottom, "rightmost": 2 * bottom, "zigzag": zigzag}.items():
        tree = words(nodes, JUDGED_MAX)
        yield Directed(
            f"all lanes on the {name} path", _steer_to(shape, tree, leaf, draw, JUDGED_MAX)
        )
    yield Directed(
        "distinct powers of two",
        Inputs([1 << i % 30 for i in range(nodes)], [1 << i % 30 for i in range(batch)]),
    )
    for number, inputs in enumerate(steered(shape, 2, MASK)):
        yield Directed(f"every leaf, 32-bit values, part {number + 1}", inputs)
    for number in range(2):
        yield Directed(
            f"random 32-bit values {number + 1}", Inputs(words(nodes, MASK), words(batch, MASK))
        )
    yield Directed(
        "hash preimages of extremes",
        Inputs([0] * nodes, [unhash32((0, MASK, 1 << 31, 1)[i % 4]) for i in range(batch)]),
    )


def _zigzag(bottom: int) -> int:
    node, right = 0, False
    while node < bottom:
        node, right = 2 * node + (2 if right else 1), not right
    return node
