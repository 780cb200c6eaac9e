"""A gauge: what a child tells is what its parent sees."""

from cycleproof.base.gauge import Gauge, Seen
from cycleproof.base.limits import limited


def test_nothing_told_is_nothing_seen():
    assert Gauge().seen() == Seen("", 0, 0)


def test_a_child_tells_its_parent():
    gauge = Gauge()

    def work():
        gauge.tell("first", 3, 3)
        gauge.tell("next", 5, 9)

    limited(work)
    assert gauge.seen() == Seen("next", 5, 9)


def test_no_bar_goes_past_its_end():
    gauge = Gauge()
    gauge.tell("more than was claimed", 12, 9)
    assert gauge.seen() == Seen("more than was claimed", 9, 9)
