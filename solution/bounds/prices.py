"""The price list: what each way to serve a node costs one group of VLEN lanes.

``vec`` is in vec-eq (``counts``); ``load``, ``store`` and ``flow`` are slots. A lane's way down
the tree is a path through ``State``s: how many levels are behind it, whether a register holds an
address, and how many branch bits are not in that register yet. docs/kernel.md tells each way.
"""

from collections.abc import Iterator
from typing import NamedTuple

from frozen.ops import VLEN

PITCH = 4  # words of a record: a node, its two children, one spare
NESTED_PITCH = 5  # of the inner one of two nested tables; its addresses need no constant
NESTED_MERGES = [(2, 0, 0), (1, 3, 4)]
SELECT_TOP = 4  # node vectors of deeper levels do not fit in scratch
WORD = 1 / VLEN  # one scalar op


class Price(NamedTuple):
    """Cost of one thing."""

    vec: float = 0.0
    load: float = 0.0
    store: float = 0.0
    flow: float = 0.0

    def plus(self, other: "Price") -> "Price":
        """The sum of two prices."""
        return Price(*(a + b for a, b in zip(self, other, strict=True)))


HASH = Price(vec=11)  # with the xor that brings the node in
BIT = Price(vec=1)
LAST_CONSTANT = Price(vec=1)  # pending through all rounds, applied in the last
GROUP = Price(vec=WORD, load=1, store=1)  # values in and out, one address for both
CONSTANT = Price(vec=1 + WORD)  # derived on a scalar lane, then broadcast
HASH_CONSTANTS = 13


class State(NamedTuple):
    """Where a group stands before it needs the node of ``level``."""

    level: int
    register: bool  # an address register holds all bits but the last ``pending``
    pending: int


class Move(NamedTuple):
    """One way from a state to a later one, for one group."""

    way: str
    start: State
    end: State
    price: Price
    tables: tuple[str, ...]  # what must have been set up once; see ``setup``


def setup(table: str) -> Price:
    """The cost, once per program, of a table: "node 2", "copy 6", "record 5", "mux 7 4"."""
    kind, *numbers = table.split()
    words = 1 << int(numbers[0])
    if kind == "mux":  # this many vectors of constants
        return Price(*(int(numbers[1]) * part for part in CONSTANT))
    if kind == "node":
        return Price(vec=words * (1 + WORD), load=max(1.0, words / VLEN))
    sources, targets = (words, words) if kind == "copy" else (3 * words, PITCH * words)
    blocks = (sources + targets) / VLEN
    return Price(vec=sources / VLEN + blocks * WORD, load=sources / VLEN, store=targets / VLEN)


def moves(state: State, levels: int, room: int) -> Iterator[Move]:
    """Every modelled way on from ``state`` in a descent that serves ``levels`` levels.

    ``room``: words of memory for two tables of which one lies inside the other.
    """
    level, register, pending = state
    if not register and level <= SELECT_TOP:
        end = State(level + 1, False, pending + 1)
        nodes = (f"node {level}",)
        for leaves in {0, (1 << level) // 2}:  # pairs that a multiply_add chooses from
            way = f"select {level}, {leaves} of it by multiply_add" if leaves else f"select {level}"
            price = Price(vec=leaves, flow=(1 << level) - 1 - leaves)
            yield Move(way if level else "root", state, end, price, nodes)
    if level == 0:
        return
    nested = register and pending == 2 and NESTED_PITCH << level <= room
    for way, served, price, tables in _fetches(level, levels):
        end = State(level + served, True, served)
        merges = _merges(register, pending)
        if nested and f"record {level}" in tables:
            merges = NESTED_MERGES
        for vec, flow, constants in merges:
            mux = (f"mux {level} {constants}",) if constants else ()
            name = f"{way}; address by {vec} vec, {flow} flow"
            address = Price(vec=vec, flow=flow)
            yield Move(name, state, end, address.plus(price), (*tables, *mux))


def _fetches(level: int, levels: int) -> Iterator[tuple[str, int, Price, tuple[str, ...]]]:
    """(way, levels served, price, tables) of the fetches through an address."""
    one = Price(load=VLEN)
    raw = f"gather {level}"
    yield f"{raw} in place", 1, one.plus(Price(vec=1)), ()  # with the hash constant applied
    yield f"{raw} from a copy", 1, one, (f"copy {level}",)
    if level + 2 > levels:
        return
    record = (f"record {level}",)
    pair = f"({level},{level + 1})"
    yield f"{raw} from its records", 1, one, record
    yield f"{pair} record, scalar", 2, Price(vec=1, load=VLEN, flow=1), record
    yield f"{pair} t-record", 2, Price(load=VLEN + 1, store=VLEN, flow=1), record
    if level + 2 == levels:
        yield f"{pair} s-record", 2, Price(load=VLEN, flow=2), record


def _merges(register: bool, pending: int) -> list[tuple[int, int, int]]:
    """(vec, flow, constant vectors) of bringing ``pending`` bits into an address.

    A ``multiply_add`` merges one bit, or two that ``vselect``s turned into one of four constants.
    Without a register yet, selected constants are where it starts. Choices that need no less of
    either engine than another are left out.
    """
    if register:
        return [(1, 0, 0)] if pending == 1 else [(3, 0, 0), (2, 1, 2), (1, 3, 4)]
    ways = {1: {(0, 1, 2), (1, 0, 0)}, 2: {(0, 3, 4)}, 3: {(0, 7, 8)}}
    for bits in range(2, pending + 1):
        found = ways.setdefault(bits, set())
        found |= {(vec + 1, flow, n) for vec, flow, n in ways[bits - 1]}
        found |= {(vec + 1, flow + 3, n + 4) for vec, flow, n in ways.get(bits - 2, ())}
    best: list[tuple[int, int, int]] = []
    for way in sorted(ways[pending]):
        if not best or way[1] < best[-1][1]:
            best.append(way)
    return best
