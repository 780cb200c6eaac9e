"""Record tables in memory: a node and its two children behind one address.

Records are in the order of the stored bits, which are mirrored (``walk.Walk``): the bit 1 is the
left branch. Every word of a table is xored with the hash's last constant; the xors run as scalar
lanes, so that the permutation costs nothing.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from frozen.ops import VLEN, Slot
from frozen.problem import FOREST_P

from .address import Form
from .constants import Constants
from .hashing import C5
from .ir import Graph
from .kinds import LOAD, STORE
from .walk import Walk


class RecordTable(Protocol):
    """What the ways of serving a pair of levels ask of a table; see ``Table``."""

    @property
    def level(self) -> int: ...  # noqa: D102
    @property
    def node(self) -> int: ...  # noqa: D102
    @property
    def child0(self) -> int: ...  # noqa: D102
    @property
    def child1(self) -> int: ...  # noqa: D102
    @property
    def pointer(self) -> int: ...  # noqa: D102
    @property
    def minus(self) -> bool: ...  # noqa: D102
    @property
    def words(self) -> range: ...  # noqa: D102
    @property
    def fields(self) -> tuple[int, int]: ...  # noqa: D102
    @property
    def neighbours(self) -> bool: ...  # noqa: D102

    def image(self) -> dict[int, int]:
        """Memory address -> tree node."""

    def links(self) -> dict[int, int]:
        """Memory address -> the address that this word holds."""

    def address(self, walk: Walk, style: str) -> int:
        """The vector of record addresses; ``style`` as for ``address.Addresses.make``."""


class Table(NamedTuple):
    """Records for levels ``level`` and ``level + 1``.

    ``form``: the register that fetches a record; its words are at ``node``, ``child0`` and
    ``child1`` (for bit 0, 1) from there, child0 first (0) or last (VLEN - 1) in the window.
    ``words``: the memory that holds it.
    """

    level: int
    form: Form
    node: int
    child0: int
    child1: int
    words: range
    pointer: int = -1
    minus: bool = False

    def address(self, walk: Walk, style: str) -> int:
        """From the address before, or from the bits."""
        return walk.address(self.form, style)

    def links(self) -> dict[int, int]:
        """No word of it is an address."""
        return {}

    @property
    def fields(self) -> tuple[int, int]:
        """The first and the last word of the window that is used."""
        row = (self.node, self.child0, self.child1)
        return min(row), max(row)

    @property
    def neighbours(self) -> bool:
        """Whether the children are neighbours at one end of the window."""
        return {self.child0, self.child1} in ({0, 1}, {VLEN - 2, VLEN - 1})

    def image(self) -> dict[int, int]:
        """Memory address -> tree node."""
        found = {}
        for record in range(1 << self.level):
            at = self.form.const
            true = (1 << self.level) - 1 - record  # mirrored
            for bit in range(self.level):
                if record >> (self.level - 1 - bit) & 1:
                    at += self.form.weights[bit]
            node = (1 << self.level) - 1 + true
            found[at + self.node] = node
            found[at + self.child0] = 2 * node + 2
            found[at + self.child1] = 2 * node + 1
        return found


def weights(level: int, pitch: int) -> tuple[int, ...]:
    """Binary order: the first bit weighs most."""
    return tuple(pitch << (level - 1 - at) for at in range(level))


def plain(level: int, base: int) -> Table:
    """[child0, child1, node, –], pitch 4, at ``base``."""
    words = range(base, base + (4 << level))
    return Table(level, Form(base, weights(level, 4)), 2, 0, 1, words)


NESTED_PITCH = 5


def nested(level: int, base: int) -> tuple[Table, Table]:
    """Two tables in one: each block of 20 words holds a record and its four grandchildren.

    The inner records begin at multiples of 5 with words 0, 3, 4; the outer one uses the words
    1, 6 and 7 in between, so the inner address is the outer one plus 10 b + 5 b'.
    """
    words = range(base, base + (NESTED_PITCH << (level + 2)))
    outer = Form(base, weights(level, 4 * NESTED_PITCH))
    inner = Form(base, weights(level + 2, NESTED_PITCH))
    return Table(level, outer, 1, 7, 6, words), Table(level + 2, inner, 3, 0, 4, words)


class Tree:
    """The tree's words as they come from memory, in chunks of VLEN at multiples of VLEN.

    A chunk that would reach past memory is the last VLEN words instead. ``pointers``: refs of
    table words that shall hold an address, from where the chunks are loaded by it, too.
    """

    def __init__(
        self, graph: Graph, constants: Constants, chunks: int, pointers: Mapping[int, int]
    ) -> None:
        self._graph = graph
        self._constants = constants
        self.addresses = [
            constants.zero,
            *constants.sequence("chunk addresses", VLEN, VLEN, chunks - 1, pointers),
        ]
        self._chunks: dict[int, int] = {}

    def word(self, address: int) -> int:
        """The ref of the memory word ``address``, as it is before anything is overwritten."""
        chunk = address // VLEN
        start = min(VLEN * chunk, self._graph.memory_size - VLEN)
        if chunk not in self._chunks:
            block = self._graph.dynamic(f"chunk {chunk}")
            aligned = start == VLEN * chunk
            at = self.addresses[chunk] if aligned else self._constants.word(start)
            slot: Slot = ("vload", block, at)
            words = range(start, start + VLEN)
            self._graph.add(LOAD, {"load": [slot]}, f"tree chunk {chunk}", reads=[words])
            self._chunks[chunk] = block
        return self._chunks[chunk] + address - start

    def node(self, node: int) -> int:
        """The ref of a tree value."""
        return self.word(FOREST_P + node)


class Filling:
    """The memory of ``tables`` as blocks of scratch, from the first word that one of them holds.

    ``addresses``: memory address of a block -> the ref of a word that holds it, once stored.
    """

    def __init__(self, graph: Graph, constants: Constants, tables: Sequence[RecordTable]) -> None:
        self._graph, self._constants = graph, constants
        self._image: dict[int, int] = {}
        self._links: dict[int, int] = {}
        self._blocks: dict[int, int] = {}
        self._areas = sorted({(table.words.start, len(table.words)) for table in tables})
        for table in tables:
            self._image.update(table.image())
            self._links.update(table.links())
        for base, size in self._areas:
            for at in range(base, base + size, VLEN):
                if any(at + j in self._image for j in range(VLEN)):
                    self._blocks[at] = graph.dynamic(f"table {at}")
        self.addresses: dict[int, int] = {}

    def pointers(self) -> dict[int, int]:
        """Memory address -> the ref of a table's word that shall hold it, for a ``Tree``.

        Not the address 0, which exists.
        """
        return {
            value: block + j
            for at, block in self._blocks.items()
            for j in range(VLEN)
            if (value := self._links.get(at + j, 0))
        }

    def store(self, tree: Tree) -> None:
        """Fill and store the blocks; words of no record get what their block held before."""
        graph, constants, image = self._graph, self._constants, self._image
        for node in image.values():
            tree.node(node)  # all loads come before the first store
        last_constant = constants.word(C5)
        for base, size in self._areas:
            count = -(-size // VLEN)
            shared = base % VLEN == 0 and (base + size) // VLEN <= len(tree.addresses)
            if shared:
                addresses = tree.addresses[base // VLEN :][:count]
            else:
                addresses = constants.sequence("table addresses", base, VLEN, count)
            for i, address in enumerate(addresses):
                at = base + VLEN * i
                self.addresses[at] = address
                if at not in self._blocks:
                    continue
                block = self._blocks[at]
                slots: list[Slot] = [
                    ("^", block + j, tree.node(image[at + j]), last_constant)
                    for j in range(VLEN)
                    if at + j in image
                ]
                slots += [
                    ("|", block + j, constants.zero, constants.zero)
                    for j in range(VLEN)
                    if self._links.get(at + j) == 0
                ]
                graph.lanes(f"table {at}", slots)
                store: Slot = ("vstore", address, block)
                words = [range(at, at + VLEN)]
                graph.add(STORE, {"store": [store]}, f"table {at}", writes=words)
