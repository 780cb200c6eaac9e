"""What the LLVM back end chooses by the processor or the shape: every choice gives the same."""

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

from llvmlite.binding import FeatureMap

from cycleproof.artifact.format import load
from cycleproof.engine import stream
from cycleproof.engine.ir import execute
from cycleproof.engine.llvm import emit, host, native, near, reference
from cycleproof.engine.llvm.compiled import Compiled
from cycleproof.engine.llvm.host import Host
from cycleproof.engine.llvm.source import source
from cycleproof.engine.result import Part
from cycleproof.engine.sliced import FEW, Sliced
from cycleproof.engine.slices import cut
from frozen.artifact import Artifact
from frozen.machine import Machine
from frozen.problem import FOREST_P, Inputs, Shape, memory_image
from tests.support.cli import ROOT
from tests.support.kernels.engines import artifact, of_recipe, some_inputs, wrong_one_in

KEY = tuple(range(1, 9))
BITS, SEEDS = 3, 40
FIRST = 2**32 - 9
# Trees that end within the levels that are picked, just after them, and beyond; and lanes that are
# no whole vector, one vector, two, three, or as many as go side by side.
SHAPES = [
    (1, 5, 8),
    (8, 10, 128),
    *(
        pytest.param(shape, marks=pytest.mark.slow)
        for shape in ((2, 7, 16), (4, 11, 8), (5, 6, 40), (5, 13, 24), (7, 20, 32), (9, 12, 64))
    ),
]
HERE = host.processor()
PROCESSORS = {
    "here": HERE,
    "with AVX-512, not AMD's": HERE._replace(name="skylake-avx512"),
    "with AVX2": host.Processor("haswell", FeatureMap(HERE.features)),
    "neither": host.Processor("x86-64", FeatureMap(HERE.features)),
}
for one, beginnings in (("with AVX2", ("avx512",)), ("neither", ("avx", "fma", "f16c"))):
    for feature in HERE.features:
        if feature.startswith(beginnings):
            PROCESSORS[one].features[feature] = False


On = Callable[[str], Host]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Iterator[On]:
    """Assembly and machine code for another processor; skips what this one cannot run."""

    def become(name: str) -> Host:
        named = PROCESSORS[name]
        if name == "with AVX2" and not HERE.features.get("avx2"):
            pytest.skip("this processor has no AVX2")
        if name.startswith("with AVX-512") and not HERE.features.get("avx512f"):
            pytest.skip("this processor has no AVX-512")
        if name == "neither" and not HERE.features.get("sse2"):
            pytest.skip("this processor is of another make")
        for module in (host, native):
            monkeypatch.setattr(module, "processor", lambda: named)
        native._machine_code.cache_clear()
        return host.host()

    yield become
    native._machine_code.cache_clear()


def sliced(subject: Artifact) -> Sliced:
    return cut(execute(subject.program, subject.shape))


def drawn(engine: Compiled) -> Inputs:
    """The inputs of the last seed that was run, as they lie in its image."""
    frame, image = engine._frame, engine._image.tolist()
    tree, values = image[frame.tree_at :], image[frame.values_at :]
    return Inputs(tree[: frame.shape.n_nodes], values[: frame.shape.batch_size])


@pytest.fixture(scope="module")
def control() -> tuple[Sliced, Part]:
    """A kernel that is wrong on some seeds, and which ones these are."""
    subject = wrong_one_in(of_recipe("vector", Shape(6, 9, 32)), BITS)
    made = sliced(subject)
    return made, Compiled(made).bulk(KEY, stream.JUDGED, 0, SEEDS)


@pytest.mark.parametrize("name", PROCESSORS)
def test_every_processor_finds_the_same_seeds(
    name: str, control: tuple[Sliced, Part], on: On
) -> None:
    named = on(name)
    made, expected = control
    text = source(made)
    assert ("call <8 x i32> @llvm.x86.avx2.permd" in text) == (named.vector == 8)
    assert ("call <16 x i32> @llvm.x86.avx512.permvar" in text) == (named.vector == 16)
    assert ("call <16 x i32> @llvm.x86.avx512.vpermi2var" in text) == (named.vector == 16)
    assert ("call <16 x i32> @llvm.masked.gather" in text) == named.gathers
    assert ("call <32 x i8> @llvm.x86.avx2.pshuf.b" in text) == named.shuffles
    assert ("@factor_4097 = " in text) == named.multiplies
    assert Compiled(made).bulk(KEY, stream.JUDGED, 0, SEEDS) == expected
    assert 0 < expected.wrong < SEEDS


@pytest.mark.slow
@pytest.mark.parametrize("name", PROCESSORS)
@pytest.mark.parametrize("guard_all", [False, True])
def test_every_processor_runs_the_shipped_kernel(name: str, guard_all: bool, on: On) -> None:
    on(name)
    shipped = load(ROOT / "artifacts" / "kernel.json").decoded
    engine = Compiled(cut(execute(shipped.program, shipped.shape), guard_all=guard_all))
    assert engine.bulk(KEY, stream.WIDE, FIRST, SEEDS)[2:6] == (0, (), 0, ())
    assert drawn(engine) == stream.inputs(shipped.shape, KEY, FIRST + SEEDS - 1, stream.WIDE)


