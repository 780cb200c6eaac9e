"""Hostile programs: whatever would keep the engine busy is refused by counted work, not by a clock.

The interpreter, whose module is the same for all programs, takes what is refused, unless one seed
would take too long: then the check ``bulk`` says that it was not run, and why. LLVM, whose time
is not counted, runs in a process with limits.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.checks import Subject, bulk
from cycleproof.checks.bulk import Amount
from cycleproof.engine import compiling, ir, layout, run, slices, stream
from cycleproof.engine.errors import Unsupported
from cycleproof.engine.llvm import interpreter, native
from cycleproof.evidence.model import Verdict
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from frozen.ops import Program
from frozen.problem import Shape
from tests.support.kernels.engines import artifact
from tests.support.programs import Bundles

SHAPE = Shape(10, 4, 8)
WORK = 20_000  # the cap in these tests, so that they are quick
VALUE = 40  # lane 0's value; 41 is its address
LOADED = [
    {"load": [["const", 41, SHAPE.values_p], ["const", 42, 0xFFF]]},
    {"load": [["load", VALUE, 41]]},
]


def stored(word: int) -> Bundles:
    return [{"store": [["store", 41, word]]}]


def endless() -> Bundles:
    return [{"flow": [["jump", 0]]}]


def wide_and_endless() -> Bundles:
    slots = [["+", 8 * n, 8 * n, 8 * n] for n in range(6)]
    return [{"valu": slots, "flow": [["jump", 0]]}]


def long_chain() -> Bundles:
    """Every op depends on the one before: all are needed, none folds."""
    return [*LOADED, *({"alu": [["+", VALUE, VALUE, 41]]} for _ in range(6000)), *stored(VALUE)]


def spread_sets() -> Bundles:
    """Words that are functions of 16 bits of the input, each another set of 65,536 words."""
    bundles = [
        *LOADED,
        {"load": [["const", 43, 0xF000]]},
        {"alu": [["&", 44, VALUE, 42], ["&", 45, VALUE, 43]]},
        {"alu": [["+", 46, 44, 45]]},
    ]
    bundles += [{"alu": [["+", 46, 46, 41]]} for _ in range(200)]
    return [*bundles, *stored(46)]


def unknown_tables() -> Bundles:
    """Loads at addresses of which nothing is known, from a memory that each store renews."""
    bundles = [
        *LOADED,
        {"load": [["const", 47, 8], ["const", 48, 9]]},
        {"load": [["load", 49, 48]]},
    ]
    for _ in range(400):
        bundles.append({"alu": [["^", 49, 49, 41]], "store": [["store", 47, 49]]})
        bundles.append({"load": [["load", 46, VALUE]]})
        bundles.append({"alu": [["+", VALUE, VALUE, 46]]})
    return [*bundles, *stored(VALUE)]


def long_recipe() -> Bundles:
    """One word that all lanes share, made of tree words by thousands of ops."""
    bundles = [*LOADED, {"load": [["const", 47, 9]]}, {"load": [["load", 48, 47]]}]
    bundles += [{"alu": [["+", 48, 48, 47]]} for _ in range(3000)]
    return [*bundles, {"alu": [["+", VALUE, VALUE, 48]]}, *stored(VALUE)]


CASES = {
    endless: "is past 20,000 executed bundles",
    wide_and_endless: "is past 20,000 executed bundles",
    long_chain: "over 5,000 instructions",
    spread_sets: "can name too many words",
    unknown_tables: "can name too many words",
    long_recipe: "made in too many ways",
}


@pytest.fixture
def low_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ir, "MAX_WORK", WORK)


@pytest.mark.usefixtures("low_cap")
@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_hostile_programs_are_refused(make: Callable[[], Bundles]) -> None:
    program = make()
    with pytest.raises(Unsupported, match=CASES[make]):
        slices.cut(ir.execute(program, SHAPE))


@pytest.mark.usefixtures("low_cap")
def test_what_is_refused_is_interpreted() -> None:
    engine = run.prepare(artifact(endless(), SHAPE))
    assert engine.name == "interpreter"
    assert "is past 20,000" in engine.refusal
    assert run.usual_seeds(engine) * engine.work() <= run.DEFAULT_WORK


def in_circles() -> Bundles:
    """Two bundles of eight vector slots each, for ever."""
    slots = [["+", 8 * n, 8 * n, 8 * n] for n in range(6)]
    return [{"valu": slots}, {"valu": slots, "flow": [["jump", 0]]}]


def indirectly_endless() -> Bundles:
    return [{"flow": [["jump_indirect", 0]]}]


def endless_where_nothing_slices() -> Bundles:
    """A store at an address that depends on data comes before the loop."""
    return [*LOADED, {"alu": [["&", 43, VALUE, 42]]}, {"store": [["store", 43, 42]]}, *spinning(4)]


def spinning(at: int) -> Bundles:
    """A loop of some bundles that starts at a bundle's number."""
    return [*({"alu": [["+", 44, 44, 41]]} for _ in range(5)), {"flow": [["jump", at]]}]


