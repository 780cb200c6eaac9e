"""What each slot works on, read off one run: which round, which lane, which tree node.

No help from a generator is needed. Every lane's value of every round is known from the
reference, and random 32-bit words do not meet by chance: where such a word appears in scratch
(with the hash's last constant applied or still pending), that lane has ended that round, and
what is computed from it belongs to the next. Tree nodes are followed as tags: a word holds a
node if it was loaded from the forest, or was made only from such a word and constants.
"""

from __future__ import annotations  # array[int] is a type from Python 3.12 on

from array import array
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from frozen.ops import SCRATCH_SIZE, VLEN, Op, Slot
from frozen.problem import FOREST_P, HASH_STAGES, Inputs, Shape, step

from .execution import Step, accesses, address_of, is_store
from .hazards import Liveness

SETUP = -1  # the round of a slot that depends on no lane: tables, constants
_NONE, _MIXED = -1, -2  # node tags: no data at all; data of several origins
_NOTHING = (SETUP, -1, _NONE)
_CONSTANT_OF_EQUALS = frozenset({"^", "-", "==", "<"})  # x ^ x is 0, whatever x came from


class Provenance(NamedTuple):
    """One entry per executed slot, in order.

    ``rounds``: the round a slot works on, ``SETUP``, or the number of rounds for what follows
    the last one. ``lanes``: the lane, the first of a vector's, or -1. ``levels``: for each slot
    that loads memory, in order, VLEN tree levels, -1 where a lane brings no tree node.
    """

    rounds: array[int]
    lanes: array[int]
    levels: array[int]


class Follower:
    """Watches a run (``execute(..., watch=follower)``) and keeps one tag per word."""

    def __init__(self, shape: Shape, inputs: Inputs) -> None:
        self.provenance = Provenance(array("h"), array("h"), array("b"))
        self._ends = _round_ends(shape, inputs)
        # A tag is (round, lane, node).
        self._scratch = [_NOTHING] * SCRATCH_SIZE
        self._memory = [_NOTHING] * shape.memory_size
        for node in range(shape.n_nodes):
            self._memory[FOREST_P + node] = (SETUP, -1, node)
        for lane in range(shape.batch_size):
            self._memory[shape.indices_p + lane] = (0, lane, _MIXED)
            self._memory[shape.values_p + lane] = (0, lane, _MIXED)

    def __call__(self, now: Step) -> None:
        """Tag what one bundle writes and note what its slots work on."""
        landing: list[tuple[range, list[tuple[int, int, int]]]] = []
        storing: list[tuple[int, list[tuple[int, int, int]]]] = []
        for op, slot in now.slots:
            tags = self._tags(op, slot, now.before)
            best = max(tags, default=_NOTHING, key=_round)
            self.provenance.rounds.append(best[0])
            self.provenance.lanes.append(best[1])
            if accesses(op) and is_store(op):
                storing.append((address_of(op, slot, now.before), tags))
            elif accesses(op):
                levels = [(tag[2] + 1).bit_length() - 1 if tag[2] >= 0 else -1 for tag in tags]
                self.provenance.levels.extend(levels + [-1] * (VLEN - len(levels)))
            landing += [(words, tags) for words in op.writes(slot)]
        for words, tags in landing:
            for word, tag in zip(words, tags, strict=True):
                ended = self._ends.get(now.after[word])
                self._scratch[word] = (*ended, _MIXED) if ended and tag[2] == _MIXED else tag
        for address, tags in storing:
            self._memory[address : address + len(tags)] = tags

    def _tags(self, op: Op, slot: Slot, before: Sequence[int]) -> list[tuple[int, int, int]]:
        """One tag per word that the slot writes; for a jump, one for what it reads."""
        sources = [[self._scratch[word] for word in words] for words in op.reads(slot)]
        touched = accesses(op)
        if touched:
            address = address_of(op, slot, before)
            words = sources[1] if is_store(op) else self._memory[address : address + touched]
            (where,) = sources[0]
            return [(*_later(where, tag)[:2], tag[2]) for tag in words]
        if op.name in _CONSTANT_OF_EQUALS and slot[2] == slot[3]:
            return [_NOTHING] * len(sources[0])
        width = max((len(row) for row in sources), default=1)
        tags = [_merge([row[lane % len(row)] for row in sources]) for lane in range(width)]
        if op.value.endswith(" if cond else b"):  # the chosen side says which node it is
            conditions, *_ = op.reads(slot)
            _, *sides = sources
            chosen = [sides[not before[word]][lane] for lane, word in enumerate(conditions)]
            tags = [(*tag[:2], side[2]) for tag, side in zip(tags, chosen, strict=True)]
        writes = op.writes(slot)
        return tags * (len(writes[0]) // width) if writes else tags


def _round(tag: tuple[int, int, int]) -> int:
    return tag[0]


def _later(one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    return other if other[0] > one[0] else one


def _merge(tags: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    """The latest round, its lane, and the one node among the sources if there is just one."""
    best = tags[0] if tags else _NOTHING
    node = _NONE
    for tag in tags:
        if tag[0] > best[0]:
            best = tag
        if tag[2] != _NONE:
            node = tag[2] if node in (_NONE, tag[2]) else _MIXED
    return best[0], best[1], node


def _round_ends(shape: Shape, inputs: Inputs) -> dict[int, tuple[int, int]]:
    """Every word that ends a round, in both of its forms, to (next round, lane)."""
    pending = HASH_STAGES[-1][1]
    ends: dict[int, tuple[int, int]] = {}
    for lane, value in enumerate(inputs.values):
        index = 0
        for number in range(shape.rounds):
            index, value = step(shape, inputs.tree, index, value)
            ends[value] = ends[value ^ pending] = (number + 1, lane)
    return ends


class LoadKind(NamedTuple):
    """Loads that bring words of the same tree levels: during set-up and for lanes."""

    brings: str
    setup: int
    lanes: int


def loads_by_level(
    slots: Sequence[tuple[Op, Slot]], provenance: Provenance, live: Liveness
) -> list[LoadKind]:
    """Count the slots of the load engine by what their still needed words are.

    ``slots`` are those of all executed bundles in order. A word that is written again before it
    is read (the junk around a record) does not count; a load of nothing needed is ``unused``.
    """
    setup: Counter[tuple[int, str]] = Counter()
    lanes: Counter[tuple[int, str]] = Counter()
    row = 0
    for number, (op, _) in enumerate(slots):
        if op.engine != "load":
            continue
        key = (1 << 30, "constants")
        if accesses(op):
            levels = provenance.levels[row : row + VLEN]
            row += VLEN
            mask = live.lanes[number]
            needed = sorted({levels[i] for i in range(VLEN) if mask >> i & 1} - {-1})
            if needed:
                key = (needed[0], "level " + "+".join(map(str, needed)))
            elif not mask:
                key = (1 << 29, "unused")
            else:
                key = (1 << 28, "lane data" if provenance.rounds[number] >= 0 else "header, other")
        (setup if provenance.rounds[number] == SETUP else lanes)[key] += 1
    return [LoadKind(key[1], setup[key], lanes[key]) for key in sorted(setup.keys() | lanes.keys())]
