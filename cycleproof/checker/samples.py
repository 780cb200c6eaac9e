"""Expressions read as words on one concrete input, by the definitions and by no rule.

A difference between the two sides of an equation refutes it. Nothing here can make the checker
accept: what the rules close is read here as well, so that an unsound rule would show itself.
"""

import random
from typing import Any, NoReturn

from frozen.ops import MASK, VLEN
from frozen.problem import FOREST_P, HASH_STAGES, Inputs, memory_image

from .read import Reader
from .vocabulary import STAGES, Ref, Reference, own
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
        self._runs: dict[int, dict[tuple[str | int, ...], int]] = {}

    def run(self, lane: int) -> dict[tuple[str | int, ...], int]:
        """Every word of the reference that is a lane's, by its name."""
        if lane not in self._runs:
            shape = self.reference.shape
            value = self.lanes[lane] if lane >= 0 else self.memory[shape.values_p + own(lane)]
            index = self.starts[lane if lane >= 0 else max(own(lane), 0)]
            words = self._runs[lane] = {("V", -1, STAGES): value, ("I", 0): index}
            for h in range(shape.rounds):
                node = words["N", h] = self.memory[FOREST_P + index]
                value = words["V", h, 0] = value ^ node
                for s, (op1, constant, op2, shift, amount) in enumerate(HASH_STAGES, 1):
                    left, right = CONCRETE[op1](value, constant), CONCRETE[shift](value, amount)
                    value = words["V", h, s] = CONCRETE[op2](left, right)
                bit = words["Q", h] = value & 1
                index = words["I", h + 1] = self.reference.next_index(index, bit)
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

    def named(self, op: str, lane: int, *numbers: int) -> int:
        """A word of the reference, from the lane's run."""
        return self.run(lane)[op, *numbers]
