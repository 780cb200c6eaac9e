"""Evidence: what each check established about one artifact, as data for every report.

A check answers with a ``Finding``. ``Evidence`` collects them with what they were held against;
its JSON form is the one source of the terminal table, JUnit, HTML, bundles and attestations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .errors import ExitCode

EVIDENCE_FORMAT = "cycleproof-evidence/1"
# The challenge's own thresholds, each "below" (spec, section 3).
THRESHOLDS = (
    (147_734, "baseline"),
    (18_532, "updated starting point"),
    (2_164, ""),
    (1_790, ""),
    (1_579, ""),
    (1_548, ""),
    (1_487, ""),
    (1_363, ""),
)


class Verdict(StrEnum):
    """A check's answer. ``skipped`` means that it did not run and says nothing."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What one check found.

    ``established`` is one sentence that claims no more than was done, its domain included; for
    a skipped check it is the reason, for a failed one what is wrong. ``figures`` are JSON values.
    ``reproduce`` is the one command that shows a failure again.
    """

    check: str
    verdict: Verdict
    established: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    reproduce: str = ""

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {
            "check": self.check,
            "verdict": str(self.verdict),
            "established": self.established,
            "figures": dict(self.figures),
            "notes": list(self.notes),
            "reproduce": self.reproduce,
        }


@dataclass(frozen=True)
class Evidence:
    """All findings about one artifact, and what they were held against."""

    artifact: Mapping[str, Any]  # file_sha256, program_sha256, shape, cycles, generator
    frozen: Mapping[str, Any]  # version, digest, files (name -> SHA-256)
    tool: Mapping[str, str]  # cycleproof and Python versions
    findings: Sequence[Finding]

    @property
    def exit_code(self) -> ExitCode:
        """0 all that ran passed, 1 one failed, 4 one that ran is not settled."""
        verdicts = {finding.verdict for finding in self.findings}
        if Verdict.FAIL in verdicts:
            return ExitCode.FAILED
        if Verdict.UNKNOWN in verdicts or Verdict.PASS not in verdicts:
            return ExitCode.INCONCLUSIVE
        return ExitCode.PASSED

    @property
    def thresholds_passed(self) -> list[int]:
        """The challenge's thresholds that the claimed cycle count lies below."""
        return [limit for limit, _ in THRESHOLDS if self.artifact["cycles"] < limit]

    def as_json(self) -> dict[str, Any]:
        """The evidence as JSON values."""
        return {
            "format": EVIDENCE_FORMAT,
            "artifact": dict(self.artifact),
            "frozen": dict(self.frozen),
            "tool": dict(self.tool),
            "exit_code": int(self.exit_code),
            "thresholds_passed": self.thresholds_passed,
            "findings": [finding.as_json() for finding in self.findings],
        }
