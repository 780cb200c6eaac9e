"""The IR: a program executed once on nodes instead of words (static single assignment).

Scratch is renamed away, constants are folded and header words known. A node is an op's expression
in the op table with the nodes of its operands; a jump must be decided by constants, a store must
go to a constant address. Anything else is ``Unsupported`` and left to the interpreter.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from frozen.ops import ENGINES, MASK, SCRATCH_SIZE, Bundle, Op, Program, Slot
from frozen.problem import FOREST_P, Inputs, Shape, memory_image

from .errors import Unsupported
from .meaning import EXECUTED, compute, divisors_of, names_of, place_of, plain, width_of

MAX_WORK = 600_000  # words and bundles of an execution; twice the starter program's
SHARED, MIXED = -1, -2
"""In place of a lane's number: the node hangs on tree words only; on several lanes."""

CONST, TREE, LANE, LOAD = "const", "tree", "lane", "load"
"""Kinds of node that are no op: a word; tree word n; the value of lane l; a word of memory."""


class Demand(NamedTuple):
    """A word that must lie in ``low..high``, or the run faults: an address or a divisor."""

    node: int
    low: int
    high: int


class Graph:
    """Hash-consed nodes; ``kinds``, ``args``, ``lanes`` and ``words`` are their columns.

    ``words`` has the word of each constant, and None for all other nodes.
    """

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.lanes: list[int] = []
        self.words: list[int | None] = []
        self._known: dict[str, dict[tuple[int, ...], int]] = defaultdict(dict)

    def constant(self, word: int) -> int:
        """The node of a constant, taken modulo 2**32."""
        return self.node(CONST, (word & MASK,), SHARED)

    def node(self, kind: str, args: tuple[int, ...], lane: int) -> int:
        """The node of a kind with its arguments."""
        known = self._known[kind]
        found = known.get(args)
        if found is None:
            found = known[args] = self._new(kind, args, lane, args[0] if kind is CONST else None)
        return found

    def _new(self, kind: str, args: tuple[int, ...], lane: int, word: int | None) -> int:
        self.kinds.append(kind)
        self.args.append(args)
        self.lanes.append(lane)
        self.words.append(word)
        return len(self.kinds) - 1

    def ops(self, value: str, rows: Iterable[tuple[int, ...]]) -> list[int]:
        """An expression's node for each row of operands; folded where these decide it."""
        known, words, lanes = self._known[value], self.words, self.lanes
        decided = _DECIDED.get(value)
        nodes = []
        for args in rows:
            node = known.get(args)
            if node is None:
                given = [words[arg] for arg in args]
                if None not in given:
                    node = known[args] = self.constant(compute(value, *given))  # type: ignore[arg-type]
                elif decided and (found := decided(self, args, given)) is not None:
                    node = known[args] = found
                else:
                    lane = SHARED
                    for arg in args:
                        other = lanes[arg]
                        if other not in (lane, SHARED):
                            lane = other if lane == SHARED else MIXED
                    node = known[args] = self._new(value, args, lane, None)
            nodes.append(node)
        return nodes


def _zero(graph: Graph, _: tuple[int, ...], words: list[int | None]) -> int | None:
    return graph.constant(0) if 0 in words else None


def _same(graph: Graph, args: tuple[int, ...], _: list[int | None]) -> int | None:
    return graph.constant(0) if args[0] == args[1] else None


def _chosen(_: Graph, args: tuple[int, ...], words: list[int | None]) -> int | None:
    a, _cond, b = args
    return None if words[1] is None else a if words[1] else b


_DECIDED = {
    "a * b": _zero,
    "a & b": _zero,
    "a ^ b": _same,
    "a - b": _same,
    "a if cond else b": _chosen,
}
"""The node of an expression that not all operands, but some decide; None where they do not."""


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
    """Run a well-formed program on nodes, as each ``Artifact`` holds one.

    Raises ``Unsupported`` with the bundle and the reason.
    """
    return _Execution(program, shape).run()


def _initial(graph: Graph, shape: Shape) -> list[int]:
    blank = memory_image(shape, Inputs([0] * shape.n_nodes, [0] * shape.batch_size))
    memory = [graph.constant(word) for word in blank]
    for number in range(shape.n_nodes):
        memory[FOREST_P + number] = graph.node(TREE, (number,), SHARED)
    for lane in range(shape.batch_size):
        memory[shape.values_p + lane] = graph.node(LANE, (lane,), lane)
    return memory


class _Form(NamedTuple):
    """What an execution asks of an op's row in the table, worked out once.

    ``columns`` are what its value reads in order: the place in a slot, and the words of scratch, 0
    for an immediate. ``divisors`` are the numbers of those that it divides by.
    """

    op: Op
    lands: str  # where the result does: dest, mem or pc
    loads: bool
    width: int  # of the result
    copies: bool  # whether the value is an operand's
    columns: tuple[tuple[int, int], ...]
    divisors: tuple[int, ...]


