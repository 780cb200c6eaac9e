"""Every rule of the machine, one row each: what runs and what it leaves, what faults and how."""

from collections.abc import Sequence
from typing import Any

import pytest

from frozen.errors import Fault, Malformed
from frozen.machine import Machine, Run
from frozen.ops import OPS, SCRATCH_SIZE, SLOT_LIMITS, Bundle, Program
from frozen.program import check_program

TOP = 2**32 - 1


def run(*bundles: Bundle, image: Sequence[int] = (0,) * 16, fuel: int = 100) -> Run:
    return Machine(bundles).run(list(image), fuel)


def word(*slots: tuple[Any, ...], read: int = 20) -> int:
    """Run slots one a bundle after each other, then store scratch word ``read`` at 0."""
    bundles = [{engine: [slot]} for engine, *slot in slots]
    return run(*bundles, {"store": [("store", 0, read)]}).memory[0]


def binary(name: str, a: int, b: int) -> int:
    return word(("load", "const", 1, a), ("load", "const", 2, b), ("alu", name, 20, 1, 2))


BINARY = [
    ("+", TOP, 1, 0),
    ("-", 0, 1, TOP),
    ("*", 2**31, 2, 0),
    ("*", TOP, TOP, 1),
    ("//", 7, 2, 3),
    ("//", TOP, TOP, 1),
    ("cdiv", 7, 2, 4),
    ("cdiv", 8, 2, 4),
    ("cdiv", 0, 5, 0),
    ("cdiv", TOP, 1, TOP),
    ("%", 7, 4, 3),
    ("^", 0b1100, 0b1010, 0b0110),
    ("&", 0b1100, 0b1010, 0b1000),
    ("|", 0b1100, 0b1010, 0b1110),
    ("<<", 1, 31, 2**31),
    ("<<", 3, 31, 2**31),
    ("<<", 1, 32, 0),
    ("<<", 1, TOP, 0),
    (">>", TOP, 31, 1),
    (">>", TOP, 32, 0),
    (">>", TOP, TOP, 0),
    ("<", 1, 2, 1),
    ("<", 2, 2, 0),
    ("<", TOP, 0, 0),  # unsigned
    ("==", 5, 5, 1),
    ("==", 5, 6, 0),
]


@pytest.mark.parametrize(("name", "a", "b", "expected"), BINARY)
def test_binary_on_alu(name: str, a: int, b: int, expected: int) -> None:
    assert binary(name, a, b) == expected


@pytest.mark.parametrize(("name", "a", "b", "expected"), BINARY)
def test_binary_on_every_lane_of_valu(name: str, a: int, b: int, expected: int) -> None:
    memory = run(
        {"load": [("const", 1, a), ("const", 2, b)]},
        {"valu": [("vbroadcast", 100, 1), ("vbroadcast", 200, 2)]},
        {"valu": [(name, 300, 100, 200)]},
        {"store": [("vstore", 0, 300)]},
    ).memory
    assert memory[:9] == [expected] * 8 + [0]


def test_the_table_has_all_thirteen_binary_ops_twice() -> None:
    assert {name for name, *_ in BINARY} == {name for engine, name in OPS if engine == "alu"}
    assert len([key for key in OPS if key[0] == "alu"]) == 13


def test_multiply_add_and_vselect_are_lane_wise() -> None:
    image = [*range(8), *range(10, 18)]
    memory = run(
        {"load": [("vload", 100, 0), ("const", 1, 8)]},
        {"load": [("vload", 200, 1)]},
        {"valu": [("multiply_add", 300, 100, 200, 200)]},
        {"flow": [("vselect", 400, 100, 300, 200)]},
        {"store": [("vstore", 0, 300), ("vstore", 1, 400)]},
        image=image,
    ).memory
    assert memory[:8] == [i * (10 + i) + 10 + i for i in range(8)]
    assert memory[8:] == [10, *memory[1:8]]


def test_load_offset_displaces_both_addresses() -> None:
    memory = run(
        {"load": [("const", 13, 5)]},
        {"load": [("load_offset", 20, 10, 3)]},
        {"store": [("store", 0, 23)]},
        image=[0, 0, 0, 0, 0, 77, 0],
    ).memory
    assert memory[0] == 77


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ([("load", "const", 20, -1)], TOP),
        ([("load", "const", 20, TOP)], TOP),
        ([("load", "const", 1, 5), ("flow", "add_imm", 20, 1, -6)], TOP),
        ([("load", "const", 1, 5), ("flow", "add_imm", 20, 1, TOP)], 4),
        ([("load", "const", 1, 9), ("flow", "select", 20, 0, 0, 1)], 9),
        ([("load", "const", 1, 9), ("flow", "select", 20, 1, 0, 1)], 0),
        ([("load", "const", 20, 3), ("flow", "coreid", 20)], 0),
    ],
)
def test_scalars(slots: list[tuple[Any, ...]], expected: int) -> None:
    assert word(*slots) == expected


