"""The frozen machine against a second, independent one, on random programs of all ops."""

from pathlib import Path

import pytest

from cycleproof.artifact.format import load
from cycleproof.simulator.directed import directed_inputs
from frozen.errors import Fault
from frozen.machine import Machine
from frozen.ops import OPS, Program
from frozen.problem import Shape, memory_image
from tests.support.plain_machine import OutOfFuel, PlainError, PlainMachine
from tests.support.programs import random_image, random_program, scalar_kernel, seeded

FUEL = 200
Outcome = str | tuple[int, list[int], list[int]]
"""How a run failed; or its cycles, memory and trace."""
BLOCKS, PROGRAMS_PER_BLOCK = 20, 100


def outcome_of_frozen(program: Program, image: list[int]) -> Outcome:
    try:
        run = Machine(program).run(image, FUEL)
    except Fault as fault:
        return "fuel" if "out of fuel" in str(fault) else "fault"
    return run.cycles, run.memory, run.trace


def outcome_of_plain(program: Program, image: list[int]) -> Outcome:
    plain = PlainMachine(program, image)
    try:
        plain.run(FUEL)
    except OutOfFuel:
        return "fuel"
    except PlainError:
        return "fault"
    return plain.cycles, plain.memory, plain.trace


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programs_agree(block: int) -> None:
    draw = seeded(block)
    ended = 0
    for _ in range(PROGRAMS_PER_BLOCK):
        program, image = random_program(draw), random_image(draw)
        ours = outcome_of_frozen(program, image)
        assert ours == outcome_of_plain(program, image), program
        ended += not isinstance(ours, str)
    assert ended > PROGRAMS_PER_BLOCK // 4  # the comparison is not only one of faults


def test_random_programs_reach_every_op() -> None:
    draw = seeded(0)
    seen = set()
    for _ in range(300):
        for bundle in random_program(draw):
            seen |= {(engine, slot[0]) for engine, slots in bundle.items() for slot in slots}
    assert seen == set(OPS)


def test_observer_sees_every_bundle() -> None:
    draw = seeded(7)
    for _ in range(50):
        program = random_program(draw, [key for key in OPS if OPS[key].place != "pc"])
        image = random_image(draw)
        plain = PlainMachine(program, image)
        states = []
        try:
            for at in range(len(program)):
                plain.program = program[: at + 1]
                plain.run(1)
                states.append((at, list(plain.scratch), list(plain.memory)))
        except PlainError:
            continue
        assert observed(program, image) == states


def observed(program: Program, image: list[int]) -> list[tuple[int, list[int], list[int]]]:
    seen: list[tuple[int, list[int], list[int]]] = []
    Machine(program).run(
        image, observe=lambda at, scratch, memory: seen.append((at, [*scratch], [*memory]))
    )
    return seen


def agree_on_directed_inputs(program: Program, shape: Shape) -> None:
    machine = Machine(program)
    for directed in directed_inputs(shape):
        image = memory_image(shape, directed.inputs)
        plain = PlainMachine(program, image).run(len(program))
        run = machine.run(image)
        assert (run.cycles, run.memory) == (plain.cycles, plain.memory), directed.name


def test_directed_inputs_agree_on_a_small_kernel() -> None:
    shape = Shape(3, 5, 4)
    agree_on_directed_inputs(scalar_kernel(shape), shape)


@pytest.mark.slow
def test_directed_inputs_agree_on_the_shipped_kernel(root: Path) -> None:
    shipped = load(root / "artifacts" / "kernel.json").decoded
    agree_on_directed_inputs(shipped.program, shipped.shape)
