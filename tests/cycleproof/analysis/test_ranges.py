"""Ranges of shift amounts: sound on random programs, as narrow as real kernels need."""

import contextlib
import random
from typing import Any

import pytest

from cycleproof.analysis import ranges
from cycleproof.analysis.footprints import footprints
from cycleproof.analysis.ranges import left_shifts
from cycleproof.artifact.format import slots_of
from frozen.errors import Fault
from frozen.machine import Machine
from frozen.ops import MASK, OPS, SCRATCH_SIZE
from frozen.problem import Inputs, Shape, memory_image
from tests.support.programs import random_program, scalar_kernel

SHAPE = Shape(4, 3, 29)  # an image of 96 words, as random programs expect


def bounds(program: Any, shape: Shape = SHAPE) -> list[int]:
    slots = slots_of(program)
    return [shift.most for shift in left_shifts(shape, slots, footprints(slots))]


def greatest_amounts(program: Any, image: list[int]) -> list[int]:
    """What one run shifts by, slot by slot in program order; faults end it."""
    shifts = [
        (number, slot[3], 8 if engine == "valu" else 1)
        for number, bundle in enumerate(program)
        for engine, slots in bundle.items()
        for slot in slots
        if slot[0] == "<<"
    ]
    amounts = [0] * len(shifts)
    before = [0] * SCRATCH_SIZE

    def observe(bundle: int, scratch: list[int], _memory: list[int]) -> None:
        for at, (number, first, width) in enumerate(shifts):
            if number == bundle:
                amounts[at] = max(amounts[at], *before[first : first + width])
        before[:] = scratch

    with contextlib.suppress(Fault):
        Machine(program).run(image, fuel=300, observe=observe)
    return amounts


CROWDED = [("alu", "<<"), ("valu", "<<"), *(key for key in sorted(OPS) if key[0] != "debug")]


@pytest.mark.parametrize("seed", range(150))
def test_no_run_exceeds_its_bounds(seed: int) -> None:
    draw = random.Random(seed)
    ops = CROWDED if seed % 2 else [key for key in CROWDED if OPS[key].place != "pc"]
    program = random_program(draw, ops)
    known = bounds(program)
    for top in (3, 2**30 - 1, MASK):
        tree = [draw.randint(0, top) for _ in range(SHAPE.n_nodes)]
        values = [draw.randint(0, top) for _ in range(SHAPE.batch_size)]
        seen = greatest_amounts(program, memory_image(SHAPE, Inputs(tree, values)))
        assert all(a <= b for a, b in zip(seen, known, strict=True)), (seen, known)