def _form(op: Op) -> _Form:
    lands, loads = place_of(op), op.value.startswith("mem[")
    names = ("addr", "src") if lands == "mem" else ("addr",) if loads else names_of(op.value)
    places = {operand.name: (at, operand.width) for at, operand in enumerate(op.operands, 1)}
    columns = tuple(places[name] for name in names if name in places)
    divisors = () if loads else tuple(map(names.index, divisors_of(op.value)))
    return _Form(op, lands, loads, width_of(op), op.value in places, columns, divisors)


_FORMS = {
    engine: {op.name: _form(op) for op in EXECUTED if op.engine == engine} for engine in ENGINES
}


class _Execution:
    """The state of one execution: scratch and memory as nodes."""

    def __init__(self, program: Program, shape: Shape) -> None:
        self.program = program
        self.graph = Graph()
        initial = _initial(self.graph, shape)
        self.done = Executed(shape, self.graph, initial)
        self.scratch = [self.graph.constant(0)] * SCRATCH_SIZE
        self.memory = list(initial)
        self.time = 0
        self.at = 0
        self.work = 0

    def run(self) -> Executed:
        """All bundles from the first on. Raises ``Unsupported``."""
        at, end = 0, len(self.program)
        while at != end:
            self.at = at
            self.work += 1
            if self.work > MAX_WORK:
                raise self._refuse(f"is past {MAX_WORK:,} executed bundles and words")
            at = self._bundle(self.program[at], at + 1)
            if not 0 <= at <= end:
                raise self._refuse("jumps out of the program")
        return self.done

    def _refuse(self, why: str) -> Unsupported:
        return Unsupported(f"bundle {self.at} {why}")

    def _bundle(self, bundle: Bundle, following: int) -> int:
        """All slots read, then all writes land; the next bundle's number."""
        writes: list[tuple[int, list[int]]] = []
        stores: list[tuple[int, list[int]]] = []
        counted = False
        for engine, slots in bundle.items():
            forms = _FORMS.get(engine)
            if forms is None:
                continue
            counted = True
            for slot in slots:
                form = forms.get(str(slot[0]))
                if form is None:
                    continue
                self.work += form.width
                if form.lands == "dest":
                    shift = int(slot[-1]) if form.op.displaced else 0
                    writes.append((int(slot[1]) + shift, self._value(form, slot, shift)))
                elif form.lands == "mem":
                    stores.append(self._store(form, slot))
                else:
                    following = self._jump(form, slot, following)
        self.done.cycles += counted
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

    def _columns(self, form: _Form, slot: Slot, shift: int) -> list[list[int]]:
        """The nodes that each operand holds, one for each word of the result."""
        scratch, width = self.scratch, form.width
        columns = []
        for at, words in form.columns:
            first = int(slot[at])
            if words == width:
                column = scratch[first + shift : first + shift + words]
            else:
                column = [scratch[first + shift] if words else self.graph.constant(first)] * width
            columns.append(column)
        return columns

    def _value(self, form: _Form, slot: Slot, shift: int) -> list[int]:
        columns, value = self._columns(form, slot, shift), form.op.value
        if form.loads:
            return self._load(columns[0][0], form.width)
        if not columns:
            return [self.graph.constant(int(value))] * form.width
        if form.copies:
            return columns[0]
        for number in form.divisors:
            for node in columns[number]:
                self._demand(Demand(node, 1, MASK), "divides by zero")
        return self.graph.ops(value, zip(*columns, strict=True))

    def _demand(self, demand: Demand, fault: str) -> None:
        word = self.graph.words[demand.node]
        if word is None:
            self.done.demands.setdefault(demand, f"bundle {self.at} {fault}")
        elif not demand.low <= word <= demand.high:
            raise self._refuse(f"{fault} on every input")

    def _load(self, address: int, width: int) -> list[int]:
        self._demand(Demand(address, 0, len(self.memory) - width), "loads outside memory")
        first = self.graph.words[address]
        if first is not None:
            return self.memory[first : first + width]
        graph = self.graph
        behind = [(address, graph.constant(lane)) for lane in range(1, width)]
        places = [address, *graph.ops("a + b", behind)]
        return [graph.node(LOAD, (at, self.time), graph.lanes[at]) for at in places]

    def _store(self, form: _Form, slot: Slot) -> tuple[int, list[int]]:
        addresses, words = self._columns(form, slot, 0)
        first = self.graph.words[addresses[0]]
        if first is None:
            raise self._refuse("stores at an address that depends on data")
        self._demand(
            Demand(addresses[0], 0, len(self.memory) - form.width), "stores outside memory"
        )
        return first, words

    def _jump(self, form: _Form, slot: Slot, following: int) -> int:
        # An immediate may be negative, and so may a target relative to it.
        words = {
            operand.name: self.graph.words[self.scratch[int(given)]]
            if operand.width
            else int(given)
            for operand, given in zip(form.op.operands, slot[1:], strict=True)
        }
        words |= {"pc": following, "end": len(self.program)}
        needed = [words[name] for name in names_of(form.op.value)]
        if None in needed:
            raise self._refuse("jumps on data")
        return plain(form.op.value, *needed)
