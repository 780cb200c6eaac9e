"""The price list: what each way to serve a node costs one group of VLEN lanes.

Every way's own price is in its module (``graph.levels``); here are the prices of addresses, of
constants and of tables that are set up once. A lane's way down the tree is a path through
``State``s: how many levels are behind it, what its address register holds, and how many branch bits
the register lacks.
docs/kernel.md tells each way. Constants of addresses are priced for each table apart, as if none
were one of the hash or of another table (a mix that shares them is an idea not listed here), and as
if each could be chained: no op makes a vector of them for less.
"""

from collections.abc import Iterator
from typing import NamedTuple

from frozen.ops import VLEN

from ..graph import forked
from ..graph.chains import CHAINS
from ..graph.hashing import C0, C1, C2, C3, C4, C5
from ..graph.levels import raw, s_record, scalar_record, select, single, strided_raw, t_record
from ..graph.price import Price

PITCH = 4  # words of a record: a node, its two children, one spare
NESTED_PITCH = 5  # of the inner one of two nested tables; its addresses need no constant
NESTED_MERGES = [(2, 0, 0), (1, 3, 4)]
SELECT_TOP = 4  # node vectors of deeper levels do not fit in scratch
STORED_FROM = 5  # constants of lower levels come too late by way of memory
WORD = 1 / VLEN  # one scalar op

HASH = Price(vec=11)  # with the xor that brings the node in
BIT = Price(vec=1)
LAST_CONSTANT = Price(vec=1)  # pending through all rounds, applied in the last
GROUP = Price(vec=WORD, load=1, store=1)  # values in and out, one address for both
CONSTANT = Price(vec=1 + WORD)  # derived on a scalar lane, then broadcast
CHAINED = Price(vec=1)  # made from other vectors by one op
BY_MEMORY = Price(vec=WORD - 1, load=1, store=VLEN)  # a chained constant stored and loaded instead
HASH_VECTORS = (1, 4097, C0, 19, C1, 33, C2 + C3, 33 << 9, C2 << 9, 9, C4, 16, C5)

NONE, LINEAR, FORKED, POINTER, STRIDED = "none", "linear", "forked", "pointer", "strided"
"""What a register holds: no address, a linear form of the bits, the address of a forked record,
a pointer, a linear form whose next bits lie strided."""


class State(NamedTuple):
    """Where a group is before it needs the node of ``level``."""

    level: int
    register: str
    pending: int  # bits that the register lacks


class Move(NamedTuple):
    """One way from a state to a later one, for one group."""

    way: str
    start: State
    end: State
    price: Price
    tables: tuple[str, ...]  # what must have been set up once; see ``setup``


def hash_constants() -> Price:
    """The vectors that every hash needs, each made the cheaper way."""
    total = Price()
    for value in HASH_VECTORS:
        total = total.plus(CHAINED if value in CHAINS else CONSTANT)
    return total


def setup(table: str) -> Price:
    """The cost, once per program: "node 2", "copy 6", "record 5", "forked 3", "mux 4 for 7"."""
    kind, number = table.split()[:2]
    words = 1 << int(number)
    if kind == "mux":  # this many vectors of constants
        return CHAINED.times(int(number))
    if kind == "node":
        return Price(vec=words * (1 + WORD), load=max(1.0, words / VLEN))
    if kind == "forked":
        # Its pointers are the addresses that the tree is loaded by, but for the 0 among them.
        sources = 3 * (words + (1 << forked.INNER))
        return _table(sources, forked.SIZE).plus(Price(vec=WORD))
    return _table(words, words) if kind == "copy" else _table(3 * words, PITCH * words)


def _table(sources: int, targets: int) -> Price:
    """A table made of ``sources`` words of the tree, one xor each.

    A table that lies over the levels that it is made of shares their addresses.
    """
    addresses = max(sources, targets) / VLEN
    return Price(vec=sources * WORD + addresses * WORD, load=sources / VLEN, store=targets / VLEN)


def by_memory(table: str) -> Price | None:
    """What changes if the constants of ``table`` come by way of memory; None if they cannot."""
    kind, number, *rest = table.split()
    if kind != "mux" or int(rest[1]) < STORED_FROM:
        return None
    return BY_MEMORY.times(int(number))


