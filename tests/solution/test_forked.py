"""Forked tables: records apart, addresses as the bits say, right programs on every path."""

import random
from itertools import product

import pytest

from frozen.machine import Machine
from frozen.problem import Inputs, Shape, inputs_from_seed, memory_image, reference
from solution import recipe
from solution.graph import compile_labelled, forked, options, plan, tables
from solution.graph.build import Built

BASE = 1000
OUTER, INNER, THIRD = forked.tables(BASE, tables.plain(forked.LINEAR, 0))
CHOICES = {
    "select": 2, "pairs": [3, 5, 7], "forked": True, "strided": True, "buffer_count": 2,
    "flow": {"7": 16, "9": 32},
}  # fmt: skip


def test_no_two_records_share_a_word() -> None:
    rows = [OUTER.image(), INNER.image(), INNER.links()]
    words = [word for row in rows for word in row]
    assert [len(row) for row in rows] == [3 * 8, 3 * 32, 32]
    assert len(set(words)) == len(words)
    assert set(words) <= set(OUTER.words)
    assert sorted(OUTER.image().values()) == list(range(7, 31))
    assert sorted(INNER.image().values()) == list(range(31, 127))


def test_two_multiply_adds_reach_every_record() -> None:
    """The address ops, on plain numbers: they find each record's node and its pointer."""
    for bits in product((0, 1), repeat=5):
        b0, b1, b2, b3, b4 = bits
        outer = (b2 - 2) * forked.OUTER_STEP[b0] + BASE + forked.SPLIT[b1]
        inner = (b4 - 2) * forked.INNER_STEP[b3] + outer
        record = int("".join(map(str, bits)), 2)
        assert OUTER.image()[outer + OUTER.node] == 7 + 7 - (record >> 2)
        assert INNER.image()[inner + INNER.node] == 31 + 31 - record
        block = INNER.links()[inner + INNER.pointer]
        for low in range(4):  # the four records of level 7 below it
            node = 127 + 127 - (4 * record + low)
            assert THIRD.image()[block + 4 * low + THIRD.node] == node


@pytest.mark.slow
@pytest.mark.parametrize("third", [0, 16, 32])
@pytest.mark.parametrize("stored", [0, 5])
@pytest.mark.parametrize("shape", [Shape(9, 10, 240), Shape(8, 16, 240)], ids=str)
def test_programs_are_right(shape: Shape, third: int, stored: int) -> None:
    notes: list[str] = []
    choices = {**CHOICES, "third": third, "stored": stored, "scalar": {"7": 8}}
    program, _ = compile_labelled(shape, choices, notes)
    assert notes == []
    draw = random.Random(third)
    words = [draw.getrandbits(32) for _ in range(shape.n_nodes + shape.batch_size)]
    inputs = Inputs(words[: shape.n_nodes], words[shape.n_nodes :])
    run = Machine(program).run(memory_image(shape, inputs))
    assert run.memory[shape.values_p :] == reference(shape, inputs)[1]


@pytest.mark.parametrize("cut", [4, 5, 6, 7, 8])
def test_a_walk_may_end_at_any_level(cut: int) -> None:
    shape = Shape(10, cut, 240)
    notes: list[str] = []
    program, _ = compile_labelled(shape, CHOICES, notes)
    assert all("no such levels" in note for note in notes)
    inputs = Inputs(list(range(shape.n_nodes)), list(range(shape.batch_size)))
    run = Machine(program).run(memory_image(shape, inputs))
    assert run.memory[shape.values_p :] == reference(shape, inputs)[1]


@pytest.mark.parametrize("batch", [8, 12, 64])
@pytest.mark.parametrize("indices", [False, True])
def test_stored_constants_leave_the_values_right(batch: int, indices: bool) -> None:
    """They come by way of the first group's values, which have been loaded by then."""
    shape = Shape(7, 12, batch)
    choices = {"select": 2, "pairs": [3], "stored": 1, "indices": indices, "buffer_count": 1}
    notes: list[str] = []
    labels = compile_labelled(shape, choices, notes)[1]
    assert not any("constants" in note for note in notes)
    assert any("constant" in label for row in labels for label in row.get("store", ()))
    inputs = Inputs(list(range(shape.n_nodes)), list(range(7, 7 + batch)))
    program, _ = compile_labelled(shape, choices, [])
    memory = Machine(program).run(memory_image(shape, inputs)).memory
    found, values = reference(shape, inputs)
    assert memory[shape.values_p :] == values
    if indices:
        assert memory[shape.indices_p : shape.values_p] == found


@pytest.mark.parametrize("batch", range(1, 8))
def test_fewer_lanes_than_a_group_store_no_constants(batch: int) -> None:
    """Words before the values are not the group's: tables may lie there."""
    shape = Shape(9, 12, batch)
    choices = {key: each for key, each in recipe.load("best").options.items() if key != "hints"}
    notes: list[str] = []
    program, labels = compile_labelled(shape, choices, notes)
    assert any(note.startswith("stored constants: ") for note in notes)
    assert not any("constant" in label for row in labels for label in row.get("store", ()))
    for seed in range(4):
        inputs = inputs_from_seed(seed, shape)
        memory = Machine(program).run(memory_image(shape, inputs)).memory
        assert memory[shape.values_p :] == reference(shape, inputs)[1]


def test_a_word_that_holds_an_address_serves_where_it_is_wanted() -> None:
    """Pointers in tables bring the tree's chunks; what stored a table stores indices there."""
    shape = Shape(10, 16, 256)
    chosen = options.parse({**CHOICES, "strided": False, "indices": True})
    program = Built(shape, chosen, plan.make(shape, chosen, []))
    made = [op for op in program.graph.ops if op.label == "address"]
    chunks, values, table, late, buffers = 64, 32, 26, 4, 2 * 8
    firsts = 1 + 1 + 1 + 1  # a sequence's first word is a constant
    assert len(made) == chunks + values + table + late + buffers - firsts
    copies = [slot for op in program.graph.ops if op.label.startswith("table")
              for slot in op.forms.get("alu", ()) if slot[0] == "|"]  # fmt: skip
    assert len(copies) == 1  # the address 0, which exists
