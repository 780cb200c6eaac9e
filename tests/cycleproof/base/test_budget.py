"""The budget: what is said when it is spent, and that no estimate says more than was seen."""

import resource
import time

import pytest

from cycleproof.base.budget import MAX_BUDGET, _outlook, within
from cycleproof.base.gauge import Seen, Tell
from cycleproof.base.limits import LimitReached, TimeSpent, limited


def spin() -> None:
    while True:
        pass


def late(tell: Tell) -> None:
    """A first stage of a tenth of a second, then a second one, 3 steps of 12 done."""
    tell("first", 0, 0)
    while time.process_time() < 0.1:
        pass
    tell("second", 0, 12)
    tell("second", 3, 12)
    spin()


def test_a_result_comes_back_and_the_caller_is_told() -> None:
    told: list[tuple[str, int, int]] = []

    def work(tell: Tell) -> list[tuple[str, int, int]]:
        tell("stage", 1, 2)
        return list(told)

    assert within(5, work, lambda *step: told.append(step)) == [("stage", 1, 2)]


def test_a_spent_budget_says_how_far_the_work_was() -> None:
    with pytest.raises(LimitReached) as caught:
        within(1, late, lambda *_: None)
    assert str(caught.value) == (
        "the budget of 1 s of the processor is spent; 25% of this stage was done: second;"
        " at its pace it ends after about 4 s in all; try --budget 6"
    )


def test_a_limit_of_the_callers_own_is_no_budget() -> None:
    """A larger budget would change nothing, so none is named."""

    def inside() -> tuple[type, str] | None:
        resource.setrlimit(resource.RLIMIT_CPU, (1, 5))
        try:
            within(60, late, lambda *_: None)
        except LimitReached as reached:
            return type(reached), str(reached)
        return None

    said = (TimeSpent, "it needs more than 1 s of processor time")
    assert limited(inside, seconds=60) == said


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (Seen("", 0, 0, 0), "the work had not got to its first step"),
        (Seen("writing", 0, 0, 50), "how long this stage takes is not known: writing"),
        (Seen("all", 0, 900, 1), "how long this stage takes is not known: all"),
        (Seen("all", 8, 900, 1), "how long this stage takes is not known: all"),  # under 1 %
        (Seen("all", 900, 900, 1), "how long this stage takes is not known: all"),  # not done yet
        (Seen("all", 1, 100, 0), "ends after about 6,000 s in all; try --budget 9000"),
        (Seen("all", 41, 100, 0), "41% of this stage was done: all; at its pace"),
        (Seen("all", 41, 100, 0), "ends after about 150 s in all; try --budget 300"),
        (Seen("all", 99, 100, 0), "ends after about 61 s in all; try --budget 100"),
        # Of 60 s the stage had 12, so it takes 24; the 48 before it come again.
        (Seen("all", 50, 100, 48), "ends after about 72 s in all; try --budget 200"),
    ],
)
def test_the_outlook(seen: Seen, says: str) -> None:
    spent = _outlook(60, seen)
    assert says in str(spent)
    assert str(spent).partition("--budget ")[2] == (str(spent.advised) if spent.advised else "")


def test_no_budget_is_named_that_no_command_takes() -> None:
    says = str(_outlook(MAX_BUDGET, Seen("all", 50, 100, 0)))
    assert "ends after about 180,000 s in all" in says
    assert "--budget" not in says
