"""Kernels that are wrong on few words: refuted in the judged domain where they are wrong there."""

import pytest

from cycleproof.proof import ProofVerdict, prove, prover
from cycleproof.proof.fallback.solver import installed
from cycleproof.proof.refuter import bulk
from cycleproof.proof.refuter.search import Judge
from cycleproof.proof.result import ProofResult
from frozen.harness import judge
from frozen.problem import Shape
from tests.support.artifacts import artifact
from tests.support.kernels.approximate import wrap_constant
from tests.support.kernels.plain import Kernel, Tamper

SHAPE = (4, 7, 4)
needs_solver = pytest.mark.skipif(not installed(), reason="no SMT solver is installed")


@pytest.fixture(autouse=True)
def no_engine() -> None:
    """Here the second engine is asked."""


def top_bits_all_set(k: Kernel, place: str, lane: int, h: int) -> None:
    """One word in 2^17, in every round of every lane."""
    if place == "value":
        k.alu(">>", "t", "value", 15)
        k.alu("==", "t", "t", (1 << 17) - 1)
        k.alu("+", "value", "value", "t")


def one_word(k: Kernel, place: str, lane: int, h: int) -> None:
    if place == "value":
        k.alu("==", "t", "value", 0xDEADBEEF)
        k.alu("+", "value", "value", "t")


def one_word_at_the_root_again(k: Kernel, place: str, lane: int, h: int) -> None:
    """In round 5 the lane is at the root again, whose word it has met."""
    if (place, h) == ("value", 5):
        k.alu("==", "t", "value", 0xDEADBEEF)
        k.alu("^", "value", "value", "t")


def one_mixed_word(k: Kernel, place: str, lane: int, h: int) -> None:
    if place == "mixed":
        k.alu("^", "t", "value", 0x0BADCAFE)
        k.select("value", "t", "value", 0x0BADCAFF)


def square(k: Kernel, place: str, lane: int, h: int) -> None:
    """A word whose square is one constant: no rule inverts that."""
    if place == "value":
        k.alu("*", "t", "value", "value")
        k.alu("==", "t", "t", 0xDEADBE11)
        k.alu("+", "value", "value", "t")


def or_for_xor(k: Kernel, place: str, lane: int, h: int) -> None:
    """An ``|`` where an ``^`` is right: another word where all of 20 bits are set."""
    if place == "value":
        k.alu("&", "t", "value", 0xFFFFF000)
        k.alu("-", "t", "t", 0xFFFFE000)
        k.alu(">>", "t", "t", 12)
        k.alu("|", "u", "t", 1)
        k.alu("^", "t", "t", 1)
        k.alu("-", "t", "u", "t")
        k.alu("//", "t", "t", "u")
        k.alu("+", "value", "value", "t")


def product_of_two_in_2_to_the_14(k: Kernel, place: str, lane: int, h: int) -> None:
    if place == "value":
        k.alu("*", "t", "value", "value")
        k.alu("*", "t", "t", "value")
        k.alu(">>", "t", "t", 18)
        k.alu("==", "t", "t", 4321)
        k.alu("+", "value", "value", "t")


def above_two_to_the_30(k: Kernel, place: str, lane: int, h: int) -> None:
    if (place, lane, h) == ("node", 0, 0):
        k.alu("&", "node", "node", (1 << 30) - 1)


def refuted(wrong: Tamper[Kernel], shape: tuple[int, int, int] = SHAPE) -> ProofResult:
    """The refutation of a tampered kernel, which the frozen simulator must confirm."""
    subject = artifact(Kernel(shape, wrong).build(), Shape(*shape))
    result = prove(subject)
    assert result.verdict is ProofVerdict.REFUTED, (result.stuck_on, result.notes)
    found = result.counterexample
    (answer,) = judge(subject, [{"tree": found.inputs.tree, "values": found.inputs.values}])
    assert not answer["pass"]
    assert found.judged == all(w < 1 << 30 for words in found.inputs for w in words)
    return result


# A lane at the last of 1,024 leaves reads the root there, and goes on without an end.
wraps_before_the_last_leaf = wrap_constant(-1)


SOLVED = [top_bits_all_set, one_word, one_word_at_the_root_again, one_mixed_word]


@pytest.mark.parametrize("wrong", SOLVED, ids=lambda wrong: wrong.__name__)
def test_refuted_in_the_judged_domain_without_solver_or_engine(
    wrong: Tamper[Kernel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prover, "preferred", lambda: None)
    monkeypatch.setattr(bulk, "SEEDS", 0)
    assert refuted(wrong).counterexample.judged


@pytest.mark.slow
def test_a_leaf_that_only_one_path_in_1024_meets_is_found_without_seeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run on terms gets stuck two rounds later, on an address of more bits than tables have."""
    monkeypatch.setattr(prover, "preferred", lambda: None)
    monkeypatch.setattr(bulk, "SEEDS", 0)
    found = refuted(wraps_before_the_last_leaf, (10, 16, 1)).counterexample
    assert found.judged
    assert found.origin == "led there by the words that differ"


@needs_solver
def test_names_that_no_word_got_lead_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "search", lambda judge: (None, ""))
    assert "second refuter" not in refuted(above_two_to_the_30).figures["seconds"]


@needs_solver
@pytest.mark.parametrize("wrong", [*SOLVED, square, or_for_xor], ids=lambda wrong: wrong.__name__)
def test_refuted_in_the_judged_domain_with_a_solver(
    wrong: Tamper[Kernel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SEEDS", 0)
    assert refuted(wrong).counterexample.judged


@pytest.mark.slow
def test_the_second_engine_is_asked_before_giving_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("llvmlite")
    monkeypatch.setattr(prover, "preferred", lambda: None)
    monkeypatch.setattr(bulk, "SEEDS", 1 << 12)
    found = refuted(product_of_two_in_2_to_the_14).counterexample
    assert found.judged
    assert found.place.startswith("seed stream:")


def test_a_seed_of_the_engine_that_the_frozen_simulator_passes_refutes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("llvmlite")
    subject = artifact(Kernel(SHAPE).build(), Shape(*SHAPE))
    monkeypatch.setattr(bulk, "SEEDS", 64)
    found, note = bulk.search(Judge(subject))
    assert found is None
    assert note == "second engine: 64 seeds below 2^30, none shown to be wrong"


@pytest.mark.slow
def test_what_only_larger_words_refute_says_so() -> None:
    result = refuted(above_two_to_the_30)
    assert not result.counterexample.judged
    assert "2^30 or more, outside the judged domain" in result.statement
