"""What the bundles do to scratch, in their order: overlaps, unwritten reads, dead slots."""

from __future__ import annotations  # array[int] is a type from Python 3.12 on

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from .execution import Execution, accesses, is_store
from .footprints import Footprint


class Liveness(NamedTuple):
    """Which words are still needed. A word is live if it is read before it is written again.

    ``words`` holds, per bundle, how many words are live as it starts. ``lanes`` holds one byte
    per slot, in order: bit i is set if lane i of what the slot writes is live afterwards.
    ``dead`` counts the slots that write scratch and nothing live.
    """

    words: array[int]
    lanes: bytearray
    dead: int


def liveness(bundles: Sequence[Sequence[Footprint]]) -> Liveness:
    """Walk the bundles backwards; the last bundle leaves nothing live."""
    live = 0
    counts = array("H", bytes(2 * len(bundles)))
    lanes = bytearray(sum(map(len, bundles)))
    number = len(lanes)
    dead = 0
    for position in range(len(bundles) - 1, -1, -1):
        slots = bundles[position]
        for _, written in reversed(slots):  # the later slot wins, so it takes the word first
            number -= 1
            if written:
                kept = live & written
                lanes[number] = kept >> (written & -written).bit_length() - 1
                live ^= kept
                dead += not kept
        for read, _ in slots:
            live |= read
        counts[position] = live.bit_count()
    return Liveness(counts, lanes, dead)


def overlapped_stores(execution: Execution) -> int:
    """How many memory words the stores of one bundle wrote more than once, over a whole run."""
    count = number = 0
    for slots in execution.bundles:
        taken: set[int] = set()
        for op, _ in slots:
            if width := accesses(op):
                first = execution.addresses[number]
                number += 1
                if is_store(op):
                    words = range(first, first + width)
                    count += sum(word in taken for word in words)
                    taken.update(words)
    return count


def _numbers(mask: int) -> list[int]:
    return [word for word in range(mask.bit_length()) if mask >> word & 1]


def hazard_figures(bundles: Sequence[Sequence[Footprint]]) -> dict[str, Any]:
    """Overlapping writes in a bundle (the later slot wins), unwritten and never read words.

    A slot is dead if no word that it writes is read before it is written again, in the order of
    the bundles; stores and jumps never are. A word read and never written holds 0.
    """
    overlaps = defined = used = 0
    for slots in bundles:
        mine = 0
        for read, written in slots:
            used |= read
            overlaps += (mine & written).bit_count()
            mine |= written
        defined |= mine
    return {
        "overlaps": overlaps,
        "unwritten_reads": _numbers(used & ~defined),
        "never_read": _numbers(defined & ~used),
        "words_used": (used | defined).bit_count(),
        "dead_slots": liveness(bundles).dead,
    }
