"""Directed inputs: built to break a kernel that random seeds would let pass.

The hash is a bijection (docs/spec.md, section 2), so a value that becomes any wanted value after
a round can be computed. Steering uses that and the tree's freedom; what it reached is measured,
never assumed. Inputs of the official domain (below 2**30) decide the verdict; those of all 32-bit
values are a claim of their own.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from frozen.ops import MASK
from frozen.problem import HASH_STAGES, INPUT_BITS, Inputs, Shape, hash32


def _stage(op1: str, constant: int, op2: str, shift: str, amount: int) -> str:
    return f"v = ((v {op1} {constant}) {op2} (v {shift} {amount})) & {MASK}"


def _walker() -> Callable[[Shape, Sequence[int], int, int], list[int]]:
    """``nodes``, its loop made from the stages of the hash: making inputs is mostly this."""
    stages = [_stage(*stage) for stage in HASH_STAGES]
    body = ["v ^= tree[index]", *stages, "index = 2 * index + 1 + (v & 1)"]
    text = "\n  ".join(
        [
            "def nodes(shape, tree, v, rounds):\n path, index, size = [], 0, shape.n_nodes\n"
            " for _ in range(rounds):",
            "path.append(index)",
            *body,
            "if index >= size: index = 0",
        ]
    )
    scope: dict[str, Any] = {}
    exec(f"{text}\n path.append(index)\n return path", scope)
    walk: Callable[[Shape, Sequence[int], int, int], list[int]] = scope["nodes"]
    return walk


nodes = _walker()
"""(shape, tree, value, rounds): where a lane stands before each round and at the end."""

OFFICIAL_MAX = (1 << INPUT_BITS) - 1
# Values tried at most while steering; 16 per leaf reach nearly every leaf, and the measured rest
# is retried.
_TRIES_PER_LEAF = 16
_MAX_STEERED_INPUTS = 32


@dataclass(frozen=True)
class Directed:
    """One built input: a name that says what it is for, and whether all words are official."""

    name: str
    inputs: Inputs

    @property
    def official(self) -> bool:
        """Whether every word lies in the judged domain, 0..2**30-1."""
        return max(*self.inputs.tree, *self.inputs.values) <= OFFICIAL_MAX


@dataclass
class Coverage:
    """Which nodes and edges of the first descent the lanes of some inputs took."""

    shape: Shape
    nodes: set[int] = field(default_factory=set)

    def add(self, inputs: Inputs) -> None:
        """Walk every lane through all rounds and note the nodes it reads."""
        rounds = self.shape.rounds - 1
        for value in inputs.values:
            self.nodes.update(nodes(self.shape, inputs.tree, value, rounds))

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


def unhash32(value: int) -> int:
    """The word whose hash is ``value``: every stage undone, last first."""
    for _, constant, op2, shift, amount in reversed(HASH_STAGES):
        if op2 == "+":  # (x + C) + (x << s) = x * (2**s + 1) + C
            value = (value - constant) * pow((1 << amount) + 1, -1, 1 << 32) & MASK
        elif shift == ">>":  # (x ^ C) ^ (x >> s)
            value = _undo_xorshift(value ^ constant, amount)
        else:  # (x + C) ^ (x << s)
            value = _undo_add_xorshift(value, constant, amount)
    return value


def _undo_xorshift(value: int, amount: int) -> int:
    """The x with x ^ (x >> amount) == value, ``amount`` more high bits a turn."""
    x = value
    for _ in range(32 // amount + 1):
        x = value ^ (x >> amount)
    return x


def _undo_add_xorshift(value: int, constant: int, amount: int) -> int:
    """The x with (x + constant) ^ (x << amount) == value, ``amount`` more low bits a turn."""
    x = 0
    for _ in range(32 // amount + 1):
        x = ((value ^ (x << amount)) - constant) & MASK
    return x


def steered(shape: Shape, seed: int, top: int = OFFICIAL_MAX) -> Iterator[Inputs]:
    """Random trees and lane values chosen so that together the lanes take every leaf.

    Many candidate values are sent down one tree and dealt out leaf by leaf, a batch at a time;
    leaves that no candidate found are steered to singly: the leaf's parent gets the one word
    (through the inverse hash) that turns a lane waiting there to the missing side.
    """
    draw = random.Random(seed)
    depth = min(shape.rounds - 1, shape.forest_height)
    tree = [draw.randint(0, top) for _ in range(shape.n_nodes)]
    first = (1 << depth) - 1
    reaching: dict[int, int] = {}
    for _ in range(_TRIES_PER_LEAF << depth):
        value = draw.randint(0, top)
        leaf = nodes(shape, tree, value, depth)[-1]
        reaching.setdefault(leaf, value)
        if len(reaching) == 1 << depth:
            break
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
    constants = {"all zeros": 0, "2^30-1 everywhere": OFFICIAL_MAX, "all ones": MASK}
    for name, word in constants.items():
        yield Directed(name, Inputs([word] * nodes, [word] * batch))
    yield Directed(
        "equal lanes", Inputs(words(nodes, OFFICIAL_MAX), words(1, OFFICIAL_MAX) * batch)
    )
    yield Directed("zero tree", Inputs([0] * nodes, words(batch, OFFICIAL_MAX)))
    yield Directed("zero lanes", Inputs(words(nodes, OFFICIAL_MAX), [0] * batch))
    yield Directed(
        "alternating extremes",
        Inputs(
            [(OFFICIAL_MAX, 0)[i % 2] for i in range(nodes)],
            [(0, OFFICIAL_MAX)[i % 2] for i in range(batch)],
        ),
    )
    bottom = (1 << min(shape.rounds - 1, shape.forest_height)) - 1
    zigzag = _zigzag(bottom)
    for name, leaf in {"leftmost": bottom, "rightmost": 2 * bottom, "zigzag": zigzag}.items():
        tree = words(nodes, OFFICIAL_MAX)
        yield Directed(
            f"all lanes on the {name} path", _steer_to(shape, tree, leaf, draw, OFFICIAL_MAX)
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
