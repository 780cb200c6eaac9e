"""The ``problem`` module for builders agrees with the frozen base, which it knows nothing of."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycleproof.capture import problem
from cycleproof.capture.problem import Core
from frozen.errors import FrozenError
from frozen.machine import Machine
from frozen.ops import OPS, SCRATCH_SIZE, SLOT_LIMITS, VLEN
from frozen.problem import HASH_STAGES, Shape, hash32, inputs_from_seed, memory_image, reference
from tests.support.programs import random_image, random_program, seeded

PUBLIC = """
    Machine Tree Input build_mem_image reference_kernel reference_kernel2 DebugInfo SLOT_LIMITS VLEN
    N_CORES SCRATCH_SIZE HASH_STAGES Engine Instruction Core CoreState BASE_ADDR_TID cdiv myhash
    myhash_traced
"""
OF_A_MACHINE = """
    run step alu valu load store flow rewrite_instr scratch_map mem program debug_info cores
    value_trace cycle prints trace enable_pause enable_debug
"""
SHAPE = Shape(4, 5, 16)


def test_the_public_names_are_there() -> None:
    assert not [name for name in PUBLIC.split() if not hasattr(problem, name)]
    machine = problem.Machine([], [])
    assert not [name for name in OF_A_MACHINE.split() if not hasattr(machine, name)]


def test_rounding_up_and_the_traced_hash() -> None:
    assert [problem.cdiv(n, 8) for n in (0, 8, 9)] == [0, 1, 2]
    trace = {}
    assert problem.myhash_traced(5, trace, 2, 3) == hash32(5)
    assert list(trace) == [(2, 3, "hash_stage", stage) for stage in range(6)]
    assert trace[2, 3, "hash_stage", 5] == hash32(5)


def test_a_builder_steps_a_machine_and_reads_scratch_by_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    program = [{"load": [("const", 4, 7)]}, {"alu": [("+", 5, 4, 4), ("-", 4, 4, 4)]}]
    info = problem.DebugInfo({4: ("x", 1), 5: ("y", 2)})
    machine = problem.Machine([], program, info)
    (core,) = machine.cores
    for bundle in program:
        machine.step(bundle, core)
    assert machine.scratch_map(core) == {"x": [0], "y": [14, 0]}
    assert machine.rewrite_instr(program[1]) == {
        "alu": [("+", "y", "x", "x"), ("-", "x", "x", "x")]
    }
    machine.prints = True
    machine.run()
    assert capsys.readouterr().out.splitlines()[0] == "0 {'load': [('const', 'x', 7)]}"


def test_a_subclass_sees_every_slot_of_an_engine() -> None:
    class Counting(problem.Machine):
        loads = 0

        def load(self, core: Core, *slot: int | str) -> None:
            self.loads += 1
            super().load(core, *slot)

    machine = Counting([], [{"load": [("const", 0, 1), ("const", 1, 2)]}])
    machine.run()
    assert machine.loads == 2


def test_constants_are_those_of_the_frozen_base() -> None:
    assert (problem.VLEN, problem.SCRATCH_SIZE) == (VLEN, SCRATCH_SIZE)
    assert problem.SLOT_LIMITS == SLOT_LIMITS
    assert tuple(problem.HASH_STAGES) == HASH_STAGES


@given(st.integers(0, 2**32 - 1))
def test_the_hash_is_the_same(word: int) -> None:
    assert problem.myhash(word) == hash32(word)


def test_inputs_images_and_references_are_the_same() -> None:
    random.seed(7)
    tree = problem.Tree.generate(SHAPE.forest_height)
    lanes = problem.Input.generate(tree, SHAPE.batch_size, SHAPE.rounds)
    inputs = inputs_from_seed(7, SHAPE)
    image = memory_image(SHAPE, inputs)
    mem = problem.build_mem_image(tree, lanes)
    assert mem == image
    trace = {}
    first, last = map(list, problem.reference_kernel2(mem, trace))
    indices, values = reference(SHAPE, inputs)
    assert first == image
    assert last == [*image[: SHAPE.indices_p], *indices, *values]
    problem.reference_kernel(tree, lanes)
    assert (lanes.indices, lanes.values) == (indices, values)
    assert trace[SHAPE.rounds - 1, 3, "hashed_val"] == values[3]
    assert trace[SHAPE.rounds - 1, 3, "wrapped_idx"] == indices[3]


@pytest.mark.slow
@given(st.integers(0, 2**32))
@settings(max_examples=300)
def test_machines_agree(seed: int) -> None:
    draw = seeded(seed)
    program, image = random_program(draw), random_image(draw)
    try:
        expected = Machine(program).run(image, 500)
    except FrozenError:  # undefined there; here Python decides
        return
    machine = problem.Machine(image, program)
    machine.enable_pause = False
    machine.run()
    assert (machine.cycle, machine.mem) == (expected.cycles, expected.memory)


def test_every_op_is_run_by_some_random_program() -> None:
    seen = {
        (engine, slot[0])
        for seed in range(60)
        for bundle in random_program(seeded(seed))
        for engine, slots in bundle.items()
        for slot in slots
    }
    assert seen >= set(OPS)


def test_pause_waits_and_goes_on() -> None:
    program = [{"load": [("const", 0, 5)], "flow": [("pause",)]}, {"store": [("store", 1, 0)]}]
    machine = problem.Machine([0], program)
    machine.run()
    assert (machine.cycle, machine.mem) == (1, [0])
    machine.run()
    assert (machine.cycle, machine.mem) == (2, [5])


def test_debug_slots_compare_with_the_trace() -> None:
    program = [{"debug": [("compare", 0, "a"), ("vcompare", 0, ["a"] * 8), ("comment", "x")]}]
    machine = problem.Machine([], program, value_trace={"a": 0})
    machine.run()
    assert machine.cycle == 0
    with pytest.raises(AssertionError, match="expected"):
        problem.Machine([], program, value_trace={"a": 1}).run()