@pytest.mark.parametrize(
    ("vectors", "most", "found"), [(1, 8, 1), (6, 4, 3), (7, 4, 1), (16, 4, 4), (16, 1, 1)]
)
def test_vectors_side_by_side(vectors: int, most: int, found: int) -> None:
    assert reference.beside(range(vectors * emit.WIDTH), most) == found


def test_long_code_has_fewer_vectors_side_by_side(
    control: tuple[Sliced, Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    """LLVM gets no more to do than for the longest code that is let through."""
    made, expected = control
    text = source(made)
    code = sum(len(one.code) for one in made.classes)
    monkeypatch.setattr("cycleproof.engine.llvm.source.MAX_INSTRUCTIONS", code)
    assert len(source(made)) < len(text) or host.host().vector < 8
    assert Compiled(made).bulk(KEY, stream.JUDGED, 0, SEEDS) == expected


@pytest.mark.skipif(not host.host().picks, reason="this processor has no AVX2")
def test_a_word_that_is_picked_wrongly_is_seen(
    control: tuple[Sliced, Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program picks its words, and the reference does not share them."""
    monkeypatch.setattr(near, "_numbering", lambda _: near.Numbering(0, 0, 0))
    assert Compiled(control[0]).bulk(KEY, stream.JUDGED, 0, SEEDS).wrong == SEEDS


@pytest.mark.parametrize("shape", SHAPES)
def test_the_reference_of_every_shape(shape: tuple[int, int, int]) -> None:
    """A right kernel is right; one that is wrong on some seeds is wrong on just these."""
    subject = of_recipe("vector", Shape(*shape))
    engine = Compiled(sliced(subject))
    assert engine.bulk(KEY, stream.WIDE, FIRST, SEEDS)[2:6] == (0, (), 0, ())
    assert drawn(engine) == stream.inputs(subject.shape, KEY, FIRST + SEEDS - 1, stream.WIDE)
    wrong = wrong_one_in(subject, BITS)
    found = Compiled(sliced(wrong)).bulk(KEY, stream.WIDE, FIRST, SEEDS)
    assert 0 < found.wrong < SEEDS


@pytest.mark.parametrize(
    ("members", "is_sum"),
    [
        ((7,), True),
        (tuple(range(FEW)), True),
        (tuple(range(0, 64 * FEW, 64)), True),
        ((2080, 2100, 2140, 2160, 2180, 2200, 2240, 2260), True),  # the shipped kernel's
        ((0, 1, 2**31, 2**32 - 1), False),
    ],
)
def test_every_few_words_have_numbers(
    members: tuple[int, ...] | tuple[int, int, int, int] | tuple[int], is_sum: bool
) -> None:
    """Any addresses that a load can name are numbered, each by its own; most by a sum."""
    found = near._numbering(members)
    assert found is not None
    numbers = {found.number(member) for member in members}
    assert len(numbers) == len(members)
    assert max(numbers) < FEW
    assert (found.factor == 1) == is_sum


def test_words_without_numbers_are_loaded() -> None:
    assert near._numbering(tuple(range(FEW + 1))) is None


NEIGHBOURS = (0, 3, 1, 2, 5, 9, 4)  # of them 0 to 3 make a row, 4 and 5 another; 9 is by itself


def loading_neighbours(mask: int) -> Artifact:
    """Each lane sums tree words beside a place that its value names, each sum times three."""
    shape = Shape(5, 4, 8)
    words = {0: shape.values_p, 1: mask, 2: FOREST_P, 3: 3}
    bundles = [{"load": [["const", at, word]]} for at, word in words.items()]
    bundles += [{"load": [["vload", 8, 0]]}]
    bundles += [{"valu": [["vbroadcast", 8 + 8 * at, at]]} for at in (1, 2, 3)]
    bundles += [{"valu": [["&", 8, 8, 16]]}, {"valu": [["+", 8, 8, 24]]}]
    for offset in NEIGHBOURS:
        bundles += [{"load": [["const", 4, offset]]}, {"valu": [["vbroadcast", 40, 4]]}]
        bundles += [{"valu": [["+", 40, 40, 8]]}]
        bundles += [{"load": [["load_offset", 48, 40, lane]]} for lane in range(8)]
        bundles += [{"valu": [["*", 56, 56, 32]]}, {"valu": [["+", 56, 56, 48]]}]
    return artifact([*bundles, {"store": [["vstore", 0, 56]]}], shape)


@pytest.mark.parametrize("name", PROCESSORS)
@pytest.mark.parametrize("mask", [3, 0b11011])  # near, if the processor picks; in rows
def test_neighbouring_words(mask: int, name: str, on: On) -> None:
    named = on(name)
    subject = loading_neighbours(mask)
    made = sliced(subject)
    rows = source(made).count("load <4 x i32>, ptr") // emit.WIDTH
    assert rows == (0 if mask == 3 and named.picks else 2)
    compiled = Compiled(made)
    for given in some_inputs(subject.shape):
        memory = Machine(subject.program).run(memory_image(subject.shape, given)).memory
        assert compiled.evaluate(given) == {
            at: memory[at] for at in range(subject.shape.values_p, subject.shape.memory_size)
        }
