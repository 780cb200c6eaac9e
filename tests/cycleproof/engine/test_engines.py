"""Every back end against the frozen simulator, bit for bit: outputs, final indices, forest."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

from cycleproof.engine import run, stream
from cycleproof.engine.cuda.grid import Grid
from cycleproof.engine.errors import Unsupported
from cycleproof.engine.ir import execute
from cycleproof.engine.llvm.compiled import Compiled
from cycleproof.engine.slices import cut
from frozen.artifact import Artifact
from frozen.errors import Fault, Malformed
from frozen.machine import Machine
from frozen.ops import Program
from frozen.problem import Inputs, Shape, memory_image
from tests.support.emulated import Emulated
from tests.support.kernels.engines import (
    RECIPES,
    artifact,
    expected_of,
    is_wrong,
    of_recipe,
    some_inputs,
    wrong_one_in,
)
from tests.support.mutants import mutants

compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler")
KEY = tuple(range(1, 9))
SMALL = Shape(3, 4, 8)
GRIDS = [Grid(), Grid(4, 256, 16, 1), Grid(2, 96, 32, 1)]


def frozen_memory(subject: Artifact, inputs: Inputs) -> list[int]:
    return Machine(subject.program).run(memory_image(subject.shape, inputs)).memory


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("guard_all", [False, True])
def test_all_memory_of_every_recipe(name: str, guard_all: bool) -> None:
    subject = of_recipe(name)
    sliced = cut(execute(subject.program, subject.shape), whole=True, guard_all=guard_all)
    engine = Compiled(sliced)
    for inputs in some_inputs(subject.shape):
        found = engine.evaluate(inputs)
        assert [found[at] for at in range(len(found))] == frozen_memory(subject, inputs)


@compiler
@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_cuda_source_as_cpp_on_every_recipe(name: str) -> None:
    subject = of_recipe(name)
    executed = execute(subject.program, subject.shape)
    inputs = some_inputs(subject.shape, 9)
    memories = Emulated(cut(executed, whole=True)).evaluate(inputs)
    for one, memory in zip(inputs, memories, strict=True):
        assert memory == frozen_memory(subject, one)
    assert Emulated(cut(executed)).bulk(KEY, stream.JUDGED, 0, 11)[2:6] == (0, (), 0, ())


@compiler
@pytest.mark.parametrize("grid", GRIDS)
def test_engines_find_the_same_wrong_seeds(grid: Grid) -> None:
    """And the frozen simulator's outputs on these are not the reference's."""
    subject = wrong_one_in(of_recipe("vector", SMALL), 4)
    sliced = cut(execute(subject.program, subject.shape))
    for domain in (stream.JUDGED, stream.WIDE):
        found = Compiled(sliced).bulk(KEY, domain, 2**32 - 20, 60)
        assert found == Emulated(sliced, grid).bulk(KEY, domain, 2**32 - 20, 60)
        wrong = [
            index
            for index in range(2**32 - 20, 2**32 + 40)
            if is_wrong(subject, stream.inputs(subject.shape, KEY, index, domain))
        ]
        assert list(found.wrong_seeds) == wrong
        assert found.wrong == len(wrong) > 0


def test_a_control_that_cannot_fail_is_none() -> None:
    wrong = wrong_one_in(of_recipe("vector", SMALL), 3)
    control = cut(execute(wrong.program, wrong.shape))
    seeds = expected_of(wrong, control, KEY, 64).wrong_seeds
    assert 0 < len(seeds) < 64
    with pytest.raises(ValueError, match="none of"):
        expected_of(wrong, control, KEY, seeds[0])
    with pytest.raises(ValueError, match="disagree on seed"):
        expected_of(of_recipe("vector", SMALL), control, KEY, 64)


@pytest.mark.slow
def test_mutants_of_the_shipped_kernel(root: Path) -> None:
    """Each mutant that slices is wrong on a seed exactly where the frozen simulator says so."""
    from cycleproof.artifact.format import load
    from frozen.harness import compare

    shipped = load(root / "artifacts" / "kernel.json").decoded
    seeds, compared = 4, 0
    for _, program in mutants(shipped.program, 30):
        subject = artifact(program, shipped.shape)
        try:
            engine = Compiled(cut(execute(program, shipped.shape)))
            machine = Machine(program)
        except (Unsupported, Malformed):
            continue
        found = engine.bulk(KEY, stream.JUDGED, 0, seeds)
        for index in set(range(seeds)) - set(found.missed_seeds):
            inputs = stream.inputs(subject.shape, KEY, index)
            try:
                answer = compare(
                    subject.shape, inputs, machine.run(memory_image(subject.shape, inputs))
                )["pass"]
            except Fault:
                answer = False
            assert answer == (index not in found.wrong_seeds)
            compared += 1
    assert compared > 20


def tail(*bundles: dict[str, Any]) -> Artifact:
    """A right kernel, and bundles after it; word 40 holds lane 0's output, 41 is its address."""
    subject = of_recipe("vector", SMALL)
    before = [
        {"load": [["const", 41, SMALL.values_p], ["const", 42, 1]]},
        {"load": [["load", 40, 41]]},
    ]
    return artifact([*subject.program, *before, *bundles], SMALL)


