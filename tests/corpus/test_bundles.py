"""Runs the corpus ``bundles``: each ends with its code and message, and leaves nothing behind."""

from pathlib import Path

import pytest

from tests.corpus.bundles import CASES, TRIALS, Trial
from tests.corpus.forked import MEGABYTES, forked


def test_the_controls_come_first() -> None:
    assert [case.attack for case in CASES[:2]] == [0, 0]
    assert [case.exit_code for case in CASES[:2]] == [0, 1]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.case.name)
def test_trial(trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    folder = tmp_path / "inner" / "folder"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    arguments = trial.make(folder)
    before = sorted(tmp_path.rglob("*"))
    status, megabytes = forked(["verify", *arguments], tmp_path / "output")
    said = (tmp_path / "output").read_text()
    assert (status, trial.case.says in said) == (trial.case.exit_code, True), said
    assert "Traceback" not in said
    assert "\x1b" not in said
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "output"])
    assert megabytes < MEGABYTES
    if status == 2:
        assert said.startswith(("error: ", "REFUSED: "))
        assert len(said.splitlines()) <= 2