def moves(state: State, levels: int, room: int) -> Iterator[Move]:
    """Every modelled way on from ``state`` in a descent that serves ``levels`` levels.

    ``room``: words of memory for two tables of which one lies inside the other.
    """
    level, register, pending = state
    if register == NONE and level <= SELECT_TOP:
        end = State(level + 1, NONE, pending + 1)
        nodes = (f"node {level}",)
        for leaves in {0, (1 << level) // 2}:  # pairs that a multiply_add chooses from
            way = f"select {level}, {leaves} of it by multiply_add" if leaves else f"select {level}"
            yield Move(way if level else "root", state, end, select.price(level, leaves), nodes)
    if level > 0:
        yield from _linear(state, levels, room)
        yield from _forked(state, levels, room)


def _linear(state: State, levels: int, room: int) -> Iterator[Move]:
    """Fetches through addresses that are linear forms of the bits."""
    level, register, pending = state
    if register not in (NONE, LINEAR):
        return
    nested = register == LINEAR and pending == 2 and NESTED_PITCH << level <= room
    for way, served, price, tables in _fetches(level, levels):
        end = State(level + served, LINEAR, served)
        merges = _merges(register == LINEAR, pending)
        if nested and f"record {level}" in tables:
            merges = NESTED_MERGES
        for vec, flow, constants in merges:
            yield _by_address(state, end, way, price, tables, (vec, flow, constants))


def _forked(state: State, levels: int, room: int) -> Iterator[Move]:
    """Records in forked tables, the pointers in them, and strided bits on the way to level 9."""
    level, register, pending = state
    fork, after = (f"forked {forked.OUTER}",), State(level + 2, FORKED, 2)
    ends = level + 2 == levels
    if register == NONE and (level, pending) == (forked.OUTER, 3) and room >= forked.SIZE:
        for way, price in _records(level, levels):
            yield _by_address(state, after, f"{way}, forked", price, fork, (1, 2, 4))
    elif register == FORKED and level + 2 <= levels:
        way = f"({level},{level + 1}) record, scalar, with a pointer"
        end = State(level + 2, POINTER, 2)
        yield _by_address(state, end, way, scalar_record.price(), fork, (1, 1, 2))
    elif register == POINTER and level + 2 <= levels:
        table = (f"record {level}",)
        ways = [(*each, LINEAR) for each in _records(level, levels)]
        if not ends:
            ways.append((f"({level},{level + 1}) s-record, strided on", s_record.price(), STRIDED))
        for way, price, left in ways:
            for merge in [(2, 1, 2), (1, 3, 3)]:  # 0 among the four needs no op
                end = State(level + 2, left, 2)
                yield _by_address(state, end, way, price, table, merge)
    elif register == STRIDED:
        vec, _, _, flow = strided_raw.address_price()
        for way, price, tables in _gathers(level):
            end = State(level + 1, LINEAR, 1)
            yield _by_address(state, end, way, price, tables, (int(vec), int(flow), 4))


def _by_address(
    start: State, end: State, way: str, price: Price, tables: tuple[str, ...],
    merge: tuple[int, int, int],
) -> Move:  # fmt: skip
    """A fetch whose address takes ``merge``: vec-eq, flow and vectors of constants."""
    vec, flow, constants = merge
    mux = (f"mux {constants} for {start.level}",) if constants else ()
    name = f"{way}; address by {vec} vec, {flow} flow"
    return Move(name, start, end, price.plus(Price(vec=vec, flow=flow)), (*tables, *mux))


def _records(level: int, levels: int) -> Iterator[tuple[str, Price]]:
    """The ways to serve ``level`` and the next one from one record."""
    if level + 2 > levels:
        return
    pair = f"({level},{level + 1})"
    yield f"{pair} record, scalar", scalar_record.price()
    yield f"{pair} t-record", t_record.price()
    if level + 2 == levels:
        yield f"{pair} s-record", s_record.price()


def _gathers(level: int) -> Iterator[tuple[str, Price, tuple[str, ...]]]:
    yield f"gather {level} in place", raw.price(), ()
    yield f"gather {level} from a copy", raw.price(constant=False), (f"copy {level}",)


def _fetches(level: int, levels: int) -> Iterator[tuple[str, int, Price, tuple[str, ...]]]:
    """(way, levels served, price, tables) of the fetches through an address."""
    for way, price, tables in _gathers(level):
        yield way, 1, price, tables
    if level + 2 > levels:
        return
    record = (f"record {level}",)
    yield f"gather {level} from its records", 1, single.price(), record
    for way, price in _records(level, levels):
        yield way, 2, price, record


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
