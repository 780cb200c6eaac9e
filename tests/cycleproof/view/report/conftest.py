"""The report of a small kernel whose names are markup."""

import pytest

from cycleproof.analysis.summary import analyse
from cycleproof.view.report.html import report_page
from tests.support import samples

from .hostile import HOSTILE, hostile_names


@pytest.fixture(scope="module")
def small():
    return analyse(samples.artifact().decoded)


@pytest.fixture(scope="module")
def page(small):
    names = hostile_names(small.artifact.program)
    return report_page(small, samples.evidence(), names, [], f"{HOSTILE}.json").decode()
