"""The fallback: spellings that the canonical forms miss are settled by a solver, or left open."""

import random
import time
from typing import Any

import pytest

from cycleproof.audit.settle import check_with_solvers
from cycleproof.checker import ACCEPTED, INCONCLUSIVE, REJECTED, check
from cycleproof.proof import ProofVerdict, prove, prover
from cycleproof.proof.fallback import smt, solver
from cycleproof.proof.fallback.solver import Solver
from cycleproof.proof.fallback.sweep import Sweep
from cycleproof.proof.terms import Term
from frozen.artifact import Artifact
from frozen.ops import OPS, Op
from frozen.problem import Shape
from tests.support.artifacts import artifact
from tests.support.kernels.plain import Tamper
from tests.support.kernels.spellings import (
    RESPELLINGS,
    Respelled,
    Respelling,
    bit_as_or_less_xor,
    bit_by_comparison,
    sum_by_halves,
    xor_by_complements,
    xor_by_halves,
)

SHAPE = (3, 5, 2)
needs_solver = pytest.mark.skipif(not solver.installed(), reason="no SMT solver is installed")


def respelled(
    *respellings: Respelling,
    tamper: Tamper[Respelled] | None = None,
    shape: tuple[int, int, int] = SHAPE,
) -> Artifact:
    return artifact(Respelled(shape, respellings, tamper).build(), Shape(*shape))


def without_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover, "preferred", lambda: None)


def wrong_in_round_0(k: Respelled, place: str, lane: int, h: int) -> None:
    """One word in 2^32 is another: no word after it is the reference's."""
    if (place, h) == ("value", 0):
        k.plain("==", "t", "value", 0x12345678)
        k.plain("+", "value", "value", "t")


# -- what it settles -----------------------------------------------------------------------------


@pytest.mark.slow
@needs_solver
@pytest.mark.parametrize("respelling", RESPELLINGS, ids=lambda f: f.__name__)
def test_the_fallback_settles_it_and_the_checker_agrees(
    respelling: Respelling, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = respelled(respelling)
    result = prove(subject, certificate=True)
    assert result.verdict is ProofVerdict.PROVED, result.stuck_on
    assert result.figures["fallback"]["merged"] >= SHAPE[1] * SHAPE[2]
    assert "fallback:" in result.notes[0]
    checked = check_with_solvers(subject, result.certificate)
    assert (checked.verdict, checked.reason) == (ACCEPTED, "")
    assert checked.solver_queries > 0
    # Without a solver neither of the two claims anything.
    assert check(subject, result.certificate).verdict == INCONCLUSIVE
    without_solver(monkeypatch)
    result = prove(subject)
    assert result.verdict is ProofVerdict.UNKNOWN
    assert result.stuck_on
    assert "the fallback was not run: no SMT solver is installed" in result.notes[0]


@pytest.mark.slow
@needs_solver
@pytest.mark.parametrize("seed", range(6))
def test_several_at_once(seed: int) -> None:
    rng = random.Random(seed)
    shape = (rng.randint(1, 5), rng.randint(2, 8), rng.randint(1, 3))
    chosen = {RESPELLINGS[f]: f for f in rng.sample(list(RESPELLINGS), 6)}.values()
    subject = respelled(*chosen, shape=shape)
    result = prove(subject, certificate=True)
    assert result.verdict is ProofVerdict.PROVED, (shape, chosen, result.stuck_on)
    assert check_with_solvers(subject, result.certificate).verdict == ACCEPTED


@pytest.mark.slow
@needs_solver
def test_both_solvers_agree() -> None:
    subject = respelled(xor_by_complements, bit_as_or_less_xor)
    certificate = prove(subject, certificate=True).certificate
    result = check_with_solvers(subject, certificate, ("bitwuzla", "z3"))
    assert (result.verdict, result.solvers) == (ACCEPTED, ("bitwuzla", "z3"))


def test_what_the_canonical_forms_prove_asks_no_solver() -> None:
    result = prove(respelled())
    assert result.verdict is ProofVerdict.PROVED
    assert "fallback" not in result.figures


@pytest.mark.slow
@needs_solver
@pytest.mark.parametrize("tamper", [None, wrong_in_round_0], ids=["right", "wrong"])
def test_windows_are_left_out_only_where_there_is_none(
    tamper: Tamper[Respelled], monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = respelled(xor_by_halves, sum_by_halves, bit_by_comparison, tamper=tamper)
    scripts: list[list[Any]] = [[], []]
    figures = []
    write, oldest = Sweep._script, Sweep._oldest
    for kept, look in zip(scripts, (oldest, lambda self, term: self._first), strict=True):

        def noted(self: Sweep, term: Term, guess: int, edge: Any, kept: list[Any] = kept) -> Any:
            kept.append(write(self, term, guess, edge))
            return kept[-1]

        monkeypatch.setattr(Sweep, "_script", noted)
        monkeypatch.setattr(Sweep, "_oldest", look)
        figures.append(prove(subject, refutation=False).figures["fallback"])
    assert figures[0] == figures[1]
    assert [one for one in scripts[0] if one] == [one for one in scripts[1] if one]
    assert len(scripts[0]) < len(scripts[1])


# -- what it must not settle ---------------------------------------------------------------------


def wrong_on_one_value(k: Respelled, place: str, lane: int, h: int) -> None:
    """Agrees with the reference on every input that the sweep looks at."""
    if (place, lane, h) == ("value", 1, 2):
        k.plain("*", "t", "value", "value")
        k.plain("==", "t", "t", 0xDEADBEF1)
        k.plain("+", "value", "value", "t")


@pytest.mark.slow
@needs_solver
def test_a_word_that_only_seems_equal_is_not_merged() -> None:
    subject = respelled(xor_by_halves, tamper=wrong_on_one_value)
    assert prove(subject).verdict is ProofVerdict.REFUTED
    result = prove(subject, refutation=False)
    assert result.verdict is ProofVerdict.UNKNOWN
    assert "1 of 2 output words" in result.stuck_on
    assert "lane 1" in result.stuck_on


@needs_solver
def test_a_wrong_kernel_in_other_words_is_refuted() -> None:
    def rare(k: Respelled, place: str, lane: int, h: int) -> None:
        if (place, lane, h) == ("value", 0, 3):
            k.plain("==", "t", "value", 0x12345678)
            k.plain("^", "value", "value", "t")

    result = prove(respelled(xor_by_halves, sum_by_halves, bit_by_comparison, tamper=rare))
    assert result.verdict is ProofVerdict.REFUTED


@pytest.mark.slow
def test_a_solver_that_agrees_to_everything_fools_the_prover_and_not_the_checker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subject = respelled(xor_by_halves, tamper=wrong_on_one_value)
    monkeypatch.setattr(prover, "preferred", lambda: Solver("yes"))
    monkeypatch.setattr(Solver, "_ask", lambda self, script: True)
    result = prove(subject, certificate=True)
    assert result.verdict is ProofVerdict.PROVED
    assert check_with_solvers(subject, result.certificate).verdict in (REJECTED, INCONCLUSIVE)


# -- the worker ----------------------------------------------------------------------------------

TRUE = "(declare-const x (_ BitVec 32))(assert (distinct x (bvxor x #x00000000)))(check-sat)"
FALSE = "(declare-const x (_ BitVec 32))(assert (distinct x #x00000000))(check-sat)"


@needs_solver
@pytest.mark.parametrize("name", solver.installed())
def test_workers_answer_many_questions(name: str) -> None:
    asked = Solver(name)
    assert [asked.unsat(text) for text in (TRUE, FALSE, TRUE, "(nonsense", FALSE)] == [
        True, False, True, False, False,
    ]  # fmt: skip
    assert asked.questions == 3
    worker = asked._worker
    asked.close()
    assert worker is None or worker.poll() is not None


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import time\ntime.sleep(600)", "never answers"),
        ("raise SystemExit(1)", "dies"),
        ("import sys\nsys.stdin.readline(); print('true', end='')", "is cut off"),
        (
            "import sys\nsys.stdin.readline(); print('maybe', flush=True); sys.stdin.read()",
            "babbles",
        ),
    ],
)
def test_a_worker_that_fails_settles_nothing(
    code: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(solver._WORKERS, "broken", code)
    monkeypatch.setattr(solver, "SECONDS", 0.3)
    asked, start = Solver("broken"), time.monotonic()
    assert not asked.unsat(TRUE)
    assert not asked.unsat(FALSE)
    asked.close()
    assert asked._worker is None
    assert time.monotonic() - start < 300  # it was killed, not waited for


def test_the_time_of_all_questions_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "SECONDS_IN_ALL", 0.0)
    monkeypatch.setattr(Solver, "_ask", lambda self, script: True)
    assert not Solver("any").unsat("first")


