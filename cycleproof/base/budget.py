"""The budget of a proof, and of its check, in seconds of the processor; past it, an estimate."""

import math
from collections.abc import Callable
from typing import TypeVar

from .gauge import Gauge, Seen, Tell
from .limits import LimitReached, TimeSpent, limited

BUDGET = 60  # seconds of the processor to prove, and as many to check, unless told otherwise
MAX_BUDGET = 86_400  # a day
TRIED_NEXT = 10  # times as much, where nobody knows how long it takes
MARGIN = 1.5  # the pace is that of the part already done

Result = TypeVar("Result")


class Spent(LimitReached):
    """The budget is spent; ``advised`` is one that may be enough, or 0 if nobody knows one."""

    def __init__(self, text: str, advised: int) -> None:
        super().__init__(text, advised)
        self.text, self.advised = text, advised

    def __str__(self) -> str:
        return self.text


def within(seconds: int, work: Callable[[Tell], Result], tell: Tell) -> Result:
    """``work`` in a limited child, which gets a ``Tell`` and says by it how far it is.

    ``tell`` is called with the same, in that child. Raises ``LimitReached``: ``Spent`` if
    that is by the budget of ``seconds``, with how far the work was and an estimate.
    """
    gauge = Gauge()

    def told(stage: str, done: int, due: int) -> None:
        gauge.tell(stage, done, due)
        tell(stage, done, due)

    try:
        return limited(lambda: work(told), seconds=seconds)
    except TimeSpent as spent:
        if spent.seconds < seconds:  # a limit of the caller's own
            raise
        raise _outlook(seconds, gauge.seen()) from None


def _outlook(seconds: int, seen: Seen) -> Spent:
    """How far a stage was after ``seconds``, and how long it takes at the pace that it had."""
    spent = f"the budget of {seconds:,} s of the processor is spent"
    if not seen.stage:
        return _unknown(seconds, f"{spent}; the work had not got to its first step")
    percent = 100 * seen.done // seen.due if seen.due else 0
    if not 1 <= percent < 100:
        return _unknown(seconds, f"{spent}; how long this stage takes is not known: {seen.stage}")
    estimate = seen.since + (seconds - seen.since) * seen.due / seen.done
    advised = _rounded(MARGIN * estimate, 1)
    words = (
        f"{spent}; {percent}% of this stage was done: {seen.stage}; at its pace it ends after"
        f" about {_rounded(estimate, 2):,} s in all"
    )
    if advised > MAX_BUDGET:
        return Spent(words, 0)
    return Spent(f"{words}; try --budget {advised}", advised)


def _unknown(seconds: int, words: str) -> Spent:
    """Without an estimate: many times as much is worth a try."""
    advised = min(TRIED_NEXT * seconds, MAX_BUDGET)
    return (
        Spent(f"{words}; try --budget {advised}", advised) if advised > seconds else Spent(words, 0)
    )


def _rounded(value: float, digits: int) -> int:
    """Rounded up to so many digits that are not 0."""
    unit: int = 10 ** max(0, math.floor(math.log10(value)) + 1 - digits)
    return math.ceil(value / unit) * unit
