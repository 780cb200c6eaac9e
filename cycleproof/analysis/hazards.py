"""What the bundles do to scratch, in their order: overlaps, unwritten reads, dead slots."""

from __future__ import annotations  # array[int] is a type from Python 3.12 on

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from frozen.ops import SCRATCH_SIZE

from . import Pairs
from .execution import Execution, accesses, is_store


class Liveness(NamedTuple):
    """Which words are still needed. A word is live if it is read before it is written again.

    ``words`` holds, per bundle, how many words are live as it starts. ``lanes`` holds one byte
    per slot, in order: bit i is set if lane i of what the slot writes is live afterwards.
    ``dead`` counts the slots that write scratch and nothing live.
    """

    words: array[int]
    lanes: bytearray
    dead: int


def liveness(bundles: Sequence[Pairs]) -> Liveness:
    """Walk the bundles backwards; the last bundle leaves nothing live."""
    live = bytearray(SCRATCH_SIZE)
    words = array("H", bytes(2 * len(bundles)))
    lanes = bytearray(sum(map(len, bundles)))
    number = len(lanes)
    count = dead = 0
    for position in range(len(bundles) - 1, -1, -1):
        slots = bundles[position]
        for op, slot in reversed(slots):  # the later slot wins, so it takes the word first
            number -= 1
            for dest in op.writes(slot):
                mask = sum(1 << lane for lane, word in enumerate(dest) if live[word])
                count -= mask.bit_count()
                live[dest.start : dest.stop] = bytes(len(dest))
                lanes[number] = mask
                dead += not mask
        for op, slot in slots:
            for source in op.reads(slot):
                count += len(source) - live.count(1, source.start, source.stop)
                live[source.start : source.stop] = b"\1" * len(source)
        words[position] = count
    return Liveness(words, lanes, dead)


def overlapped_stores(execution: Execution) -> int:
    """How many memory words the stores of one bundle wrote more than once, over a whole run."""
    count = number = 0
    for slots in execution.bundles:
        written: set[int] = set()
        for op, _ in slots:
            if width := accesses(op):
                first = execution.addresses[number]
                number += 1
                if is_store(op):
                    words = range(first, first + width)
                    count += sum(word in written for word in words)
                    written.update(words)
    return count


def hazard_figures(bundles: Sequence[Pairs]) -> dict[str, Any]:
    """Overlapping writes in a bundle (the later slot wins), unwritten and never read words.

    A slot is dead if no word that it writes is read before it is written again, in the order of
    the bundles; stores and jumps never are. A word read and never written holds 0.
    """
    overlaps = 0
    written: set[int] = set()
    read: set[int] = set()
    for slots in bundles:
        mine: set[int] = set()
        for op, slot in slots:
            read.update(*op.reads(slot))
            for words in op.writes(slot):
                overlaps += sum(word in mine for word in words)
                mine.update(words)
        written |= mine
    return {
        "overlaps": overlaps,
        "unwritten_reads": sorted(read - written),
        "never_read": sorted(written - read),
        "words_used": len(read | written),
        "dead_slots": liveness(bundles).dead,
    }