def absorbs_a_deep_chain(k: Respelled, place: str, lane: int, h: int) -> None:
    """(v | t) & v is v, whatever t is; here t is a thousand operations without a name."""
    if (place, lane, h) == ("value", 1, 2):
        k.plain("+", "t", "value", 1)
        for _ in range(500):
            k.plain("*", "t", "t", "value")
            k.plain("^", "t", "t", "value")
        k.plain("|", "t", "t", "value")
        k.plain("&", "value", "t", "value")


@pytest.mark.slow
@needs_solver
def test_a_deep_chain_ends_the_window_and_not_the_run() -> None:
    result = prove(respelled(xor_by_halves, tamper=absorbs_a_deep_chain))
    assert result.verdict is ProofVerdict.UNKNOWN
    assert "1 of 2 output words" in result.stuck_on


def test_questions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "MAX_QUESTIONS", 1)
    monkeypatch.setattr(Solver, "_ask", lambda self, script: True)
    asked = Solver("any")
    assert asked.unsat("first")
    assert asked.unsat("first")
    assert not asked.unsat("second")


@needs_solver
@pytest.mark.parametrize(
    "op", [op for op in OPS.values() if op.engine == "alu"], ids=lambda o: o.name
)
def test_the_scripts_operations_are_the_machines(op: Op) -> None:
    """For fixed operands the script's operation and the op table give the same word."""
    asked = Solver(next(iter(solver.installed())))
    rng = random.Random(op.name)
    edges = [0, 1, 2, 31, 32, 33, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
    for _ in range(40):
        a, b = (rng.choice([*edges, rng.getrandbits(32)]) for _ in range(2))
        if op.name in ("//", "%", "cdiv") and b == 0:
            continue
        value = eval(op.value, {"a": a, "b": b}) & 0xFFFFFFFF
        body = smt.operation(op.name, [smt.literal(a), smt.literal(b)])
        assert asked.unsat(f"(assert (distinct {body} #x{value:08x}))(check-sat)"), (a, b)
    asked.close()
