"""The words of slots as masks, against the op table's own ranges."""

import random

import pytest

from cycleproof.analysis.footprints import footprints
from cycleproof.artifact.format import slots_of
from frozen.ops import OPS
from tests.support.programs import random_program


def mask(ranges: list[range]) -> int:
    return sum({word: 1 << word for words in ranges for word in words}.values())


@pytest.mark.parametrize("seed", range(20))
def test_masks_are_the_ranges_of_the_op_table(seed: int) -> None:
    slots = slots_of(random_program(random.Random(seed), sorted(OPS), 40))
    for pairs, words in zip(slots, footprints([*slots, *slots])[-len(slots) :], strict=True):
        expected = [(mask(op.reads(slot)), mask(op.writes(slot))) for op, slot in pairs]
        assert list(words) == expected


def test_the_engine_and_the_displacement_count() -> None:
    """Slots with the same text on two engines, and operands that are moved on and back."""
    program = [
        {"alu": [["+", 16, 0, 8]], "valu": [["+", 24, 0, 8]]},
        {"load": [["load_offset", 4, 9, 3], ["load_offset", 40, 9, -9]]},
        {"alu": [["+", 24, 0, 8]], "valu": [["+", 16, 0, 8]]},
    ]
    assert [
        [tuple(map(bin, words)) for words in bundle] for bundle in footprints(slots_of(program))
    ] == [
        [(bin(0x101), bin(1 << 16)), (bin(0xFFFF), bin(0xFF << 24))],
        [(bin(1 << 12), bin(1 << 7)), (bin(1 << 0), bin(1 << 31))],
        [(bin(0x101), bin(1 << 24)), (bin(0xFFFF), bin(0xFF << 16))],
    ]


def test_equal_slots_share_their_words() -> None:
    first, second = footprints(
        slots_of([{"alu": [["+", 1000, 2, 3]]}, {"alu": [("+", 1000, 2, 3)]}])
    )
    assert first[0] is second[0]
