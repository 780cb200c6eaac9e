"""The study of tampered certificates, a few of each kind."""

import pytest

from cycleproof.checker import ACCEPTED
from docs.page import PAGE
from tests.studies.tampering import study


@pytest.mark.slow
def test_no_tampering_is_accepted() -> None:
    results = study(each=2, seed=2)
    assert len(results) == 16
    for name, counts in results:
        assert counts.total() == 2, name
        assert counts[ACCEPTED] == 0, name


def test_the_published_table_is_large_and_clean() -> None:
    text = PAGE.read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| all |"))
    tried, rejected, malformed, inconclusive, accepted = map(int, row.split("|")[2:7])
    assert tried >= 500
    assert accepted == 0
    assert tried == rejected + malformed + inconclusive
