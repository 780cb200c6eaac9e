"""The packer: slot limits, hazards, and that packing never changes what a program computes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frozen.machine import Machine
from frozen.ops import SLOT_LIMITS, VLEN
from solution.scalar.packer import Packer, Step

WORDS = 40
MEMORY = 24


def alu(dest: int, a: int, b: int) -> Step:
    return Step("alu", ("+", dest, a, b))


def load(dest: int, cell: int) -> Step:
    return Step("load", ("load", dest, 0), range(cell, cell + 1))


def store(src: int, cell: int) -> Step:
    return Step("store", ("store", 0, src), range(cell, cell + 1))


def pack(*steps: Step) -> list[int]:
    packer = Packer()
    return [packer.add(step) for step in steps]


@pytest.mark.parametrize(
    ("steps", "bundles"),
    [
        ([alu(1, 0, 0), alu(2, 0, 0)], [0, 0]),  # independent
        ([alu(1, 0, 0), alu(2, 1, 0)], [0, 1]),  # reads what was written
        ([alu(2, 1, 0), alu(1, 0, 0)], [0, 0]),  # overwrites what the same bundle reads
        ([alu(1, 0, 0), alu(2, 1, 0), alu(1, 0, 0)], [0, 1, 1]),  # not before its reader
        ([alu(1, 0, 0), alu(1, 0, 0)], [0, 1]),  # writes the same word
        ([alu(n, 0, 0) for n in range(1, 14)], [0] * 12 + [1]),  # the thirteenth alu slot
        (
            [Step("valu", ("vbroadcast", 8, 0)), alu(1, 15, 0), alu(2, 16, 0)],
            [0, 1, 0],  # a vector's last lane, and the word behind it
        ),
        ([store(1, 9), load(2, 9)], [0, 1]),  # loads what was stored
        ([load(2, 9), store(1, 9)], [0, 0]),  # a store lands after the bundle's loads
        ([store(1, 8), load(2, 9)], [0, 0]),  # another cell
        ([store(1, 9), store(2, 9)], [0, 1]),  # stores to one cell keep their order
    ],
)
def test_earliest_bundle(steps: list[Step], bundles: list[int]) -> None:
    assert pack(*steps) == bundles


def test_boundary_holds_later_steps_back() -> None:
    packer = Packer()
    packer.add(alu(1, 0, 0))
    packer.boundary()
    assert packer.add(alu(2, 0, 0)) == 1


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    """Random straight-line code over a few words, so that hazards of every kind are common."""
    word = st.integers(8, WORDS - 1)
    vector = st.integers(8, WORDS - VLEN)
    cell = st.integers(0, MEMORY - VLEN)
    code: list[Step] = []
    for kind in draw(
        st.lists(st.sampled_from(("alu", "valu", "load", "store", "flow")), max_size=40)
    ):
        if kind == "alu":
            name = draw(st.sampled_from(("+", "^", "<")))
            code.append(Step(kind, (name, draw(word), draw(word), draw(word))))
        elif kind == "valu":
            code.append(Step(kind, ("+", draw(vector), draw(vector), draw(vector))))
        elif kind == "flow":
            code.append(Step(kind, ("select", draw(word), draw(word), draw(word), draw(word))))
        else:  # the address is a constant in one of the words 0..7, which nothing else writes
            at, pointer = draw(cell), draw(st.integers(0, 7))
            wide = draw(st.booleans())
            cells = range(at, at + (VLEN if wide else 1))
            data = draw(vector if wide else word)
            operands = (data, pointer) if kind == "load" else (pointer, data)
            code.append(Step("load", ("const", pointer, at)))
            code.append(Step(kind, (f"v{kind}" if wide else kind, *operands), cells))
    return code


@settings(max_examples=60)
@given(steps())
def test_packed_code_computes_the_same(code: list[Step]) -> None:
    start = [Step("load", ("const", word, word * 2654435761 % 2**32)) for word in range(WORDS)]
    spill = [
        step
        for word in range(WORDS)
        for step in (
            Step("load", ("const", WORDS, MEMORY + word)),
            Step("store", ("store", WORDS, word), range(MEMORY + word, MEMORY + word + 1)),
        )
    ]
    code = [*start, *code, *spill]
    packer = Packer()
    for step in code:
        packer.add(step)
    image = list(range(100, 100 + MEMORY + WORDS))
    plain = Machine([{step.engine: [step.slot]} for step in code]).run(image)
    packed = Machine(packer.bundles).run(image)
    assert packed.memory == plain.memory
    assert packed.cycles <= plain.cycles
    for bundle in packer.bundles:
        assert all(len(slots) <= SLOT_LIMITS[engine] for engine, slots in bundle.items())
