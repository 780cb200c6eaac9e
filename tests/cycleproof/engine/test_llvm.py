"""What the LLVM back end chooses by the processor or the shape: every choice gives the same."""

import pytest

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

from cycleproof.engine import stream
from cycleproof.engine.ir import execute
from cycleproof.engine.llvm import emit, near, reference
from cycleproof.engine.llvm.compiled import Compiled
from cycleproof.engine.llvm.host import Host, host
from cycleproof.engine.llvm.source import source
from cycleproof.engine.sliced import FEW
from cycleproof.engine.slices import cut
from frozen.problem import Shape
from tests.support.kernels.engines import of_recipe, wrong_one_in

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
    for module in (emit, near, reference):
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
