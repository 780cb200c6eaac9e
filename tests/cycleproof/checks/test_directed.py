"""The check ``directed``: what it lists is what it counts."""

import re
from dataclasses import replace

from cycleproof.artifact.format import LoadedArtifact, decode
from cycleproof.checks import directed
from cycleproof.evidence.model import Verdict
from tests.support import samples


def test_the_wide_inputs_are_not_among_those_that_were_judged() -> None:
    data = samples.without_last_store()
    loaded = LoadedArtifact(samples.artifact().path, data, decode(data, "k"))
    found = directed.run(replace(samples.subject(), artifact=loaded))
    assert found.verdict is Verdict.FAIL
    counted = re.match(r"wrong on (\d+) of (\d+) inputs; ", found.established)
    assert counted
    assert int(counted[2]) == found.figures["official_inputs"]
    wide, *others = found.notes
    assert wide.startswith("all 32-bit words: right on 0 of ")
    listed = " ".join(others)
    named = len(re.findall("“", listed))
    more = re.search(r"and (\d+) more", listed)
    assert 1 + named + (int(more[1]) if more else 0) == int(counted[1])