def test_only_what_amounts_need_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without jumps a word comes from its last writer: fewer slots, and the same bounds."""
    draw = random.Random(2)
    straight = [key for key in CROWDED if OPS[key].place != "pc"]
    programs = [random_program(draw, straight) for _ in range(40)]
    sliced = [bounds(program) for program in programs]
    in_order, in_any_order = ranges._feeding_in_order, ranges._feeding
    sizes: list[tuple[int, int]] = []

    def both(slots: Any, words: Any, shifts: Any) -> set[ranges.Place]:
        fewer, all_writers = in_order(slots, words, shifts), in_any_order(slots, shifts)
        assert fewer <= all_writers
        sizes.append((len(fewer), len(all_writers)))
        return all_writers

    monkeypatch.setattr(ranges, "_feeding_in_order", both)
    assert [bounds(program) for program in programs] == sliced
    assert 2 * sum(fewer for fewer, _ in sizes) < sum(more for _, more in sizes)


@pytest.mark.slow
def test_the_random_programs_try_something() -> None:
    """Some bounds are narrow, some are reached, and some programs jump."""
    draw = random.Random(1)
    narrow = reached = 0
    for _ in range(60):
        program = random_program(draw, CROWDED)
        known = bounds(program)
        image = memory_image(SHAPE, Inputs([1] * SHAPE.n_nodes, [1] * SHAPE.batch_size))
        seen = greatest_amounts(program, image)
        narrow += sum(most < MASK for most in known)
        reached += sum(0 < most == got for most, got in zip(known, seen, strict=True))
    assert narrow > 20
    assert reached > 5


SHIFT = {"alu": [["<<", 9, 9, 1]]}


@pytest.mark.parametrize(
    ("before", "most"),
    [
        ([], 0),
        ([{"load": [["const", 1, 12]]}], 12),
        ([{"load": [["const", 1, -1]]}], MASK),
        ([{"load": [["const", 2, 12]]}, {"alu": [["+", 1, 2, 2]]}], 24),
        ([{"load": [["const", 2, 12]]}, {"valu": [["vbroadcast", 1, 2]]}], 12),
        # a tree word, bounded by `&`; the same by a shift to the right, by a remainder
        ([{"load": [["const", 2, 8], ["const", 3, 31]]}, {"load": [["load", 4, 2]]},
          {"alu": [["&", 1, 4, 3]]}], 31),
        ([{"load": [["const", 2, 8], ["const", 3, 27]]}, {"load": [["load", 4, 2]]},
          {"alu": [[">>", 1, 4, 3]]}], 31),
        ([{"load": [["const", 2, 8], ["const", 3, 20]]}, {"load": [["load", 4, 2]]},
          {"alu": [["%", 1, 4, 3]]}], 19),
        ([{"load": [["const", 2, 8]]}, {"load": [["load", 1, 2]]}], MASK),
        # the height, from the header; a constant by way of memory
        ([{"load": [["const", 2, 3]]}, {"load": [["load", 1, 2]]}], SHAPE.forest_height),
        ([{"load": [["const", 2, 50], ["const", 3, 7]]}, {"store": [["store", 2, 3]]},
          {"load": [["load", 1, 2]]}], 7),
        # stores at an unknown address may have replaced it
        ([{"load": [["const", 2, 50], ["const", 3, 7]]}, {"store": [["store", 2, 3]]},
          {"load": [["load", 4, 2]]}, {"load": [["const", 5, 8]]}, {"load": [["load", 6, 5]]},
          {"store": [["store", 6, 6]]}, {"load": [["load", 1, 2]]}], MASK),
        # two stores of one bundle: the second may hit the word of the first, or not
        ([{"load": [["const", 2, 50], ["const", 3, 7]]},
          {"load": [["const", 4, 8], ["const", 5, 1]]},
          {"load": [["load", 6, 4]]}, {"alu": [["&", 6, 6, 5]]}, {"alu": [["+", 6, 6, 2]]},
          {"store": [["store", 2, 3], ["store", 6, 5]]}, {"load": [["load", 1, 2]]}], 7),
        # loops: a constant keeps its range, a counter has none
        ([{"load": [["const", 1, 9]]}, {"flow": [["cond_jump", 1, 0]]}], 9),
        ([{"load": [["const", 2, 1]]}, {"alu": [["+", 1, 1, 2]]},
          {"flow": [["cond_jump", 1, 1]]}], MASK),
    ],
)  # fmt: skip
def test_bounds(before: list[dict[str, Any]], most: int) -> None:
    assert bounds([*before, SHIFT]) == [most]


def test_a_word_is_read_before_its_bundle_writes_it() -> None:
    both = {"load": [["const", 1, MASK]], "alu": [["<<", 9, 9, 1]]}
    assert bounds([both, SHIFT]) == [0, MASK]


def test_the_scalar_kernel_shifts_by_the_hash() -> None:
    shape = Shape(2, 3, 4)
    assert max(bounds(scalar_kernel(shape), shape)) == 12


def test_a_program_that_never_settles_costs_little_and_has_no_bounds() -> None:
    """A chain of copies against the order of the program: one word more in each pass."""
    chain = [{"alu": [["+", word, word + 1, 0]]} for word in range(10, 200)]
    program = [*chain, {"load": [["const", 200, 5]]}, {"flow": [["cond_jump", 200, 0]]}]
    assert bounds([*program, {"alu": [["<<", 9, 9, 10]]}]) == [MASK]


@pytest.mark.parametrize("seed", range(20))
def test_each_shift_is_where_the_program_has_it(seed: int) -> None:
    draw = random.Random(seed)
    program = random_program(draw, CROWDED)
    slots = slots_of(program)
    found = [shift[:4] for shift in left_shifts(SHAPE, slots, footprints(slots))]
    assert found == [
        (bundle, engine, number, range(slot[3], slot[3] + (8 if engine == "valu" else 1)))
        for bundle, engines in enumerate(program)
        for engine, some in engines.items()
        for number, slot in enumerate(some)
        if slot[0] == "<<"
    ]
