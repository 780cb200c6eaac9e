"""What expressions mean: the reference's own words, defined by its recurrence and nothing else.

For a lane i, with m the initial memory and V(i,-1,6) its word at the address values_p + i::

    V(i,h,0) = V(i,h-1,6) ^ N(i,h)          N(i,h) = m(FOREST_P + index(i,h))
    V(i,h,s) = stage s-1 of the hash of V(i,h,s-1)
    Q(i,h)   = V(i,h,6) & 1                 index(i,h+1) = 2*index + 1 + Q(i,h), 0 past the tree

An idle lane, i < 0, starts from what stands before the lane values: no input of its own.

Where lanes start at any node, index(i,0) is the initial memory word at indices_p + i, which is a
node's number, index(i,h) is a word of the vocabulary, I(i,h), and there are no idle lanes.
``read.py`` walks what is written in it.
"""

from bisect import bisect_left
from typing import NamedTuple, Union

from frozen.ops import VLEN
from frozen.problem import FOREST_P, Inputs, Shape, memory_image

from ..base.statement import JUDGED, Statement
from .certificate import STAGES, Expressions, Ref


class Apply(NamedTuple):
    """A machine op, or ``select``, on operands."""

    op: str
    args: tuple["Node", ...]


class Contents:
    """(address, content) pairs in ascending order. Compared by them; its hash is kept."""

    __slots__ = ("_hash", "lanes", "words")

    def __init__(self, words: tuple[tuple[int, Ref], ...]) -> None:
        self.words = words
        self.lanes = any(ref.lanes for _, ref in words)
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


class Reference:
    """The problem's facts at one shape that both readings share."""

    def __init__(
        self, shape: Shape, expressions: Expressions, statement: Statement = JUDGED
    ) -> None:
        self.shape, self.expressions, self.table = shape, expressions, expressions.table
        self.statement = statement
        zeros = Inputs([0] * shape.n_nodes, [0] * shape.batch_size)
        self.header = memory_image(shape, zeros)[:FOREST_P]
        # What holds before the program runs, and what must hold after it, as further entries.
        word, after = expressions.word, shape.rounds - 1
        self.zero = word("const", (0,))
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
