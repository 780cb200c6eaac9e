"""What ships beside the code: the kernel, and the evidence kept for it."""

from pathlib import Path

from cycleproof.artifact.format import is_canonical, load
from cycleproof.base.errors import ExitCode
from cycleproof.evidence.model import read_evidence


def test_the_kept_evidence_is_that_of_the_shipped_kernel(root: Path) -> None:
    shipped = load(root / "artifacts" / "kernel.json")
    path = root / "artifacts" / "kernel.evidence.json"
    evidence = read_evidence(path.read_bytes(), path.name)
    assert evidence.artifact["file_sha256"] == shipped.file_sha256
    assert evidence.exit_code is ExitCode.PASSED
    figures = {finding.check: finding.figures for finding in evidence.findings}
    assert figures["seeds"]["fresh"] >= 2000
    assert len(bytes.fromhex(figures["seeds"]["nonce"])) == 16


def test_the_shipped_kernel_is_laid_out_and_below_the_limit(root: Path) -> None:
    shipped = load(root / "artifacts" / "kernel.json")
    assert is_canonical(shipped)
    assert shipped.decoded.cycles <= 879
