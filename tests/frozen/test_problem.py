"""The problem against a second statement of it, written from the specification's prose."""

import random

import pytest

from frozen.problem import (
    JUDGED,
    Inputs,
    Shape,
    hash32,
    inputs_from_seed,
    memory_image,
    reference,
)
from tests.support.programs import seeded

TOP = 2**32 - 1


def plain_hash(a: int) -> int:
    a = (a + 0x7ED55D16 + (a << 12)) & TOP
    a = (a ^ 0xC761C23C) ^ (a >> 19)
    a = (a + 0x165667B1 + (a << 5)) & TOP
    a = ((a + 0xD3A2646C) ^ (a << 9)) & TOP
    a = (a + 0xFD7046C5 + (a << 3)) & TOP
    return (a ^ 0xB55A4F09) ^ (a >> 16)


def test_hash_is_the_spec_s() -> None:
    draw = seeded(0)
    for a in [0, 1, TOP, 2**31, *(draw.getrandbits(32) for _ in range(5000))]:
        assert hash32(a) == plain_hash(a)


@pytest.mark.parametrize("shape", [Shape(1, 1, 1), Shape(1, 5, 3), Shape(3, 9, 10), Shape(5, 2, 4)])
def test_reference(shape: Shape) -> None:
    inputs = inputs_from_seed(5, shape)
    lanes = [(0, value) for value in inputs.values]
    for _ in range(shape.rounds):
        for lane, (index, value) in enumerate(lanes):
            value = plain_hash(value ^ inputs.tree[index])
            index = 2 * index + (2 if value & 1 else 1)
            lanes[lane] = (index if index < len(inputs.tree) else 0, value)
    assert reference(shape, inputs) == ([i for i, _ in lanes], [v for _, v in lanes])


def test_inputs_are_drawn_in_the_public_order() -> None:
    random.seed(123)
    tree = [random.randint(0, 2**30 - 1) for _ in range(2047)]
    values = [random.randint(0, 2**30 - 1) for _ in range(256)]
    assert inputs_from_seed(123, JUDGED) == Inputs(tree, values)


def test_memory_image_of_the_judged_shape() -> None:
    inputs = inputs_from_seed(0, JUDGED)
    image = memory_image(JUDGED, inputs)
    assert image[:7] == [16, 2047, 256, 10, 7, 2054, 2310]
    assert len(image) == 2566 == JUDGED.memory_size
    assert image[7:2054] == inputs.tree
    assert image[2054:2310] == [0] * 256
    assert image[2310:] == inputs.values
