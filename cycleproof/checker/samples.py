"""Expressions read as words on one concrete input, by the definitions and by no rule.

A difference between the two sides of an equation refutes it. Nothing here can make the checker
accept: what the rules close is read here as well, so that an unsound rule would show itself.
"""

import random

from frozen.ops import MASK, VLEN
from frozen.problem import FOREST_P, HASH_STAGES, Inputs, memory_image

from .certificate import STAGES, Ref
from .terms import CONCRETE
from .vocabulary import POSITIONS, Lookup, Node, Reference, own


class Sample:
    """Reads nodes into words on one input, by the definitions, with no rule of rewriting."""

    def __init__(self, reference: Reference, seed: int) -> None:
        self.reference = reference
        draw = random.Random(seed)
        words = [0, 1, MASK, MASK >> 1, 1 << 31] if seed % 4 == 1 else []
        shape = reference.shape

        def word() -> int:
            return draw.choice(words) if words and draw.random() < 0.7 else draw.getrandbits(32)

        tree = [word() for _ in range(shape.n_nodes)]
        # Renamed lanes are numbered from 0, idle ones among them, and all start from free words.
        self.lanes = [word() for _ in range(shape.batch_size + VLEN - 1)]
        self.memory = memory_image(shape, Inputs(tree, self.lanes[: shape.batch_size]))
        self._runs: dict[int, tuple[list[int], list[int]]] = {}
        self._memo: dict[tuple[int, int], int] = {}

    def run(self, lane: int) -> tuple[list[int], list[int]]:
        """Every V of a lane from V(-1, 6) on, in order, and every N."""
        if lane not in self._runs:
            initial = self.reference.shape.values_p + own(lane)
            values, nodes, index = [self.lanes[lane] if lane >= 0 else self.memory[initial]], [], 0
            for _ in range(self.reference.shape.rounds):
                nodes.append(self.memory[FOREST_P + index])
                values.append(values[-1] ^ nodes[-1])
                for op1, constant, op2, shift, amount in HASH_STAGES:
                    a = values[-1]
                    left, right = CONCRETE[op1](a, constant), CONCRETE[shift](a, amount)
                    values.append(CONCRETE[op2](left, right))
                index = self.reference.next_index(index, values[-1] & 1)
            self._runs[lane] = values, nodes
        return self._runs[lane]

    def read(self, node: Node) -> int | None:
        """The word of a node; None for a lookup that the list of its words does not cover."""
        if isinstance(node, int):
            return node & MASK
        if isinstance(node, Ref):
            return self.expression(node.expression, node.lane or 0)
        if isinstance(node, Lookup):
            address = self.read(node.address)
            found = None if address is None else node.table.at(address)
            return None if found is None else self.read(found)
        args = [self.read(arg) for arg in node.args]
        if any(arg is None for arg in args):
            return None
        return self._apply(node.op, *args)  # type: ignore[arg-type]

    @staticmethod
    def _apply(op: str, *args: int) -> int:
        if op == "select":
            return args[1] if args[0] else args[2]
        value = args[0]
        for arg in args[1:]:
            value = CONCRETE[op](value, arg)
        return value

    def expression(self, number: int, lane: int) -> int:
        """The word of an entry of the table, its hole filled with ``lane``."""
        value = self._memo.get((number, lane))
        if value is None:
            value = self._memo[number, lane] = self._expression(number, lane)
        return value

    def _expression(self, number: int, lane: int) -> int:
        op, args, hole, _ = self.reference.table[number]
        if op == "const":
            return args[0]
        if op == "m":
            return self.memory[args[0]]
        if op in ("V", "N", "Q"):
            values, nodes = self.run(lane if hole else own(args[-1]))
            if op == "N":
                return nodes[args[0]]
            stage = args[1] if op == "V" else STAGES
            value = values[1 + POSITIONS * args[0] + stage] if args[0] >= 0 else values[0]
            return value & 1 if op == "Q" else value
        if op == "M":
            address = self.expression(args[0], lane)
            return self.memory[address] if address < len(self.memory) else 0
        if op == "T":
            index = self.expression(args[0], lane)
            return self.expression(args[1 + index], lane) if index < len(args) - 1 else 0
        return self._apply(op, *(self.expression(arg, lane) for arg in args))
