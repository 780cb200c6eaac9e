"""A gauge: what a child tells is what its parent sees."""

import time

from cycleproof.base.gauge import Gauge
from cycleproof.base.limits import limited


def test_nothing_told_is_nothing_seen() -> None:
    assert Gauge().seen() == ("", 0, 0, 0.0)


def test_a_child_tells_its_parent() -> None:
    gauge = Gauge()

    def work() -> None:
        gauge.tell("first", 3, 3)
        while time.process_time() < 0.1:
            pass
        gauge.tell("next", 0, 9)
        while time.process_time() < 0.2:
            pass
        gauge.tell("next", 5, 9)

    limited(work)
    seen = gauge.seen()
    assert seen[:3] == ("next", 5, 9)
    assert 0.1 <= seen.since < 0.2  # of the child's processor time


def test_no_bar_goes_past_its_end() -> None:
    gauge = Gauge()
    gauge.tell("more than was claimed", 12, 9)
    assert gauge.seen()[:3] == ("more than was claimed", 9, 9)
