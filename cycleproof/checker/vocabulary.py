"""What expressions mean: the reference's own words, defined by its recurrence and nothing else.

For a lane i, with m the initial memory and V(i,-1,6) its word at the address values_p + i::

    V(i,h,0) = V(i,h-1,6) ^ N(i,h)          N(i,h) = m(FOREST_P + index(i,h))
    V(i,h,s) = stage s-1 of the hash of V(i,h,s-1)
    Q(i,h)   = V(i,h,6) & 1                 index(i,h+1) = 2*index + 1 + Q(i,h), 0 past the tree

An idle lane, i < 0, starts from what stands before the lane values: no input of its own.
``Symbolic`` reads expressions into normal forms.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple, Union

from frozen.ops import MASK, VLEN
from frozen.problem import FOREST_P, HASH_STAGES, Inputs, Shape, memory_image

from .certificate import STAGES, Expression, Ref
from .terms import Algebra, Value


class Apply(NamedTuple):
    """A machine op, or ``select``, on operands."""

    op: str
    args: tuple["Node", ...]


class Lookup(NamedTuple):
    """The content of memory at an address: (address, content) pairs in ascending order."""

    address: "Node"
    words: tuple[tuple[int, Ref], ...]


def own(lane: int) -> int:
    """The name of a lane that stands for itself, below 0 as no renamed lane is; its own inverse."""
    return -VLEN - lane


Node = Union[int, Ref, Apply, Lookup]  # noqa: UP007 - the names are not defined yet
POSITIONS = STAGES + 1  # V(h, s) stands at POSITIONS * h + s in the order of the computation


class Reference:
    """The problem's facts at one shape that both readings share."""

    def __init__(self, shape: Shape, expressions: Sequence[Expression]) -> None:
        self.shape, self.table = shape, list(expressions)
        zeros = Inputs([0] * shape.n_nodes, [0] * shape.batch_size)
        self.header = memory_image(shape, zeros)[:FOREST_P]
        self.root_rounds = self._root_rounds()
        # What holds before the program runs, and what must hold after it, as further entries.
        self.zero = Ref(self._entry("const", 0), None)
        start, self.result = (
            self._entry("V", -1, STAGES),
            self._entry("V", shape.rounds - 1, STAGES),
        )
        initial = [Ref(self._entry("m", a), None) for a in range(shape.values_p)]
        self.memory = [*initial, *(Ref(start, lane) for lane in range(shape.batch_size))]
        self.last = [0] * len(self.table)  # the latest V that an expression speaks of
        for number, (op, args, _, _) in enumerate(self.table):
            if op in ("V", "N", "Q"):
                stage = {"V": args[1] if op == "V" else 0, "N": -1, "Q": STAGES}[op]
                self.last[number] = POSITIONS * args[0] + stage
            elif op not in ("const", "m"):
                self.last[number] = max(self.last[arg] for arg in args)

    def _entry(self, op: str, *args: int) -> int:
        self.table.append(Expression(op, args, hole=op == "V", depth=1))
        return len(self.table) - 1

    def next_index(self, index: int, bit: int) -> int:
        """The reference's index recurrence; ``bit`` is 1 where the value is odd."""
        index = 2 * index + 1 + bit
        return 0 if index >= self.shape.n_nodes else index

    def _root_rounds(self) -> list[int]:
        """For each round the last round, itself included, at which every lane is at the root.

        The recurrence is run on the least and the greatest index that any path can have.
        """
        roots, low, high = [], 0, 0
        for number in range(self.shape.rounds + 1):
            if high == 0:
                root = number
            roots.append(root)
            wraps = self.next_index(low, 0) == 0, self.next_index(high, 1) == 0
            if wraps[0] != wraps[1]:
                raise RuntimeError("paths of different length: not a perfect tree")
            low, high = self.next_index(low, 0), self.next_index(high, 1)
        return roots

    def node(self, bits: Sequence[int]) -> int:
        """The address of the node that a path from the root reaches."""
        index = 0
        for bit in bits:
            index = self.next_index(index, bit)
        return FOREST_P + index


