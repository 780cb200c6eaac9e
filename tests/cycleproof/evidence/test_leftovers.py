"""What is said of final indices and tree: sentences in which nothing reads as a failure."""

import pytest

from cycleproof.evidence.leftovers import left_behind
from cycleproof.evidence.model import Leftover, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("by", ["prover", "runs", ""])
def test_leftovers_never_read_as_a_failure(state: State, by: str) -> None:
    for other in State:
        text = left_behind(Leftover(other, by), Leftover(state, by))
        assert text.startswith("The challenge compares only the values. ")
        assert not any(word in text for word in ("refuted", "wrong", "fail", "not kept"))
        assert text.count("the prover") <= 1  # one remark for both
        assert all(line[0].isupper() for line in text.split(". "))


def test_what_is_left_is_said_in_plain_sentences() -> None:
    right, open_ = Leftover(State.PROVED_RIGHT, "prover"), Leftover(State.UNKNOWN, "")
    assert left_behind(right, right).split(". ")[1] == (
        "This kernel also leaves the right indices and an unchanged tree; so says the prover, and"
        " the checker does not look at it."
    )
    seen = Leftover(State.LEFT_AT_ZERO, "runs")
    assert left_behind(seen, open_).split(". ")[1:] == [
        "This kernel leaves the indices at zero in the runs that were made",
        "Whether it leaves an unchanged tree is not settled.",
    ]