@pytest.mark.parametrize(
    ("bundles", "reason"),
    [
        ([{"store": [["store", 40, 42]]}], "stores at an address"),
        ([{"flow": [["cond_jump", 40, 0]]}], "jumps on data"),
        ([{"flow": [["jump_indirect", 40]]}], "jumps on data"),
        (
            [{"load": [["const", 46, 0]]}, {"alu": [["//", 43, 42, 46]]}],
            "divides by zero on every input",
        ),
        (
            [
                {"alu": [["+", 44, 41, 42]]},
                {"load": [["load", 45, 44]]},
                {"alu": [["+", 45, 45, 40]]},
                {"store": [["store", 44, 45]]},
            ],
            "hangs on several lanes",
        ),
        ([{"flow": [["jump", 0]]}], "is past"),
    ],
)
def test_what_does_not_slice_is_refused_with_its_reason(
    bundles: Program, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cycleproof.engine.ir.MAX_WORK", 5000)
    subject = tail(*bundles)
    with pytest.raises(Unsupported, match=reason):
        cut(execute(subject.program, subject.shape))


@pytest.mark.parametrize(
    "bundles",
    [
        [{"alu": [["//", 43, 42, 40]]}],  # dead, and divides by lane 0's output
        [{"load": [["load", 43, 40]]}],  # dead, and far outside memory
        [{"load": [["vload", 48, 40]]}],
    ],
)
def test_a_fault_in_a_dead_slot_is_a_miss(bundles: Program) -> None:
    """It is guarded, though no output needs it; the frozen simulator runs the seed again."""
    subject = tail({"alu": [["&", 40, 40, 42]]}, {"alu": [["*", 40, 40, 41]]}, *bundles)
    if "load" in bundles[0]:
        extra = {"alu": [["*", 40, 40, 41]]}
        subject = tail({"alu": [["&", 40, 40, 42]]}, extra, extra, *bundles)
    found = Compiled(cut(execute(subject.program, subject.shape))).bulk(KEY, stream.WIDE, 0, 40)
    faults = []
    for index in range(40):
        inputs = stream.inputs(subject.shape, KEY, index, stream.WIDE)
        try:
            frozen_memory(subject, inputs)
        except Fault:
            faults.append(index)
    assert list(found.missed_seeds) == faults
    assert 0 < len(faults) < 40


@compiler
def test_a_seed_that_missed_a_guard_is_not_wrong_too() -> None:
    """On every back end: what it computed after the miss says nothing."""
    subject = tail(
        {"alu": [["&", 40, 40, 42]]},
        {"alu": [["*", 43, 40, 41], ["+", 44, 40, 42]]},
        {"alu": [["*", 43, 43, 41]]},
        {"load": [["load", 45, 43]]},
        {"alu": [["+", 46, 41, 42]]},
        {"store": [["store", 41, 45]]},
    )
    sliced = cut(execute(subject.program, subject.shape))
    found = Compiled(sliced).bulk(KEY, stream.WIDE, 0, 40)
    assert found == Emulated(sliced).bulk(KEY, stream.WIDE, 0, 40)
    assert not {*found.wrong_seeds} & {*found.missed_seeds}
    assert 0 < found.missed < 40


def test_ranges_add_up() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from cycleproof.artifact.format import encode

    made = wrong_one_in(of_recipe("vector", SMALL), 6)
    generator = {"name": "test/wrong", "version": "1", "sources_sha256": "0" * 64}
    data = encode(made.shape, made.program, made.cycles, generator)
    job = run.Job(data, bytes(16), False, 100, 3000)
    counts = []
    whole = run.answer(job)
    assert run.bulk(job, progress=counts.append) == whole
    assert counts[-1] == 3000
    with ThreadPoolExecutor(1) as executor:
        assert run.bulk(job, executor=executor) == whole
    assert whole.wrong > 10


@pytest.mark.slow
def test_random_arithmetic() -> None:
    """Lane 0's output through random ops, every op of the table among them."""
    from frozen.ops import OPS

    rng = random.Random(1)
    names = [op.name for op in OPS.values() if op.engine == "alu"]
    for _ in range(3):
        bundles = [{"load": [["const", 43, rng.getrandbits(32)], ["const", 44, rng.randrange(40)]]}]
        for name in rng.sample(names * 2, 20):
            divides = name in ("//", "%", "cdiv")
            b = 45 if divides else rng.choice((40, 42, 43, 44))
            if divides:
                bundles.append({"alu": [["|", 45, rng.choice((40, 43, 44)), 42]]})
            bundles.append({"alu": [[name, rng.choice((40, 43)), rng.choice((40, 43)), b]]})
        bundles.append({"store": [["store", 41, 40]]})
        subject = tail(*bundles)
        engine = Compiled(cut(execute(subject.program, SMALL), whole=True))
        for inputs in some_inputs(SMALL):
            found = engine.evaluate(inputs)
            assert [found[at] for at in range(len(found))] == frozen_memory(subject, inputs)
