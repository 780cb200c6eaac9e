"""Runs the corpus ``base``. What needs a look inside the runner is in test_runner.py."""

import shutil

import pytest

from tests.corpus.base import TRIALS


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.case.name)
def test_trial(trial, root, tmp_path, write, small_kernel, cycleproof):
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
