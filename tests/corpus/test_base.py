"""Runs the corpus ``base``. What needs a look inside the runner is in test_runner.py."""

import shutil
from pathlib import Path

import pytest

from tests.corpus.base import TRIALS, Trial
from tests.support.fixtures import CommandLine, Write


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.case.name)
def test_trial(
    trial: Trial,
    root: Path,
    tmp_path: Path,
    write: Write,
    small_kernel: bytes,
    cycleproof: CommandLine,
) -> None:
    folder = tmp_path / "frozen"
    shutil.copytree(root / "frozen", folder, ignore=lambda *_: {"__pycache__"})
    environment = trial.tamper(folder)
    if not isinstance(environment, dict):
        environment = {}
    kernel = write(small_kernel)
    command = ["verify", kernel, "--frozen", folder, "--seeds", "1"]
    done = cycleproof(*command, cwd=tmp_path, **environment)
    said = done.stdout + done.stderr
    assert done.returncode == trial.case.exit_code, said
    assert trial.case.says in said
    assert "Traceback" not in said
