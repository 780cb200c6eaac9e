"""A sample of the study of approximations (``tests.studies.approximations``)."""

import pytest

from cycleproof.proof.fallback.solver import installed
from tests.studies import approximations
from tests.studies.approximations import CASES, OPEN, classify
from tests.support.kernels.approximate import REFUTED

SAMPLE = range(5, len(CASES), 31)


def test_the_study_has_two_hundred_kernels_of_nine_families() -> None:
    assert len(CASES) >= 200
    assert len({case.family for case in CASES}) == 9
    assert len({(case.family, case.name) for case in CASES}) == len(CASES)


@pytest.mark.skipif(not installed(), reason="no SMT solver is installed")
@pytest.mark.parametrize("number", SAMPLE, ids=lambda n: CASES[n].name)
def test_refuted_in_the_judged_domain_or_right_there(number: int) -> None:
    assert classify(number)[0] != OPEN


@pytest.mark.skipif(not installed(), reason="no SMT solver is installed")
def test_what_becomes_other_than_expected_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The study can fail: a kernel expected to be right is refuted."""
    number = next(n for n, case in enumerate(CASES) if case.expected == REFUTED)
    changed = [*CASES]
    changed[number] = CASES[number]._replace(expected="proved right")
    monkeypatch.setattr(approximations, "CASES", changed)
    assert classify(number)[0] == OPEN
