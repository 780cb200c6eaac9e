"""The report of a small kernel whose names are markup."""

import pytest

from cycleproof.analysis.summary import Analysis, analyse
from cycleproof.bundle.read import load_any
from cycleproof.evidence.model import read_evidence
from cycleproof.view.history import read_history
from tests.support import samples
from tests.support.cli import ROOT

from .hostile import HOSTILE, hostile_names


@pytest.fixture(scope="module")
def small() -> Analysis:
    return analyse(samples.artifact().decoded)


@pytest.fixture(scope="module")
def page(small: Analysis) -> str:
    from cycleproof.view.report.html import report_page

    names = hostile_names(small.artifact.program)
    return report_page(small, samples.evidence(), names, [], f"{HOSTILE}.json").decode()


@pytest.fixture(scope="module")
def shipped() -> bytes:
    """The report of the shipped kernel, with its kept evidence and the timeline."""
    from cycleproof.view.report.html import report_page

    kept = ROOT / "artifacts"
    evidence = read_evidence((kept / "kernel.evidence.json").read_bytes(), "kernel.evidence.json")
    analysis = analyse(load_any(kept / "kernel.json").decoded)
    return report_page(
        analysis, evidence, None, read_history(kept / "history.jsonl"), "kernel.json"
    )
