"""What the LLVM back end chooses by the processor or the shape: every choice gives the same."""

import pytest

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

from cycleproof.engine import stream
from cycleproof.engine.ir import execute
from cycleproof.engine.llvm import emit, loads, near, reference
from cycleproof.engine.llvm.compiled import Compiled
from cycleproof.engine.llvm.host import Host, host
from cycleproof.engine.llvm.source import source
from cycleproof.engine.sliced import FEW
from cycleproof.engine.slices import cut
from frozen.machine import Machine
from frozen.problem import FOREST_P, Shape, memory_image
from tests.support.kernels.engines import artifact, of_recipe, some_inputs, wrong_one_in

KEY = tuple(range(1, 9))
BITS, SEEDS = 3, 40
# Trees that end within the levels that are picked, just after them, and beyond; and lanes that are
# no whole vector, one vector, two, or three.
SHAPES = [
    (1, 5, 8),
    *(
        pytest.param(shape, marks=pytest.mark.slow)
        for shape in ((2, 7, 16), (4, 11, 8), (5, 6, 40), (5, 13, 24), (7, 20, 32))
    ),
]


def sliced(subject):
    return cut(execute(subject.program, subject.shape))


@pytest.fixture(scope="module")
def control():
    """A kernel that is wrong on some seeds, and which ones these are."""
    subject = wrong_one_in(of_recipe("vector", Shape(6, 9, 32)), BITS)
    made = sliced(subject)
    return made, Compiled(made).bulk(KEY, stream.JUDGED, 0, SEEDS)


@pytest.mark.parametrize(
    "named",
    [
        Host(gathers=False, permutes=False, shuffles=False),
        Host(gathers=True, permutes=False, shuffles=False),
        Host(gathers=False, permutes=True, shuffles=True),
        Host(gathers=True, permutes=True, shuffles=False),
    ],
)
def test_every_processor_finds_the_same_seeds(named, control, monkeypatch):
    if named.permutes and not host().permutes:
        pytest.skip("this processor has no AVX2")
    made, expected = control
    for module in (emit, loads, near, reference):
        monkeypatch.setattr(module, "host", lambda: named)
    text = source(made)
    assert ("call <8 x i32> @llvm.x86" in text) == named.permutes
    assert ("call <16 x i32> @llvm.masked.gather" in text) == named.gathers
    assert ("call <32 x i8> @llvm.x86.avx2.pshuf.b" in text) == named.shuffles
    assert Compiled(made).bulk(KEY, stream.JUDGED, 0, SEEDS) == expected
    assert 0 < expected.wrong < SEEDS


@pytest.mark.skipif(not host().permutes, reason="this processor has no AVX2")
def test_a_word_that_is_picked_wrongly_is_seen(control, monkeypatch):
    """The program picks its words, and the reference does not share them."""
    monkeypatch.setattr(near, "_numbering", lambda _: near.Numbering(0, 0, 0))
    assert Compiled(control[0]).bulk(KEY, stream.JUDGED, 0, SEEDS).wrong == SEEDS


@pytest.mark.parametrize("shape", SHAPES)
def test_the_reference_of_every_shape(shape):
    """A right kernel is right; one that is wrong on some seeds is wrong on just these."""
    subject = of_recipe("vector", Shape(*shape))
    assert Compiled(sliced(subject)).bulk(KEY, stream.WIDE, 2**32 - 9, SEEDS)[2:6] == (0, (), 0, ())
    wrong = wrong_one_in(subject, BITS)
    found = Compiled(sliced(wrong)).bulk(KEY, stream.WIDE, 2**32 - 9, SEEDS)
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
def test_every_few_words_have_numbers(members, is_sum):
    """Any addresses that a load can name are numbered, each by its own; most by a sum."""
    found = near._numbering(members)
    assert found is not None
    numbers = {found.number(member) for member in members}
    assert len(numbers) == len(members)
    assert max(numbers) < emit.TABLE
    assert (found.factor == 1) == is_sum


def test_words_without_numbers_are_loaded():
    assert near._numbering(tuple(range(FEW + 1))) is None


NEIGHBOURS = (0, 3, 1, 2, 5, 9, 4)  # of them 0 to 3 make a row, 4 and 5 another; 9 is by itself


def loading_neighbours(mask):
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


@pytest.mark.parametrize("mask", [3, 0b11011])  # near, if the processor picks; in rows
def test_neighbouring_words(mask, monkeypatch):
    subject = loading_neighbours(mask)
    made = sliced(subject)
    inputs = some_inputs(subject.shape)
    expected = [Machine(subject.program).run(memory_image(subject.shape, i)).memory for i in inputs]
    for permutes in {False, host().permutes}:
        named = Host(gathers=False, permutes=permutes, shuffles=False)
        for module in (emit, loads, near, reference):
            monkeypatch.setattr(module, "host", lambda named=named: named)
        rows = source(made).count("load <4 x i32>, ptr") // emit.WIDTH
        assert rows == (0 if mask == 3 and permutes else 2)
        compiled = Compiled(made)
        for given, memory in zip(inputs, expected, strict=True):
            assert compiled.evaluate(given) == {
                at: memory[at] for at in range(subject.shape.values_p, subject.shape.memory_size)
            }