def of_program(program: Program) -> Subject:
    data = encode(
        SHAPE, program, 1, {"name": "test/caps", "version": "1", "sources_sha256": "0" * 64}
    )
    loaded = LoadedArtifact(Path("kernel.json"), data, decode(data, "kernel.json"))
    return Subject(loaded, read_frozen(installed_folder()), nonce=bytes(16))


@pytest.fixture
def nothing_prepared() -> Iterator[None]:
    run._READY.clear()
    yield
    run._READY.clear()


@pytest.mark.usefixtures("low_cap", "nothing_prepared")
@pytest.mark.parametrize(
    ("make", "amount"),
    [
        (endless, None),
        (endless, Amount(10**6)),
        (in_circles, Amount(10**12, 60.0)),
        (indirectly_endless, None),
        (endless_where_nothing_slices, None),
    ],
)
def test_a_seed_without_end_is_not_run(make: Callable[[], Bundles], amount: Amount | None) -> None:
    """However much was asked for."""
    found = bulk.run(replace(of_program(make()), options=(bulk.Options(amount),)))
    assert found.verdict is Verdict.SKIPPED
    assert re.search(r"one seed takes [\d,]+ interpreted slots", found.established)
    assert "it does not slice" in found.established


@pytest.mark.slow
@pytest.mark.usefixtures("nothing_prepared")
def test_what_llvm_does_not_get_through_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither compiled nor, since its module is compiled too, interpreted."""

    def endless_compiling(_text: str) -> None:
        while True:
            pass

    monkeypatch.setattr(compiling, "SECONDS", 1)
    monkeypatch.setattr(native, "_object", endless_compiling)
    native._machine_code.cache_clear()
    found = bulk.run(of_program([*LOADED, *stored(VALUE)]))
    assert found.verdict is Verdict.SKIPPED
    assert "LLVM does not get through with it: it needs more than 1 s" in found.established


@pytest.mark.usefixtures("nothing_prepared")
def test_work_ends_a_run_whose_seeds_take_longer_than_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a count, so that a faster machine runs the same seeds."""
    monkeypatch.setattr(interpreter, "DEFAULT_FUEL", 3000)
    monkeypatch.setattr(run, "DEFAULT_WORK", 40_000)
    loop = [{"alu": [["&", 43, VALUE, 42]]}, {"flow": [["cond_jump", 43, 3]]}]  # unless it is 0
    subject = of_program([*LOADED, *loop])
    job = run.Job(subject.artifact.data, subject.nonce, False, 0, 1000, budget=40_000)
    assert run.chosen(job).work() < 10
    found = run.bulk(job)
    assert 5 < found.seeds < 9
    assert 40_000 <= found.work < 50_000
    key = stream.key(subject.artifact.decoded.program_sha256, bytes(16))
    assert run.chosen(job).bulk(key, stream.JUDGED, 0, 1000, 40_000) == found


@pytest.mark.usefixtures("low_cap")
def test_no_refusal_comes_late() -> None:
    """The counters stop at their caps; one step costs a small part of them at most."""
    execution = ir._Execution(wide_and_endless(), SHAPE)
    with pytest.raises(Unsupported):
        execution.run()
    assert execution.work < 1.01 * WORK
    for make in (spread_sets, unknown_tables):
        cutter = slices._Cutter(ir.execute(make(), SHAPE), False)
        with pytest.raises(Unsupported):
            cutter.cut(False)
        assert cutter.effort < 1.1 * slices.MAX_EFFORT


@pytest.mark.slow
def test_the_recipes_are_far_from_every_cap(root: Path) -> None:
    from cycleproof.artifact.format import load

    shipped = load(root / "artifacts" / "kernel.json").decoded
    execution = ir._Execution(shipped.program, shipped.shape)
    cutter = slices._Cutter(execution.run(), False)
    sliced = cutter.cut(False)
    assert 4 * execution.work < ir.MAX_WORK
    assert 4 * cutter.effort < slices.MAX_EFFORT
    assert 4 * sum(len(one.code) for one in sliced.classes) < slices.MAX_INSTRUCTIONS
    steps = sum(len(formula.steps) for level in sliced.levels for formula in level)
    assert 4 * steps < layout.MAX_INSTRUCTIONS
