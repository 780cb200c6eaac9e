"""Solvers beside the checker: what they are asked, and when their word closes an equation."""

from typing import Any

import pytest

from cycleproof.audit import settle
from cycleproof.audit.definitions import candidates
from cycleproof.audit.script import Script
from cycleproof.audit.settle import Settler
from cycleproof.audit.solvers import Allowance
from cycleproof.base.limits import LimitReached
from cycleproof.checker.obligations import Equation
from cycleproof.checker.vocabulary import MAX_DEPTH, Expressions, Reference
from frozen.problem import Shape
from tests.cycleproof.checker.equations import Apply, Asked, Node


def law(reference: Reference, number: int, lane: int = 0) -> tuple[Node, Node]:
    """(a | b) + (a & b) == a + b, of values of a round: true, and beyond the rules."""
    word = reference.expressions.word
    a, b = (word("V", (number, 6), (each,)) for each in (lane, lane + 1))
    return Apply("+", (Apply("|", (a, b)), Apply("&", (a, b)))), Apply("+", (a, b))


@pytest.fixture
def reference() -> Reference:
    return Reference(Shape(3, 9, 4), Expressions())


def asked(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, str], *names: str
) -> tuple[Settler, list[tuple[Any, ...]]]:
    """A settler whose solvers say what ``answers`` holds, and the scripts put to each."""
    scripts: list[tuple[Any, ...]] = []

    def ask(name: str, batch: list[Script], budget: Allowance) -> list[str]:
        scripts.append((name, *batch))
        return [answers[name]]

    monkeypatch.setattr(settle, "ask", ask)
    return Settler(names), scripts


@pytest.mark.parametrize(
    ("answers", "holds", "reason"),
    [
        ({"bitwuzla": "unsat"}, True, ""),
        ({"bitwuzla": "unsat", "z3": "unsat"}, True, ""),
        ({"bitwuzla": "sat"}, None, "bitwuzla says sat"),
        ({"bitwuzla": "unknown"}, None, "bitwuzla says unknown"),
        ({"bitwuzla": "unsat", "z3": "sat"}, None, "z3 says sat"),
        ({"bitwuzla": "unsat", "z3": "unknown"}, None, "z3 says unknown"),
        ({}, None, "no solver is asked"),
    ],
)
def test_only_the_word_of_all_closes_an_equation(
    answers: dict[str, str],
    holds: bool | None,
    reason: str,
    reference: Reference,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settler, scripts = asked(monkeypatch, answers, *answers)
    verdict = Asked(reference, settler).settle(*law(reference, 2))
    said = f"not closed by the rules; solver: {reason}" if reason else ""
    assert verdict == (holds, said)
    assert {name for name, _ in scripts} == set(answers)


def test_what_the_rules_close_or_refute_is_not_asked(
    reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    settler, scripts = asked(monkeypatch, {"z3": "unsat"}, "z3")
    (left, right), obligations = law(reference, 2), Asked(reference, settler)
    assert obligations.settle(Apply("+", (right, 0)), right).holds
    assert obligations.settle(left, Apply("+", (right, 1))).holds is False
    assert scripts == []


def test_other_lanes_and_rounds_are_the_same_question(
    reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    settler, scripts = asked(monkeypatch, {"z3": "unsat"}, "z3")
    obligations = Asked(reference, settler)
    for number in (2, 3, 5):
        for lane in (0, 1):
            assert obligations.settle(*law(reference, number, lane)).holds
    assert settler.queries == len(scripts) == 1
    a, b = law(reference, 2)
    other = Apply("^", (a, Apply("^", (b, 4)))), 4  # of other words
    assert obligations.settle(*other).holds
    assert settler.queries == 2


def test_a_limit_of_the_solvers_leaves_it_open(
    reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spent(*_: Allowance | list[Script] | str) -> None:
        raise LimitReached("its solvers need more than 3600 s of processor time")

    monkeypatch.setattr(settle, "ask", spent)
    verdict = Asked(reference, Settler(["z3"])).settle(*law(reference, 2))
    assert (verdict.holds, verdict.reason.endswith("processor time")) == (None, True)


def test_the_budget_is_that_of_all_questions_together(reference: Reference) -> None:
    pytest.importorskip("z3")
    verdict = Asked(reference, Settler(["z3"], 0)).settle(*law(reference, 2))
    assert verdict.holds is None
    assert verdict.reason.endswith("its solvers need more than 0 s of processor time")


@pytest.mark.parametrize("name", ["bitwuzla", "cvc5", "z3"])
def test_each_solver_settles_it(name: str, reference: Reference) -> None:
    pytest.importorskip(name)
    assert Asked(reference, Settler([name])).settle(*law(reference, 2)).holds


@pytest.mark.parametrize("op", ["select", "^"])
def test_the_deepest_expression_is_written(op: str, reference: Reference) -> None:
    word = reference.expressions.word
    last = first = word("V", (0, 6), (0,))
    for _ in range(MAX_DEPTH - 1):
        rest = [word("const", (n,)) for n in ((1, 0) if op == "select" else (1,))]
        last = reference.expressions.operation(op, [last, *rest])
    (script, *_) = candidates(reference, Equation(last, first, reference.one))
    assert script.base.count("(define-fun e") == MAX_DEPTH - 1
