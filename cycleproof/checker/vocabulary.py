"""What certificates are written in: the reference's own words, and operations on them.

For a lane i, with m the initial memory and V(i,-1,6) its word at the address values_p + i::

    V(i,h,0) = V(i,h-1,6) ^ N(i,h)          N(i,h) = m(FOREST_P + index(i,h))
    V(i,h,s) = stage s-1 of the hash of V(i,h,s-1)
    Q(i,h)   = V(i,h,6) & 1                 index(i,h+1) = 2*index + 1 + Q(i,h), 0 past the tree

An idle lane, i < 0, starts from what stands before the lane values: no input of its own.

Where lanes start at any node, index(i,0) is the initial memory word at indices_p + i, which is a
node's number, index(i,h) is a word of the vocabulary, I(i,h), and there are no idle lanes.
``read.py`` reads what is written in this vocabulary.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from frozen.ops import BINARY, MASK, VLEN
from frozen.problem import FOREST_P, HASH_STAGES, Inputs, Shape, memory_image

from ..base.statement import JUDGED, Statement

STAGES = len(HASH_STAGES)
MAX_DEPTH = 200  # of an expression; far below the interpreter's own limit
POSITIONS = STAGES + 1  # V(h, s) stands at POSITIONS * h + s in the order of the computation


class Ref(NamedTuple):
    """An expression, said of lanes: as many as it speaks of."""

    expression: int
    lanes: tuple[int, ...] = ()

    def of(self, lanes: tuple[int, ...]) -> "Ref":
        """The same, said of the lanes that stand at its own, which are places."""
        return Ref(self.expression, tuple([lanes[place] for place in self.lanes]))


Word = Ref | None
"""What is known of a word, if anything is."""


@lru_cache(maxsize=1 << 16)
def following(first: Ref, width: int) -> list[Word]:
    """What a slot holds whose first word this is, and whose lanes follow one another."""
    number, lanes = first
    return [Ref(number, tuple([lane + k for lane in lanes])) for k in range(width)]


def own(lane: int) -> int:
    """The name of a lane that stands for itself, below 0 as no renamed lane is; its own inverse."""
    return -VLEN - lane


class Expression(NamedTuple):
    """A word as a function of lanes (``docs/certificate-format.md``), or a table of words.

    Beyond the certificate's, ``lookup`` is the word that a table of memory words lists at an
    address; a ``table`` lists its operands at the places that are its numbers, ascending.
    """

    op: str
    numbers: tuple[int, ...]  # of a constant, an initial word, a V, N, Q or I, or a table
    operands: tuple[Ref, ...]  # their lanes are places among its own
    lanes: int  # how many it speaks of
    last: int  # the position of the latest V that it speaks of
    depth: int = 1
    image: bool = False  # whether it reads the initial memory at an address, maybe a lane's word


class Expressions:
    """A growing table in which equal expressions have one number, whatever lanes they are said of.

    What it adds is returned as a Ref. Its lanes may be of any kind: the decoder has None among
    them for the lane that an item is to name.
    """

    def __init__(self) -> None:
        self.table: list[Expression] = []
        self._numbers: dict[Expression, int] = {}
        self._operands: dict[Ref, tuple[Ref, ...]] = {}

    def word(self, op: str, numbers: tuple[int, ...], lanes: tuple[Any, ...] = ()) -> Ref:
        """A constant, an initial word, or a V, N, Q or I of one lane."""
        last = -1
        if lanes:
            stage = {"V": numbers[-1], "N": -1, "Q": STAGES, "I": 0}[op]
            last = POSITIONS * numbers[0] + stage
        return self._ref(Expression(op, numbers, (), len(lanes), last), lanes)

    def constant(self, value: int) -> Ref:
        """A known word."""
        return self.word("const", (value & MASK,))

    def operation(self, op: str, operands: Sequence[Ref], numbers: tuple[int, ...] = ()) -> Ref:
        """An operation on what was added before."""
        lanes = tuple(dict.fromkeys([lane for each in operands for lane in each.lanes]))
        places = {lane: place for place, lane in enumerate(lanes)}
        said = tuple([Ref(n, tuple([places[lane] for lane in its])) for n, its in operands])
        inner = [self.table[number] for number, _ in operands]
        last, depth = max(each.last for each in inner), max(each.depth for each in inner)
        image = op == "M" or any(each.image for each in inner)
        depth += op != "table"
        return self._ref(Expression(op, numbers, said, len(lanes), last, depth, image), lanes)

    def _ref(self, expression: Expression, lanes: tuple[Any, ...]) -> Ref:
        number = self._numbers.setdefault(expression, len(self.table))
        if number == len(self.table):
            self.table.append(expression)
        return Ref(number, lanes)

    def picked(self, operands: Sequence[Ref]) -> Ref:
        """A T: the word with the index that is the first operand; 0 past the end."""
        index, *words = operands
        table = self.operation("table", words, tuple(range(len(words))))
        return self.operation("T", [index, table])

    def operands(self, ref: Ref) -> tuple[Ref, ...]:
        """The operands of an operation, said of the lanes that the operation is said of."""
        found = self._operands.get(ref)
        if found is None:
            number, lanes = ref
            found = tuple([operand.of(lanes) for operand in self.table[number].operands])
            self._operands[ref] = found
        return found

    def result(self, meaning: str, operands: Iterable[Ref]) -> Ref:
        """What an op of the machine computes, by its meaning in the op table.

        Were a meaning changed there, the op would be refused here.
        """
        return _RESULTS[meaning](self, *operands)


def _operation(op: str) -> Callable[..., Ref]:
    return lambda made, *operands: made.operation(op, operands)


_RESULTS: Mapping[str, Callable[..., Ref]] = {
    **{value: _operation(name) for name, value in BINARY.items()},
    "a * b + c": lambda made, a, b, c: made.operation("+", [made.operation("*", [a, b]), c]),
    "a if cond else b": _operation("select"),
    "a + imm": _operation("+"),
    "src": lambda _, src: src,
    "value": lambda _, value: value,
    "0": lambda made: made.constant(0),
    "lookup": _operation("lookup"),  # a load from several addresses
}


class Reference:
    """The problem's facts at one shape, which all readers share."""

    def __init__(
        self, shape: Shape, expressions: Expressions, statement: Statement = JUDGED
    ) -> None:
        self.shape, self.expressions, self.table = shape, expressions, expressions.table
        self.statement = statement
        zeros = Inputs([0] * shape.n_nodes, [0] * shape.batch_size)
        self.header = memory_image(shape, zeros)[:FOREST_P]
        # What holds before the program runs, and what must hold after it, as further entries.
        word, after = expressions.word, shape.rounds - 1
        self.zero, self.one = map(expressions.constant, (0, 1))
        self.memory = [word("m", (a,)) for a in range(shape.values_p)]
        lanes = range(shape.batch_size)
        if statement.any_start:
            self.memory[shape.indices_p :] = [word("I", (0,), (lane,)) for lane in lanes]
        self.memory += [word("V", (-1, STAGES), (lane,)) for lane in lanes]
        self.result = [word("V", (after, STAGES), (lane,)) for lane in lanes]

    def next_index(self, index: int, bit: int) -> int:
        """The reference's index recurrence; ``bit`` is 1 where the value is odd."""
        index = 2 * index + 1 + bit
        return 0 if index >= self.shape.n_nodes else index
