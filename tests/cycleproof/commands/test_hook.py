"""``hook`` looks at every artifact and answers with the worst code."""

import dataclasses
from pathlib import Path

import pytest

from cycleproof.base.errors import ExitCode
from cycleproof.checks import Subject
from cycleproof.commands import hook
from cycleproof.evidence.model import Evidence, Finding, Verdict
from cycleproof.evidence.policy import Requirements
from tests.support import samples


def test_failed_and_inconclusive_together_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    verdicts = iter([Verdict.FAIL, Verdict.UNKNOWN])

    def verify(subject: Subject, requirements: Requirements) -> Evidence:
        finding = Finding("seeds", next(verdicts), "")
        return dataclasses.replace(samples.evidence(), findings=[finding])

    monkeypatch.setattr(hook, "verify", verify)
    paths = (tmp_path / "a.json", tmp_path / "b.json")
    for path in paths:
        path.write_bytes(samples.artifact().data)
    assert (
        hook.command.main(["--any-shape", *map(str, paths)], standalone_mode=False)
        is ExitCode.FAILED
    )


@pytest.mark.slow
def test_an_unreadable_artifact_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "good.json").write_bytes(samples.artifact().data)
    answer = samples.run(
        "hook", "--any-shape", "bad.json", "good.json", cwd=tmp_path, COLUMNS="200"
    )
    assert answer.returncode == 2
    assert "REFUSED: bad.json" in answer.stderr
    assert "good.json" in answer.stdout
    assert "PROVED for all inputs" in answer.stdout
