"""What evidence says about all its findings together."""

import dataclasses
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from cycleproof.evidence.model import BESIDE_THE_RUNS, Evidence, Finding, Verdict
from cycleproof.view.report.junit import junit
from cycleproof.view.report.markdown import markdown
from cycleproof.view.report.terminal import print_evidence
from frozen.problem import JUDGED, Shape

from ...support import samples

RIGHT = Finding("seeds", Verdict.PASS, "right")
AFTER_A_FAILURE = "none; they are for kernels that passed"


@pytest.mark.parametrize(
    ("shape", "cycles", "findings", "passed", "text"),
    [
        (
            JUDGED,
            13_389,
            [RIGHT],
            [147_734, 18_532],
            "2 of 8; the hardest of them is 18,532 cycles (“updated starting point”)",
        ),
        (
            JUDGED,
            18_000,
            [RIGHT, *(Finding(name, Verdict.FAIL, "") for name in sorted(BESIDE_THE_RUNS))],
            [147_734, 18_532],
            "2 of 8; the hardest of them is 18,532 cycles (“updated starting point”)",
        ),
        (JUDGED, 147_734, [RIGHT], [], "none"),
        ((3, 3, 8), 129, [RIGHT], [], "none; they are for H=10 R=16 B=256"),
        (JUDGED, 99, [RIGHT, Finding("lint", Verdict.FAIL, "")], [], AFTER_A_FAILURE),
        (JUDGED, 99, [RIGHT, Finding("proof", Verdict.UNKNOWN, "")], [], AFTER_A_FAILURE),
        (JUDGED, 99, [Finding("decode", Verdict.PASS, "")], [], AFTER_A_FAILURE),
        (JUDGED, 99, [], [], AFTER_A_FAILURE),
    ],
)
def test_thresholds_are_for_kernels_that_passed_at_the_judged_shape(
    shape: Shape, cycles: int, findings: list[Finding], passed: list[int], text: str
) -> None:
    names = ("forest_height", "rounds", "batch_size")
    about = {"cycles": cycles, "shape": dict(zip(names, shape, strict=True))}
    evidence = Evidence(about, {}, {}, findings)
    assert (evidence.thresholds_passed, evidence.thresholds_text) == (passed, text)


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL])
def test_every_report_names_them_only_then(verdict: Verdict) -> None:
    sample = samples.evidence()
    evidence = dataclasses.replace(
        sample,
        artifact={**sample.artifact, "shape": JUDGED._asdict(), "cycles": 1_400},
        findings=[RIGHT, Finding("directed", verdict, "")],
    )
    shown_on = io.StringIO()
    console = Console(file=shown_on, width=200)
    print_evidence(evidence, Path("kernel.json"), console)
    xml = ElementTree.fromstring(junit(evidence))
    properties = {row.get("name"): row.get("value") for row in xml.iter("property")}
    named = verdict is Verdict.PASS
    assert ("1,487" in shown_on.getvalue()) is named
    assert ("1,487" in markdown(evidence, "kernel.json")) is named
    assert (1_487 in evidence.as_json()["thresholds_passed"]) is named
    passed = properties["thresholds_passed"]
    assert passed is not None
    assert ("1487" in passed) is named