class Symbolic:
    """Reads nodes into normal forms, in one case, with every V after ``floor`` unfolded."""

    def __init__(self, reference: Reference, algebra: Algebra, floor: int) -> None:
        self.reference, self.algebra, self.floor = reference, algebra, floor
        self._memo: dict[tuple[int, ...], Value] = {}

    def read(self, node: Node) -> Value:
        """The normal form of a node."""
        if isinstance(node, int):
            return node & MASK
        if isinstance(node, Ref):
            return self.expression(node.expression, node.lane or 0)
        if isinstance(node, Lookup):
            address = self.read(node.address)
            if isinstance(address, int):
                at = bisect_left(node.words, (address,))
                if at < len(node.words) and node.words[at][0] == address:
                    return self.read(node.words[at][1])
            return self.algebra.term("lookup", address, node.words)
        self.algebra.spend(1)
        args = [self.read(arg) for arg in node.args]
        if node.op == "select":
            return self.algebra.select(*args)
        return self.algebra.apply(node.op, *args)

    def expression(self, number: int, lane: int) -> Value:
        """The normal form of an entry of the table, its hole filled with ``lane``."""
        lane = lane if self.reference.table[number].hole else 0
        value = self._memo.get((number, lane))
        if value is None:
            self.algebra.spend(1)
            value = self._memo[number, lane] = self._expression(number, lane)
        return value

    def _expression(self, number: int, lane: int) -> Value:
        op, args, hole, _ = self.reference.table[number]
        if op == "const":
            return args[0]
        if op == "m":
            return self.initial(args[0])
        if op in ("V", "N", "Q"):
            if not hole:
                *args, fixed = args  # type: ignore[assignment]
                lane = own(fixed)  # never taken for a renamed lane
            return getattr(self, op)(lane, *args)  # type: ignore[no-any-return]
        if op in ("M", "T"):
            index = self.expression(args[0], lane)
            if not isinstance(index, int):
                return self.algebra.term(op, index, *((number, lane) if op == "T" else ()))
            if op == "M":
                return self.initial(index)
            return self.expression(args[1 + index], lane) if index < len(args) - 1 else 0
        if op == "select":
            return self.algebra.select(*(self.expression(arg, lane) for arg in args))
        value = self.expression(args[0], lane)
        for arg in args[1:]:
            value = self.algebra.apply(op, value, self.expression(arg, lane))
        return value

    def initial(self, address: int) -> Value:
        """An initial memory word: header and indices are known, 0 outside memory."""
        shape = self.reference.shape
        if address < FOREST_P:
            return self.reference.header[address]
        if address < shape.indices_p:
            return self.algebra.term("m", address)
        if shape.values_p <= address < shape.memory_size:
            return self.V(own(address - shape.values_p), -1, STAGES)
        return 0

    def V(self, lane: int, number: int, stage: int) -> Value:  # noqa: N802 - the vocabulary's name
        """The lane's value in round ``number`` after ``stage`` stages of the hash."""
        if number < 0 and lane < 0 and own(lane) < 0:
            return self.initial(self.reference.shape.values_p + own(lane))
        if number < 0 or POSITIONS * number + stage <= self.floor:
            return self.algebra.term("V", lane, number, stage)
        key = (lane, number, stage)
        if key not in self._memo:
            if stage == 0:
                before = self.V(lane, number - 1, STAGES)
                self._memo[key] = self.algebra.xor(before, self.N(lane, number))
            else:
                op1, constant, op2, shift, amount = HASH_STAGES[stage - 1]
                a, apply = self.V(lane, number, stage - 1), self.algebra.apply
                self._memo[key] = apply(op2, apply(op1, a, constant), apply(shift, a, amount))
        return self._memo[key]

    def Q(self, lane: int, number: int) -> Value:  # noqa: N802
        """The path bit: 1 goes right."""
        return self.algebra.mask(self.V(lane, number, STAGES), 1)

    def N(self, lane: int, number: int) -> Value:  # noqa: N802
        """The node value: a known tree word once the path bits are known."""
        path = range(self.reference.root_rounds[number], number)
        bits = [self.Q(lane, earlier) for earlier in path]
        known = [bit for bit in bits if isinstance(bit, int)]
        if len(known) == len(bits):
            return self.initial(self.reference.node(known))
        return self.algebra.term("N", lane, number, *bits)
