"""The table of attacks in the docs says what the corpora hold."""

from collections import Counter

from docs.generate import renew
from docs.page import ROOT

from .attacks import ATTACKS, CORPORA, corpora
from .table import PARTS


def test_the_documents_are_in_step() -> None:
    assert renew(PARTS, check=True) == 0


def test_each_case_of_the_runner_is_a_test() -> None:
    text = (ROOT / CORPORA["runner"]).read_text("utf-8")
    assert [c.name for c in corpora()["runner"] if f"def test_{c.name}(" not in text] == []


def test_case_names_are_unique_and_attacks_known() -> None:
    known = {attack.number for attack in ATTACKS} | {0}
    for name, cases in corpora().items():
        assert name in CORPORA
        assert [n for n, count in Counter(c.name for c in cases).items() if count > 1] == []
        assert {case.attack for case in cases} <= known
        assert all(case.tries and case.exit_code in range(6) for case in cases)
