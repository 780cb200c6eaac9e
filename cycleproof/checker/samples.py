"""Expressions read as words on one concrete input, by the definitions and by no rule.

A difference between the two sides of an equation refutes it. Nothing here can make the checker
accept: what the rules close is read here as well, so that an unsound rule would show itself.
"""

import random
from typing import Any, NoReturn

from frozen.ops import MASK, VLEN
from frozen.problem import FOREST_P, HASH_STAGES, Inputs, memory_image

from .read import Reader
from .vocabulary import POSITIONS, Ref, Reference, own
from .words import CONCRETE


class _Unlisted(Exception):
    """A lookup's address is not in its table."""


class Sample(Reader):
    """Reads expressions into words on one input, by the definitions, with no rule of rewriting."""

    def __init__(self, reference: Reference, seed: int) -> None:
        super().__init__(reference, lambda _: None)
        draw = random.Random(seed)
        words = [0, 1, MASK, MASK >> 1, 1 << 31] if seed % 4 == 1 else []
        shape = reference.shape

        def word() -> int:
            return draw.choice(words) if words and draw.random() < 0.7 else draw.getrandbits(32)

        tree = [word() for _ in range(shape.n_nodes)]
        # Renamed lanes are numbered from 0, idle ones among them, and all start from free words.
        self.lanes = [word() for _ in range(shape.batch_size + VLEN - 1)]
        self.memory = memory_image(shape, Inputs(tree, self.lanes[: shape.batch_size]))
        self.starts = [0] * len(self.lanes)
        if reference.statement.any_start:
            self.starts = [draw.randrange(shape.n_nodes) for _ in self.lanes]
            self.memory[shape.indices_p : shape.values_p] = self.starts[: shape.batch_size]
        if reference.statement.any_header:
            self.memory[:FOREST_P] = [word() for _ in range(FOREST_P)]
        self._runs: dict[int, tuple[list[int], list[int], list[int]]] = {}

    def run(self, lane: int) -> tuple[list[int], list[int], list[int]]:
        """Every V of a lane from V(-1, 6) on, in order, every N, and the index before each."""
        if lane not in self._runs:
            initial = self.reference.shape.values_p + own(lane)
            values, nodes = [self.lanes[lane] if lane >= 0 else self.memory[initial]], []
            index = self.starts[lane if lane >= 0 else max(own(lane), 0)]
            indices = [index]
            for _ in range(self.reference.shape.rounds):
                nodes.append(self.memory[FOREST_P + index])
                values.append(values[-1] ^ nodes[-1])
                for op1, constant, op2, shift, amount in HASH_STAGES:
                    a = values[-1]
                    left, right = CONCRETE[op1](a, constant), CONCRETE[shift](a, amount)
                    values.append(CONCRETE[op2](left, right))
                index = self.reference.next_index(index, values[-1] & 1)
                indices.append(index)
            self._runs[lane] = values, nodes, indices
        return self._runs[lane]

    def word(self, ref: Ref) -> int | None:
        """The word of an expression; None for a lookup whose address its table does not list."""
        try:  # every part is a known word
            return self.read(ref)  # type: ignore[return-value]
        except _Unlisted:
            return None

    def unknown(self, kind: str, *args: Any) -> NoReturn:
        """Every address and index is known here; only a lookup's list can lack one."""
        raise _Unlisted

    def apply(self, op: str, *args: Any) -> int:
        """An op on words."""
        if op == "select":
            return args[1] if args[0] else args[2]  # type: ignore[no-any-return]
        return CONCRETE[op](*args)

    def initial(self, address: int) -> int:
        """A word of the input's memory image, 0 outside it."""
        return self.memory[address] if address < len(self.memory) else 0

    def V(self, lane: int, number: int, stage: int) -> int:  # noqa: N802 - the vocabulary's name
        """The lane's value, from its run."""
        return self.run(lane)[0][1 + POSITIONS * number + stage if number >= 0 else 0]

    def N(self, lane: int, number: int) -> int:  # noqa: N802
        """The node value, from the lane's run."""
        return self.run(lane)[1][number]

    def I(self, lane: int, number: int) -> int:  # noqa: E743, N802
        """The index, from the lane's run."""
        return self.run(lane)[2][number]
