"""The interpreter against the frozen machine: all of memory, faults, and what it leaves open."""

from collections.abc import Sequence
from typing import Any

import pytest

from frozen.machine import DEFAULT_FUEL
from frozen.ops import Bundle, Slot
from frozen.problem import Inputs

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

from cycleproof.engine import run, stream
from cycleproof.engine.llvm import interpreter
from cycleproof.engine.llvm.interpreter import Interpreter
from frozen.artifact import Artifact
from frozen.errors import Fault
from frozen.machine import Machine
from frozen.ops import OPS
from frozen.problem import Shape, inputs_from_seed, memory_image
from tests.support.kernels.engines import RECIPES, artifact, of_recipe, some_inputs, wrong_one_in
from tests.support.programs import IMAGE, random_program, seeded

KEY = tuple(range(1, 9))
CROWDED = Shape(3, 4, 37)  # the memory that random programs are made for
FUEL = 200
SMALL = Shape(3, 4, 8)


def frozen_outcome(machine: Machine, shape: Shape, inputs: Inputs) -> list[int] | None:
    try:
        return machine.run(memory_image(shape, inputs), FUEL).memory
    except Fault:
        return None


@pytest.mark.slow
def test_random_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jumps on data, stores anywhere and every op of the table among them."""
    assert CROWDED.memory_size == IMAGE
    monkeypatch.setattr(interpreter, "DEFAULT_FUEL", FUEL)
    draw, ended, jumped = seeded(5), 0, 0
    for number in range(120):
        program = random_program(draw)
        machine, engine = Machine(program), Interpreter(artifact(program, CROWDED))
        for seed in range(3):
            inputs = inputs_from_seed(3 * number + seed, CROWDED)
            memory = frozen_outcome(machine, CROWDED, inputs)
            found = engine.evaluate(inputs)
            assert memory == (None if found is None else list(found.values())), program
            ended += memory is not None
        jumped += any(slot[0].startswith(("jump", "cond")) for b in program for slot in flow(b))
    assert ended > 80
    assert jumped > 20


def flow(bundle: Bundle) -> Sequence[Slot]:
    return bundle.get("flow", ())


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_recipes(name: str) -> None:
    subject = of_recipe(name)
    engine = Interpreter(subject)
    for inputs in some_inputs(subject.shape, 2):
        memory = Machine(subject.program).run(memory_image(subject.shape, inputs)).memory
        assert list(engine.evaluate(inputs).values()) == memory
    assert engine.bulk(KEY, stream.JUDGED, 0, 20)[2:6] == (0, (), 0, ())


def tail(*bundles: dict[str, Any], cycles: int | None = None) -> Artifact:
    """A right kernel and bundles after it; word 40 holds lane 0's output, 42 its lowest bit."""
    subject = of_recipe("vector", SMALL)
    before = [
        {"load": [["const", 41, SMALL.values_p], ["const", 42, 1]]},
        {"load": [["load", 40, 41]]},
        {"alu": [["&", 42, 40, 42]]},
    ]
    return artifact([*subject.program, *before, *bundles], SMALL, cycles)


def odd(subject: Artifact, index: int) -> int:
    inputs = stream.inputs(SMALL, KEY, index)
    return Machine(subject.program).run(memory_image(SMALL, inputs)).memory[SMALL.values_p] % 2


@pytest.mark.slow
def test_a_fault_is_wrong() -> None:
    subject = tail({"alu": [["//", 43, 42, 42]]})
    found = Interpreter(subject).bulk(KEY, stream.JUDGED, 0, 40)
    even = [index for index in range(40) if not odd(tail(), index)]
    assert list(found.wrong_seeds) == even
    assert 0 < len(even) < 40
    assert found.missed == 0


def test_another_cycle_count_than_claimed_is_a_miss() -> None:
    jump = [{"flow": [["cond_jump_rel", 42, 1]]}, {"alu": [["+", 43, 42, 42]]}]
    cycles = len(tail(*jump).program)
    found = Interpreter(tail(*jump, cycles=cycles)).bulk(KEY, stream.JUDGED, 0, 40)
    assert found.missed == sum(odd(tail(), index) for index in range(40)) > 0
    assert found.wrong == 0


@pytest.mark.parametrize(
    ("offset", "ends"),
    [(0, True), (1, False), (-1, False), (2**32 - 1, False), (-(2**32), False), (-200, False)],
)
def test_a_jump_out_of_the_program_does_not_wrap(
    offset: int, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "DEFAULT_FUEL", 1000)
    last = [{"load": [["const", 43, 1]]}, {"flow": [["cond_jump_rel", 43, offset]]}]
    subject = tail(*last)
    machine, inputs = Machine(subject.program), some_inputs(SMALL, 1)[0]
    try:
        machine.run(memory_image(SMALL, inputs), 1000)
        ended = True
    except Fault:
        ended = False
    assert ended == ends
    assert (Interpreter(subject).evaluate(inputs) is not None) == ends


def test_work_counts_slots_and_bundles() -> None:
    slots = [{"load": [["const", 1, 1], ["const", 2, 2]]}, {"alu": [["+", 3, 1, 2]]}]
    assert Interpreter(artifact(slots, SMALL)).work() == 3 + 2
    endless = Interpreter(artifact([{"flow": [["jump", 0]]}], SMALL))
    assert endless.work() == 2 * DEFAULT_FUEL


def test_it_is_chosen_where_a_program_does_not_slice() -> None:
    subject = tail({"store": [["store", 42, 42]]})
    engine = run.prepare(subject)
    assert engine.name == "interpreter"
    assert "stores at an address that depends on data" in engine.refusal
    assert run.usual_seeds(engine) == min(run.DEFAULT_SEEDS, run.DEFAULT_WORK // engine.work())
    sliced = run.prepare(of_recipe("vector", SMALL))
    assert (sliced.name, sliced.refusal) == ("llvm", "")
    assert run.usual_seeds(sliced) == run.DEFAULT_SEEDS


def test_it_counts_what_compiled_slices_count() -> None:
    subject = wrong_one_in(of_recipe("vector", SMALL), 3)
    found = Interpreter(subject).bulk(KEY, stream.WIDE, 2**32 - 50, 100)
    compiled = run.prepare(subject).bulk(KEY, stream.WIDE, 2**32 - 50, 100)
    assert (compiled.work, found._replace(work=0)) == (0, compiled)
    assert found.wrong > 0


def test_every_op_has_its_code() -> None:
    from cycleproof.engine.llvm.encoding import NUMBERS, places

    text = interpreter.source(places(SMALL))
    names = {op.name for op in OPS.values()} - {op.name for op in NUMBERS}
    assert names == {"pause", "trace_write"}
    assert all(f"op_{number}:" in text for number in NUMBERS.values())
