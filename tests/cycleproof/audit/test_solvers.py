"""The solvers of an audit: what each reads, says, takes, and how it ends."""

import os
import signal
import subprocess
from itertools import product
from typing import Any

import pytest

from cycleproof.audit import Answer, Question, put, solvers
from cycleproof.audit.script import HEAD, Script
from cycleproof.audit.smtlib import binary, literal
from cycleproof.base import limits
from cycleproof.base.child import finished
from cycleproof.checker.words import CONCRETE

pytest.importorskip("bitwuzla")
pytest.importorskip("cvc5")

WORDS = (0, 1, 2, 3, 7, 31, 32, 33, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


@pytest.mark.parametrize("name", solvers.available())
@pytest.mark.parametrize("op", CONCRETE)
def test_each_solver_reads_each_op_as_the_op_table_does(name: str, op: str) -> None:
    right = [
        f"(distinct {binary(op, literal(a), literal(b))} {literal(CONCRETE[op](a, b))})"
        for a, b in product(WORDS, WORDS)
    ]
    wrong = f"(distinct {binary(op, literal(3), literal(2))} {literal(CONCRETE[op](3, 2) + 1)})"
    several = (
        Script(HEAD, tuple(right)) if name != "z3" else Script(HEAD, (f"(or {' '.join(right)})",))
    )
    asked = [several, Script(HEAD, (wrong,))]
    assert solvers.ask(name, asked, solvers.Allowance()) == ["unsat", "sat"]


@pytest.mark.parametrize(
    ("said", "closed"),
    [
        ({"bitwuzla": "unsat", "cvc5": "unsat"}, True),
        ({"bitwuzla": "unsat", "cvc5": "unknown", "z3": "unsat"}, True),
        ({"bitwuzla": "unsat", "cvc5": "unknown", "z3": "unknown"}, False),
        ({"bitwuzla": "unsat", "cvc5": "unsat", "z3": "sat"}, False),
        ({"bitwuzla": "unsat"}, False),
        ({"bitwuzla": "unsat", "cvc5": "sat"}, False),
    ],
)
def test_two_solvers_must_agree_and_none_may_object(said: dict[str, str], closed: bool) -> None:
    assert Answer(Question("", ()), Script("", ()), said).closed is closed


@pytest.mark.parametrize(
    ("child", "answers"),
    [
        ("raise SystemExit(1)", ["unknown"] * 3),
        ("def start(base, several):\n    return lambda case: 'yes'\n", ["unknown"] * 3),
        ("print('[]', flush=True)\nraise SystemExit\n", ["unknown"] * 3),
        (
            "import os\ndef start(base, several):\n"
            "    return lambda case: os._exit(1) if 'x' in case else 'unsat'\n",
            ["unsat", "unknown", "unsat"],
        ),
        ("while True:\n    pass\n", ["unknown"]),
    ],
)
def test_a_solver_that_dies_babbles_or_hangs_establishes_nothing(
    child: str, answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(solvers._CHILDREN, "cvc5", child)
    monkeypatch.setattr(solvers, "SECONDS", 1)
    scripts = [Script("", (case,)) for case in "axb"[: len(answers)]]
    assert solvers.ask("cvc5", scripts, solvers.Allowance()) == answers


@pytest.mark.slow
def test_what_solvers_used_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(solvers._CHILDREN, "cvc5", "while True:\n    pass\n")
    monkeypatch.setattr(solvers, "SECONDS", 1)
    monkeypatch.setattr(solvers, "ALL_SECONDS", 1)
    with pytest.raises(limits.LimitReached, match="more than 1 s"):
        solvers.ask("cvc5", [Script("", ("a",))] * 9, solvers.Allowance())


def test_who_breaks_an_audit_off_does_not_wait_for_its_solvers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """bitwuzla answers, and what hears of it breaks off; cvc5 would work on."""
    slow = "import time\ndef start(base, several):\n    return lambda case: time.sleep(9)\n"
    monkeypatch.setitem(solvers._CHILDREN, "cvc5", slow)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(2))
    statuses = []

    def noted(*arguments: Any) -> subprocess.CompletedProcess[bytes]:
        ended = finished(*arguments)
        statuses.append(ended.returncode)
        return ended

    def broken_off(*_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(solvers, "finished", noted)
    with pytest.raises(KeyboardInterrupt):
        put([Question("", (Script("", ("true",)),))], broken_off)
    assert statuses[1:] == [-signal.SIGKILL]
