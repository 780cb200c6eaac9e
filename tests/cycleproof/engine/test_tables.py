"""The words that all lanes share: made in vectors or one by one, they are the same."""

import ctypes
import random

import pytest

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

import numpy as np

from cycleproof.engine.layout import Formula, Step
from cycleproof.engine.llvm import native, tables
from cycleproof.engine.llvm.emit import WIDTH, module
from cycleproof.engine.meaning import compute

SUM = (Step("cell", (0,)), Step("word", (1,)), Step("cell", (2,)))
STEPS = (*SUM, Step("a // b", (0, 1)), Step("a ^ b", (3, 2)))
WORDS, HERE = 600, 400  # an image; results lie from HERE on


def row(place: int, *parameters: int) -> tuple[int, ...]:
    return (HERE + place, *parameters)


def near(place: int) -> tuple[int, ...]:
    """A row whose places two vectors hold, whatever place beside it has one."""
    return row(place, 3 + place % 20, 1 + place % 3, 90 - place % 20)


ROWS = {
    "side by side": [near(place) for place in range(40)],
    "with gaps": [near(place) for place in range(60) if place % 4],
    "few": [near(place) for place in (0, 1, 2)],
    "far apart": [near(50 * place) for place in range(4)],
    "of scattered words": [row(place, 90 * (place % 4), 7, 5) for place in range(9)],
    "some of each": [near(at) for at in range(9)]
    + [row(at, 100 * at - 750, 1, 2) for at in (9, 10, 11)],
}


def run(formula: Formula, image: list[int]) -> list[int]:
    whole = "define void @all(ptr %image) {\n  call void @make_x(ptr %image)\n  ret void\n}"
    engine = native._machine_code(module([tables.maker("x", formula), whole]))
    found = np.array(image + [0] * WIDTH, dtype=np.uint32)
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(engine.get_function_address("all"))(found.ctypes.data)
    return found.tolist()[: len(image)]


@pytest.mark.parametrize("name", ROWS)
def test_every_word_is_made_and_no_other(name: str) -> None:
    rows = ROWS[name]
    drawn = random.Random(1)
    image = [drawn.randrange(1 << 32) for _ in range(WORDS)]
    expected = list(image)
    for place, first, word, second in rows:
        quotient = compute("a // b", image[first], word)
        expected[place] = compute("a ^ b", quotient, image[second])
    assert run(Formula(STEPS, tuple(rows)), image) == expected


def test_each_row_is_made_once() -> None:
    for rows in ROWS.values():
        stretches, others = tables._stretches(Formula(STEPS, tuple(rows)))
        assert sorted([*others, *(row for one in stretches for row in one.rows.values())]) == rows
    assert not tables._stretches(Formula(STEPS, tuple(ROWS["few"])))[0]
    assert not tables._stretches(Formula(STEPS, tuple(ROWS["with gaps"])))[1]
    stretches, others = tables._stretches(Formula(STEPS, tuple(ROWS["some of each"])))
    assert len(stretches) == 1
    assert len(others) == 2
