"""The IR: a program executed once on nodes instead of words (static single assignment).

Scratch is renamed away, constants are folded and header words known. A node is an op's expression
in the op table with the nodes of its operands; a jump must be decided by constants, a store must
go to a constant address. Anything else is ``Unsupported`` and left to the interpreter.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from frozen.ops import MASK, SCRATCH_SIZE, Op, Program, Slot
from frozen.problem import FOREST_P, Inputs, Shape, memory_image
from frozen.program import check_program

from .errors import Unsupported
from .meaning import compute, divisors_of, names_of, plain

MAX_WORK = 600_000  # words and bundles of an execution; twice the starter program's
SHARED, MIXED = -1, -2
"""What a node hangs on, where that is not one lane's number: tree words alone; several lanes."""

CONST, TREE, LANE, LOAD = "const", "tree", "lane", "load"
"""Kinds of node that are no op: a word; tree word n; the value of lane l; a word of memory."""


class Demand(NamedTuple):
    """A word that must lie in ``low..high``, or the run faults: an address or a divisor."""

    node: int
    low: int
    high: int


# Expressions that give 0 where an operand is 0 (first), or where both are the same node.
_ZERO = ("a * b", "a & b")
_SAME = ("a ^ b", "a - b")


class Graph:
    """Hash-consed nodes; ``kinds``, ``args`` and ``lanes`` are their columns."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.lanes: list[int] = []
        self._known: dict[tuple[str | int, ...], int] = {}

    def constant(self, word: int) -> int:
        """The node of a constant, taken modulo 2**32."""
        return self.node(CONST, (word & MASK,), SHARED)

    def word(self, node: int) -> int | None:
        """The word of a constant node."""
        return self.args[node][0] if self.kinds[node] is CONST else None

    def node(self, kind: str, args: tuple[int, ...], lane: int) -> int:
        """The node of a kind with its arguments."""
        key: tuple[str | int, ...] = (kind, *args)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.kinds)
            self.kinds.append(kind)
            self.args.append(args)
            self.lanes.append(lane)
        return found

    def op(self, value: str, args: tuple[int, ...]) -> int:
        """The node of an op's expression; folded where its operands decide it."""
        found = self._known.get((value, *args))
        if found is not None:
            return found
        words = [self.word(arg) for arg in args]
        if None not in words:
            return self.constant(compute(value, *words))  # type: ignore[arg-type]
        if (value in _ZERO and 0 in words) or (value in _SAME and args[0] == args[1]):
            return self.constant(0)
        if value == "a if cond else b" and words[names_of(value).index("cond")] is not None:
            by_name = dict(zip(names_of(value), args, strict=True))
            return by_name["a"] if self.word(by_name["cond"]) else by_name["b"]
        lane = SHARED
        for arg in args:
            other = self.lanes[arg]
            if other not in (lane, SHARED):
                lane = other if lane == SHARED else MIXED
        return self.node(value, args, lane)


@dataclass
class Executed:
    """A finished execution: what memory holds, when it was written, what must not fault.

    ``history`` has, for each address written, its (time, node) pairs in order; a load of time t
    sees the writes with a time of at most t. ``cycles`` are the same for all inputs.
    """

    shape: Shape
    graph: Graph
    initial: list[int]
    history: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    demands: dict[Demand, str] = field(default_factory=dict)
    cycles: int = 0

    def final(self, address: int) -> int:
        """The node that memory holds at the end."""
        writes = self.history.get(address)
        return writes[-1][1] if writes else self.initial[address]

    def content(self, address: int, time: int) -> int:
        """The node that memory held at a time."""
        node = self.initial[address]
        for when, written in self.history.get(address, ()):
            if when > time:
                break
            node = written
        return node


def execute(program: Program, shape: Shape) -> Executed:
    """Run a program on nodes. Raises ``Unsupported`` with the bundle and the reason."""
    return _Execution(program, shape).run()


def _initial(graph: Graph, shape: Shape) -> list[int]:
    blank = memory_image(shape, Inputs([0] * shape.n_nodes, [0] * shape.batch_size))
    memory = [graph.constant(word) for word in blank]
    for number in range(shape.n_nodes):
        memory[FOREST_P + number] = graph.node(TREE, (number,), SHARED)
    for lane in range(shape.batch_size):
        memory[shape.values_p + lane] = graph.node(LANE, (lane,), lane)
    return memory


