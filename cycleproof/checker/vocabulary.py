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
from .terms import Algebra, Term, Value


class Apply(NamedTuple):
    """A machine op, or ``select``, on operands."""

    op: str
    args: tuple["Node", ...]


class Contents:
    """(address, content) pairs in ascending order. Compared by them; its hash is kept."""

    __slots__ = ("_hash", "lanes", "words")

    def __init__(self, words: tuple[tuple[int, Ref], ...]) -> None:
        self.words = words
        self.lanes = any(ref.lane is not None for _, ref in words)
        self._hash = hash(words)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Contents) and self._hash == other._hash and self.words == other.words
        )

    def at(self, address: int) -> Ref | None:
        """The content at an address, if it is listed."""
        place = bisect_left(self.words, (address,))
        found = place < len(self.words) and self.words[place][0] == address
        return self.words[place][1] if found else None


class Lookup(NamedTuple):
    """The content of memory at an address that lies in a table."""

    address: "Node"
    table: Contents

    @property
    def words(self) -> tuple[tuple[int, Ref], ...]:
        """The pairs of the table."""
        return self.table.words


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
        self.fixed = [False] * len(self.table)  # whether it speaks of a lane that it writes out
        for number, (op, args, hole, _) in enumerate(self.table):
            if op in ("V", "N", "Q"):
                self.fixed[number] = not hole
                stage = {"V": args[1] if op == "V" else 0, "N": -1, "Q": STAGES}[op]
                self.last[number] = POSITIONS * args[0] + stage
            elif op not in ("const", "m"):
                self.last[number] = max(self.last[arg] for arg in args)
                self.fixed[number] = any(self.fixed[arg] for arg in args)

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
    """Reads nodes into normal forms, with every V after ``floor`` unfolded."""

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
            return self._looked_up(self.read(node.address), node.table)
        self.algebra.spend(1)
        args = [self.read(arg) for arg in node.args]
        if node.op == "select":
            return self.algebra.select(*args)
        return self.algebra.apply(node.op, *args)

    def under(self, value: Value, case: dict[Term, Value]) -> Value:
        """The normal form of a normal form where some terms have the words that ``case`` says.

        What is found out about further terms is added to ``case``.
        """
        if isinstance(value, int):
            return value
        if value not in case:
            case[value] = self._under(value, case)
        return case[value]

    def _under(self, term: Term, case: dict[Term, Value]) -> Value:
        kind, args = term.kind, term.args
        if kind in ("m", "V"):
            return term
        if kind == "N":
            lane, number, *bits = args
            return self._node(lane, number, [self.under(bit, case) for bit in bits])
        if kind not in ("lookup", "M", "T"):
            return self.algebra.under(term, lambda part: self.under(part, case))
        index = self.under(args[0], case)
        if kind == "lookup":
            found = self._looked_up(index, args[1])
        elif kind == "M":
            found = self._initial_at(index)
        else:
            found = self._entry_of(index, *args[1:])
        # What stands at a place that is known now was read without the case.
        read = isinstance(index, int) and found is not term
        return self.under(found, case) if read else found

    def _looked_up(self, address: Value, table: Contents) -> Value:
        found = table.at(address) if isinstance(address, int) else None
        if found is not None:
            return self.read(found)
        return self.algebra.term("lookup", address, table)

    def _initial_at(self, address: Value) -> Value:
        return (
            self.initial(address) if isinstance(address, int) else self.algebra.term("M", address)
        )

    def _entry_of(self, index: Value, number: int, lane: int) -> Value:
        if not isinstance(index, int):
            return self.algebra.term("T", index, number, lane)
        entries = self.reference.table[number].args
        return self.expression(entries[1 + index], lane) if index < len(entries) - 1 else 0

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
        if op == "M":
            return self._initial_at(self.expression(args[0], lane))
        if op == "T":
            return self._entry_of(self.expression(args[0], lane), number, lane)
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
        return self._node(lane, number, [self.Q(lane, earlier) for earlier in path])

    def _node(self, lane: int, number: int, bits: list[Value]) -> Value:
        known = [bit for bit in bits if isinstance(bit, int)]
        if len(known) == len(bits):
            return self.initial(self.reference.node(known))
        return self.algebra.term("N", lane, number, *bits)
