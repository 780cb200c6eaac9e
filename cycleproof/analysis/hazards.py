"""What the bundles do to scratch, in their order: overlaps, unwritten reads, dead slots."""

from __future__ import annotations  # array[int] is a type from Python 3.12 on

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from frozen.ops import Op, Slot

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


def _written(op: Op, slot: Slot) -> int:
    """The scratch words that a slot writes, as a mask."""
    words = 0
    shift = int(slot[-1]) if op.displaced else 0
    for (_, kind, width), at in zip(op.operands, slot[1:], strict=True):
        if kind == "dest":
            words |= ((1 << width) - 1) << int(at) + shift
    return words


def _read(op: Op, slot: Slot) -> int:
    """The scratch words that a slot reads, as a mask."""
    words = 0
    shift = int(slot[-1]) if op.displaced else 0
    for (_, kind, width), at in zip(op.operands, slot[1:], strict=True):
        if kind == "src":
            words |= ((1 << width) - 1) << int(at) + shift
    return words


def liveness(bundles: Sequence[Pairs]) -> Liveness:
    """Walk the bundles backwards; the last bundle leaves nothing live."""
    live = 0
    words = array("H", bytes(2 * len(bundles)))
    lanes = bytearray(sum(map(len, bundles)))
    number = len(lanes)
    dead = 0
    for position in range(len(bundles) - 1, -1, -1):
        slots = bundles[position]
        for op, slot in reversed(slots):  # the later slot wins, so it takes the word first
            number -= 1
            written = _written(op, slot)
            if written:
                kept = live & written
                lanes[number] = kept >> (written & -written).bit_length() - 1
                live ^= kept
                dead += not kept
        for op, slot in slots:
            live |= _read(op, slot)
        words[position] = live.bit_count()
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


def _numbers(mask: int) -> list[int]:
    return [word for word in range(mask.bit_length()) if mask >> word & 1]


def hazard_figures(bundles: Sequence[Pairs]) -> dict[str, Any]:
    """Overlapping writes in a bundle (the later slot wins), unwritten and never read words.

    A slot is dead if no word that it writes is read before it is written again, in the order of
    the bundles; stores and jumps never are. A word read and never written holds 0.
    """
    overlaps = written = read = 0
    for slots in bundles:
        mine = 0
        for op, slot in slots:
            read |= _read(op, slot)
            words = _written(op, slot)
            overlaps += (mine & words).bit_count()
            mine |= words
        written |= mine
    return {
        "overlaps": overlaps,
        "unwritten_reads": _numbers(read & ~written),
        "never_read": _numbers(written & ~read),
        "words_used": (read | written).bit_count(),
        "dead_slots": liveness(bundles).dead,
    }
