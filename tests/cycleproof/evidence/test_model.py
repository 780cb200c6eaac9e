"""What evidence says about all its findings together."""

import pytest

from cycleproof.evidence.model import Evidence


@pytest.mark.parametrize(
    ("shape", "cycles", "passed", "text"),
    [
        ((10, 16, 256), 13_389, [147_734, 18_532], "147,734 · 18,532"),
        ((10, 16, 256), 147_734, [], "none"),
        ((3, 3, 8), 129, [], "none; they are for H=10 R=16 B=256"),
    ],
)
def test_thresholds_are_for_the_judged_shape_alone(shape, cycles, passed, text):
    names = ("forest_height", "rounds", "batch_size")
    about = {"cycles": cycles, "shape": dict(zip(names, shape, strict=True))}
    evidence = Evidence(about, {}, {}, [])
    assert (evidence.thresholds_passed, evidence.thresholds_text) == (passed, text)
