"""The exit codes, and which one is said of several artifacts."""

import itertools

from cycleproof.base.errors import EXIT_CODE_MEANINGS, WORST_FIRST, ExitCode, worst


def test_each_code_has_its_meaning_and_its_place() -> None:
    assert set(EXIT_CODE_MEANINGS) == set(WORST_FIRST) == set(ExitCode)
    assert len(WORST_FIRST) == len(ExitCode)


def test_the_worst_wins_in_any_order() -> None:
    for worse, other in itertools.combinations(WORST_FIRST, 2):
        assert worst([worse, other]) == worst([other, worse]) == worse
    assert worst([ExitCode.FAILED, ExitCode.INCONCLUSIVE]) == 1
    assert worst([]) == 0