class _Execution:
    """The state of one execution: scratch and memory as nodes."""

    def __init__(self, program: Program, shape: Shape) -> None:
        self.bundles = check_program(program)
        self.counted = [any(engine != "debug" for engine in bundle) for bundle in program]
        self.graph = Graph()
        initial = _initial(self.graph, shape)
        self.done = Executed(shape, self.graph, initial)
        self.scratch = [self.graph.constant(0)] * SCRATCH_SIZE
        self.memory = list(initial)
        self.time = 0
        self.at = 0
        self.work = 0

    def run(self) -> Executed:
        at, end = 0, len(self.bundles)
        while at != end:
            self.at = at
            self.done.cycles += self.counted[at]
            self.work += 1
            if self.work > MAX_WORK:
                raise self._refuse(f"is past {MAX_WORK:,} executed bundles and words")
            at = self._bundle(self.bundles[at], at + 1)
            if not 0 <= at <= end:
                raise self._refuse("jumps out of the program")
        return self.done

    def _refuse(self, why: str) -> Unsupported:
        return Unsupported(f"bundle {self.at} {why}")

    def _bundle(self, slots: list[tuple[Op, Slot]], following: int) -> int:
        """All slots read, then all writes land; the next bundle's number."""
        writes: list[tuple[int, list[int]]] = []
        stores: list[tuple[int, list[int]]] = []
        for op, slot in slots:
            if op.place == "dest":
                writes.append((op.writes(slot)[0].start, self._value(op, slot)))
            elif op.place.startswith("mem["):
                stores.append(self._store(op, slot))
            elif op.place == "pc":
                following = self._jump(op, slot, following)
        scratch = self.scratch
        for first, nodes in writes:
            scratch[first : first + len(nodes)] = nodes
        if stores:
            self.time += 1
        for first, nodes in stores:
            for address, node in enumerate(nodes, first):
                self.memory[address] = node
                self.done.history.setdefault(address, []).append((self.time, node))
        return following

    def _columns(self, op: Op, slot: Slot, width: int) -> dict[str, list[int]]:
        """The nodes of each operand but ``dest``, one for each lane of the result."""
        shift = int(slot[-1]) if op.displaced else 0
        self.work += width
        columns = {}
        for (name, kind, words), given in zip(op.operands, slot[1:], strict=True):
            at = int(given)
            if kind == "src":
                first = at + shift
                nodes = self.scratch[first : first + words]
                columns[name] = nodes if words == width else nodes * width
            elif kind != "dest":
                columns[name] = [self.graph.constant(at)] * width
        return columns

    def _value(self, op: Op, slot: Slot) -> list[int]:
        width = next(operand.width for operand in op.operands if operand.kind == "dest")
        columns = self._columns(op, slot, width)
        if op.value.startswith("mem["):
            return self._load(columns["addr"][0], width)
        names = names_of(op.value)
        if op.value in columns:
            return columns[op.value]
        if not names:
            return [self.graph.constant(int(op.value))] * width
        for name in divisors_of(op.value):
            for node in columns[name]:
                self._demand(Demand(node, 1, MASK), "divides by zero")
        rows = zip(*(columns[name] for name in names), strict=True)
        return [self.graph.op(op.value, row) for row in rows]

    def _demand(self, demand: Demand, fault: str) -> None:
        word = self.graph.word(demand.node)
        if word is None:
            self.done.demands.setdefault(demand, f"bundle {self.at} {fault}")
        elif not demand.low <= word <= demand.high:
            raise self._refuse(f"{fault} on every input")

    def _load(self, address: int, width: int) -> list[int]:
        self._demand(Demand(address, 0, len(self.memory) - width), "loads outside memory")
        first = self.graph.word(address)
        if first is not None:
            return self.memory[first : first + width]
        nodes = []
        for lane in range(width):
            at = self.graph.op("a + b", (address, self.graph.constant(lane))) if lane else address
            nodes.append(self.graph.node(LOAD, (at, self.time), self.graph.lanes[at]))
        return nodes

    def _store(self, op: Op, slot: Slot) -> tuple[int, list[int]]:
        width = next(operand.width for operand in op.operands if operand.name == "src")
        columns = self._columns(op, slot, width)
        first = self.graph.word(columns["addr"][0])
        if first is None:
            raise self._refuse("stores at an address that depends on data")
        self._demand(
            Demand(columns["addr"][0], 0, len(self.memory) - width), "stores outside memory"
        )
        return first, columns["src"]

    def _jump(self, op: Op, slot: Slot, following: int) -> int:
        words = {
            name: self.graph.word(nodes[0]) for name, nodes in self._columns(op, slot, 1).items()
        }
        words |= {"pc": following, "end": len(self.bundles)}
        # An immediate may be negative, and so may a target relative to it.
        for operand, given in zip(op.operands, slot[1:], strict=True):
            if operand.kind in ("imm", "target"):
                words[operand.name] = int(given)
        needed = [words[name] for name in names_of(op.value)]
        if None in needed:
            raise self._refuse("jumps on data")
        return plain(op.value, *needed)