def test_all_slots_read_the_old_state() -> None:
    swap = {"alu": [("+", 1, 2, 0), ("+", 2, 1, 0)]}
    memory = run(
        {"load": [("const", 1, 11), ("const", 2, 22)]},
        swap,
        {"load": [("const", 3, 1)]},
        {"store": [("store", 0, 1), ("store", 3, 2)]},
    ).memory
    assert memory[:2] == [22, 11]


def test_a_load_reads_what_a_store_of_the_same_bundle_replaces() -> None:
    memory = run(
        {"load": [("const", 1, 9)]},
        {"store": [("store", 0, 1)], "load": [("load", 2, 0)]},
        {"load": [("const", 3, 1)]},
        {"store": [("store", 3, 2)]},
        image=[5, 6],
    ).memory
    assert memory == [9, 5]


def test_the_later_slot_of_an_engine_wins() -> None:
    ended = run(
        {"load": [("const", 1, 7), ("const", 1, 8)]},
        {"store": [("vstore", 0, 16), ("store", 0, 1)]},
        image=[5] * 9,
    )
    assert ended.memory == [8, 0, 0, 0, 0, 0, 0, 0, 5]


@pytest.mark.parametrize(
    ("bundles", "cycles"),
    [
        ([], 0),
        ([{}], 0),
        ([{"debug": [("comment", "x")]}], 0),
        ([{"alu": []}], 1),
        ([{"debug": [], "flow": [("pause",)]}], 1),
        ([{"flow": [("halt",)]}, {"alu": []}], 1),
        ([{"flow": [("jump", 2)]}, {"alu": []}, {"alu": []}], 2),
        ([{"flow": [("jump", 1)]}], 1),  # to the end: stops
        ([{"flow": [("cond_jump", 0, 0)]}, {"alu": []}], 2),
        ([{"flow": [("cond_jump_rel", 0, -1)]}], 1),
        ([{"load": [("const", 1, 3)]}, {"flow": [("jump_indirect", 1)]}, {"alu": []}], 2),
        ([{"load": [("const", 1, 1)]}, {"flow": [("cond_jump_rel", 1, 1)]}, {"alu": []}], 2),
    ],
)
def test_cycles(bundles: Program, cycles: int) -> None:
    assert run(*bundles).cycles == cycles


def test_trace_write_appends() -> None:
    assert run({"load": [("const", 1, 4)]}, {"flow": [("trace_write", 1)]}).trace == [4]


CONST = {"load": [("const", 1, 100)]}
FAULTS = [
    ([{"flow": [("jump", 0)]}], "bundle 0: out of fuel"),
    ([{}, {"flow": [("jump", 0)]}], "out of fuel after 50 cycles"),
    ([CONST, {"load": [("load", 2, 1)]}], "bundle 1, load slot 0, operand addr: load at 100"),
    ([CONST, {"load": [("load", 2, 0), ("load", 3, 1)]}], "bundle 1, load slot 1, operand addr"),
    ([CONST, {"load": [("load_offset", 2, 0, 1)]}], "load_offset at 100, outside memory (0..15)"),
    ([{"load": [("const", 1, 9)]}, {"load": [("vload", 8, 1)]}], "vload at 9, outside memory"),
    ([CONST, {"store": [("store", 1, 0)]}], "bundle 1, store slot 0, operand addr: store at 100"),
    ([{"load": [("const", 1, 9)]}, {"store": [("store", 0, 0), ("vstore", 1, 8)]}], "store slot 1"),
    ([{"alu": [("+", 1, 0, 0), ("//", 1, 0, 0)]}], "bundle 0, alu slot 1, operand b: division"),
    ([{"alu": [("%", 1, 0, 0)]}], "division by zero"),
    ([{"valu": [("cdiv", 8, 0, 0)]}], "bundle 0, valu slot 0, operand b: division by zero"),
    ([CONST, {"flow": [("jump_indirect", 1)]}], "bundle 1, flow slot 0: jump to 100"),
    ([CONST, {"flow": [("cond_jump_rel", 1, -3)]}], "jump to -1, outside the program (0..2)"),
    ([CONST, {"flow": [("cond_jump_rel", 1, 1)]}], "jump to 3, outside the program (0..2)"),
]


