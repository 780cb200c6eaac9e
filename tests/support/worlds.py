"""Inputs on which every claim of a certificate is read, by no code of the checker's."""

import random
from functools import cache
from typing import Any

from frozen.artifact import Artifact
from frozen.errors import FrozenError
from frozen.machine import Machine
from frozen.ops import MASK, SLOT_LIMITS, VLEN
from frozen.problem import HASH_STAGES, Inputs, Shape, memory_image, reference
from frozen.program import check_program

RUNS = 6


FUEL = 20_000


class World:
    """One input, and what the expressions of a certificate are worth on it."""

    def __init__(self, shape: Shape, seed: int) -> None:
        draw = random.Random(seed).getrandbits
        self.shape = shape
        self.inputs = Inputs(
            [draw(32) for _ in range(shape.n_nodes)], [draw(32) for _ in range(shape.batch_size)]
        )
        self.image = memory_image(shape, self.inputs)
        self.outputs = reference(shape, self.inputs)[1]
        self.lanes = {
            lane: self._lane(self.image[shape.values_p + lane])
            for lane in range(1 - VLEN, shape.batch_size)
        }

    def _lane(self, value: int) -> dict[tuple[Any, ...], int]:
        words: dict[tuple[Any, ...], int] = {("V", -1, 6): value}
        index = 0
        for number in range(self.shape.rounds):
            words["N", number] = self.inputs.tree[index]
            value ^= self.inputs.tree[index]
            words["V", number, 0] = value
            for stage, (first, constant, second, shift, amount) in enumerate(HASH_STAGES, 1):
                one = value + constant if first == "+" else value ^ constant
                two = value << amount if shift == "<<" else value >> amount
                value = (one + two if second == "+" else one ^ two) & MASK
                words["V", number, stage] = value
            words["Q", number] = value % 2
            index = 2 * index + 1 + value % 2
            index = index if index < self.shape.n_nodes else 0
        return words

    def read(self, table: list[Any], number: int, lane: int, memo: dict[Any, int]) -> int:
        """The word of an entry, said of ``lane``."""
        if (number, lane) not in memo:
            entry = table[number]
            sub = [] if isinstance(entry, int) or entry[0] in "mVNQ" else entry[1:]
            words = [self.read(table, each, lane, memo) for each in sub]
            memo[number, lane] = self._read(entry, words, lane) & MASK
        return memo[number, lane]

    def _read(self, entry: int | list[Any], words: list[int], lane: int) -> int:
        if isinstance(entry, int):
            return entry
        op: str = entry[0]
        if op == "m":
            address: int = entry[1]
            return self.image[address]
        if op in "VNQ":
            fixed = len(entry) == (4 if op == "V" else 3)
            lane = entry[-1] if fixed else lane
            return self.lanes[lane][tuple(entry[:-1] if fixed else entry)]
        if op == "M":
            return self.image[words[0]] if words[0] < len(self.image) else 0
        if op == "T":
            return words[1 + words[0]] if words[0] < len(words) - 1 else 0
        if op == "select":
            return words[1] if words[0] else words[2]
        total = words[0]
        for word in words[1:]:
            total = _binary(op, total, word) & MASK
        return total


def _binary(op: str, a: int, b: int) -> int:
    if op in ("//", "%", "cdiv"):
        return 0 if b == 0 else {"//": a // b, "%": a % b, "cdiv": (a + b - 1) // b}[op]
    if op in ("<<", ">>"):
        return 0 if b > 31 else a << b if op == "<<" else a >> b
    if op in ("<", "=="):
        return int(a < b if op == "<" else a == b)
    return {"+": a + b, "-": a - b, "*": a * b, "^": a ^ b, "&": a & b, "|": a | b}[op]


@cache
def worlds(shape: Shape) -> list[World]:
    """The inputs on which claims are read."""
    return [World(shape, seed) for seed in range(RUNS)]


def is_true(artifact: Artifact, document: Any) -> bool:
    """Whether no run shows a claim, an output or the count of cycles to be false."""
    try:
        return all(_true_in(world, artifact, document) for world in worlds(artifact.shape))
    except (FrozenError, LookupError, TypeError, ValueError, AttributeError, RuntimeError):
        return False  # the program faults, or the document is none


def _true_in(world: World, artifact: Artifact, document: Any) -> bool:
    order = list(SLOT_LIMITS)
    bundles = [
        sorted(pairs, key=lambda pair: order.index(pair[0].engine))
        for pairs in check_program(artifact.program)
    ]
    rows = iter(document["rows"])
    memo: dict[Any, int] = {}
    false: list[int] = []

    def observe(bundle: int, scratch: list[int], _: list[int]) -> None:
        items = iter(next(rows))
        claims: dict[int, int | None] = {}
        for op, slot in bundles[bundle]:
            for words in op.writes(slot):
                item = next(items)
                for k, at in enumerate(words):
                    one = (
                        item[k] if isinstance(item, list) and len(item) == len(words) == 8 else item
                    )
                    shift = 0 if one is not item else k
                    if one is None:
                        claims[at] = None
                        continue
                    number, lane = (one, 0) if isinstance(one, int) else one
                    lane += 0 if isinstance(one, int) else shift
                    if number < 0:
                        raise ValueError
                    claims[at] = world.read(document["expressions"], number, lane, memo)
        false.extend(at for at, word in claims.items() if word not in (None, scratch[at]))

    run = Machine(artifact.program).run(world.image, FUEL, observe)
    outputs = run.memory[artifact.shape.values_p :]
    ended = next(rows, None) is None and document["cycles"] == run.cycles
    return ended and not false and outputs == world.outputs
