"""The check ``shifts``: what the challenge's machine would take minutes for does not pass."""

import re
from typing import Any

import pytest

from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.checks import Subject
from cycleproof.checks.shifts import MOST_SHIFT, run
from cycleproof.evidence.model import Found, Verdict
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from frozen.problem import Shape
from tests.support.programs import scalar_kernel

SHAPE = Shape(2, 3, 4)
GENERATOR = {"name": "test", "version": "1", "sources_sha256": "0"}


def checked(*after: dict[str, Any], root: Any) -> Found:
    program = [*scalar_kernel(SHAPE), *after]
    data = encode(SHAPE, program, len(program), GENERATOR)
    artifact = LoadedArtifact(root / "k.json", data, decode(data, "k.json"))
    return run(Subject(artifact, read_frozen(installed_folder())))


VALUE = {"load": [["const", 50, SHAPE.values_p]]}, {"load": [["load", 51, 50]]}


@pytest.mark.parametrize(
    ("after", "verdict", "says"),
    [
        (
            [],
            Verdict.PASS,
            "by more than 1,024, on any input: 48 slots, by 12 at most",
        ),
        (
            [{"load": [["const", 50, MOST_SHIFT]]}, {"alu": [["<<", 51, 51, 50]]}],
            Verdict.PASS,
            "by 1,024 at most",
        ),
        (
            [{"load": [["const", 50, MOST_SHIFT + 1]]}, {"alu": [["<<", 51, 51, 50]]}],
            Verdict.FAIL,
            "alu slot 0, operand b: shifts left by 1,025, the limit is 1,024",
        ),
        (
            [{"load": [["const", 50, 2**32 - 1]]}, {"valu": [["<<", 64, 64, 48]]}],
            Verdict.FAIL,
            "valu slot 0, operand b: shifts left by 4,294,967,295",
        ),
        ([*VALUE, {"alu": [["<<", 52, 52, 51]]}], Verdict.FAIL, "shifts left by"),
        (  # only if a value is 1 + 2**29: no run sees it
            [
                *VALUE,
                {"load": [["const", 52, 2**29 + 1], ["const", 53, 2000]]},
                {"alu": [["==", 51, 51, 52]]},
                {"alu": [["*", 51, 51, 53]]},
                {"alu": [["<<", 54, 54, 51]]},
            ],
            Verdict.UNKNOWN,
            "no bound of the amount was found below 2,000",
        ),
    ],
)
def test_verdicts(after: list[dict[str, Any]], verdict: Verdict, says: str, root: Any) -> None:
    finding = checked(*after, root=root)
    assert (finding.verdict, says in finding.established) == (verdict, True), finding.established


def test_a_run_that_faults_leaves_it_open(root: Any) -> None:
    fault = {"alu": [["//", 60, 60, 61]]}
    finding = checked(*VALUE, fault, {"alu": [["<<", 52, 52, 51]]}, root=root)
    assert finding.verdict is Verdict.UNKNOWN
    assert "in 0 runs" in finding.established
    assert finding.notes[0].startswith("1 such slot; ")


def test_the_specification_names_the_limit(root: Any) -> None:
    page = (root / "docs/spec.md").read_text()
    assert re.search(rf"left shift by more than {MOST_SHIFT:,}\b", page)