@pytest.mark.parametrize(("bundles", "message"), FAULTS)
def test_faults_name_the_place(bundles: Program, message: str) -> None:
    with pytest.raises(Fault) as caught:
        run(*bundles)
    assert message in str(caught.value)


def test_a_machine_forgets_its_last_run() -> None:
    machine = Machine([{"store": [("store", 0, 1)]}, {"load": [("const", 1, 5)]}])
    for _ in range(2):
        assert machine.run([9, 9]).memory == [0, 9]


LAST = SCRATCH_SIZE - 1
REFUSED = [
    ([{"gpu": []}], "bundle 0: unknown engine 'gpu'"),
    ([[]], "bundle 0: expected engines and slots"),
    ([{"alu": {}}], "bundle 0, alu: expected a list of slots"),
    ([{}, {"alu": [["+", 0, 0]]}], "bundle 1, alu slot 0: + takes 3 operands, got 2"),
    ([{"alu": [["@", 0, 0, 0]]}], "unknown op '@'"),
    ([{"alu": [["vload", 0, 0]]}], "unknown op 'vload'"),
    ([{"alu": [[]]}], "a slot is an op's name and its operands"),
    ([{"alu": ["+"]}], "a slot is an op's name and its operands"),
    ([{"alu": [[["+"], 0, 0, 0]]}], "a slot is an op's name and its operands"),
    ([{"alu": [["+", 0, 0, True]]}], "operand b: + takes a scratch word in 0..1535, got bool"),
    ([{"alu": [["+", 0, 0, 1.0]]}], "got float"),
    ([{"alu": [["+", 0, "0", 1]]}], "operand a: + takes a scratch word in 0..1535, got str"),
    (
        [{"alu": [["+", SCRATCH_SIZE, 0, 0]]}],
        "operand dest: + takes a scratch word in 0..1535, got 1536",
    ),
    ([{"alu": [["+", 0, -1, 0]]}], "operand a: + takes a scratch word in 0..1535, got -1"),
    ([{"valu": [["+", LAST - 6, 0, 0]]}], "takes a scratch word in 0..1528, got 1529"),
    (
        [{"load": [["vload", 1530, 0]]}],
        "load slot 0, operand dest: vload takes a scratch word in 0..1528, got 1530",
    ),
    (
        [{"load": [["load_offset", LAST, 0, 1]]}],
        "operand dest: load_offset takes a scratch word in -1..1534, got 1535",
    ),
    (
        [{"load": [["load_offset", 8, 0, -1]]}],
        "operand addr: load_offset takes a scratch word in 1..1536, got 0",
    ),
    (
        [{"load": [["const", 0, 2**32]]}],
        "operand value: const takes an integer in -4294967296..4294967295, got 4294967296",
    ),
    ([{"load": [["const", 0, -(2**32) - 1]]}], "got -4294967297"),
    ([{"flow": [["jump", 2]]}], "operand target: jump takes a bundle in 0..1, got 2"),
    (
        [{"flow": [["cond_jump", 0, -1]]}],
        "operand target: cond_jump takes a bundle in 0..1, got -1",
    ),
    ([{"alu": [["+", 9, 0, 0]], "load": [["const", 9, 0]]}], "word 9 is written by both alu"),
    ([{"valu": [["+", 8, 0, 0]], "alu": [["+", 15, 0, 0]]}], "scratch word 15 is written by both"),
    *(
        ([{engine: [["halt"]] * (limit + 1)}], f"bundle 0, {engine}: {limit + 1} slots, limit")
        for engine, limit in SLOT_LIMITS.items()
    ),
]


@pytest.mark.parametrize(("program", "message"), REFUSED)
def test_malformed_programs_are_refused(program: Program, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        check_program(program)
    assert message in str(caught.value)


ACCEPTED = [
    [{"alu": [["+", LAST, LAST, LAST]]}],
    [{"valu": [["+", LAST - 7, 0, 0]]}],
    [{"load": [["load_offset", LAST, 9, -9]]}],
    [{"flow": [["jump", 1]]}],
    [{"debug": [["anything", object()]] * 64}],
    [{"alu": [["+", 9, 0, 0]] * 12}],
]


@pytest.mark.parametrize("program", ACCEPTED)
def test_the_edge_of_the_rules_is_accepted(program: Program) -> None:
    assert len(check_program(program)) == 1
