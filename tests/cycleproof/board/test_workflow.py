"""The organisers' workflow: its script as the platform runs it, and the auditor's silence."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import ROOT

from .entries import TERMS_FILE, kernel

WORKFLOW = ROOT / ".github" / "workflows" / "board.yml"
IDENTITY = ("-c", "user.name=o", "-c", "user.email=o@example.invalid")


def script() -> str:
    """The shell text of the step `Judge`."""
    step = WORKFLOW.read_text("utf-8").split("      - name: Judge\n")[1]
    body = step.split("        run: |\n")[1].split("      - name:")[0]
    return textwrap.dedent(body)


Forge = tuple[
    Callable[[str, bytes, str], str],
    Callable[[str], tuple[subprocess.CompletedProcess[str], str, Path]],
]
"""Commit a submission (name, data, date); run the workflow on what came since a commit."""


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    repository, temporary = tmp_path / "w" / "repository", tmp_path / "t"
    command = temporary / "cycleproof" / "bin" / "cycleproof"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m cycleproof "$@"\n')
    command.chmod(0o755)
    repository.mkdir(parents=True)
    (repository / "terms.toml").write_text(TERMS_FILE)

    def git(*arguments: str, **environment: str) -> str:
        return subprocess.run(
            ["git", *IDENTITY, *arguments],
            cwd=repository,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def add(name: str, data: bytes, date: str) -> str:
        folder = repository / "submissions" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_bytes(data)
        git("add", ".")
        git("commit", "-qm", name, GIT_COMMITTER_DATE=date, GIT_AUTHOR_DATE=date)
        return git("rev-parse", "HEAD")

    def run(base: str) -> tuple[subprocess.CompletedProcess[str], str, Path]:
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script()],
            cwd=tmp_path / "w",
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "HOME": str(tmp_path),
                "COLUMNS": "150",
                "RUNNER_TEMP": str(temporary),
                "GITHUB_WORKSPACE": str(tmp_path / "w"),
                "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
                "BASE": base,
                "TERMS": "terms.toml",
                "BUILD": "false",
                "TITLE": "Ours",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return ended, (temporary / "comment.md").read_text(), temporary / "site"

    git("init", "-q", "-b", "main")
    return add, run


@pytest.mark.slow
def test_a_pull_request_judges_what_it_adds(forge: Forge) -> None:
    add, run = forge
    base = add("anna", kernel(), "2026-11-01T10:00:00Z")
    add("ben's`$(x)` kernel", kernel(2, wrong=True), "2026-11-02T10:00:00Z")
    ended, comment, _ = run(base)
    assert ended.returncode == 1, ended.stderr
    assert "FAILED" in comment
    assert "anna" not in comment
    assert comment.count("`") == 6


@pytest.mark.slow
def test_a_push_judges_all_and_makes_the_site(forge: Forge) -> None:
    add, run = forge
    add("late", kernel(), "2026-11-03T10:00:00Z")
    add("early", kernel(maker="x"), "2026-11-01T10:00:00Z")
    ended, _, site = run("")
    assert ended.returncode == 0, ended.stderr
    rows = json.loads((site / "results.json").read_text())["rows"]
    assert [(row["name"], row["first_seen"]) for row in rows if row["board"] == "all"] == [
        ("early", "2026-11-01T10:00:00Z")
    ]
    assert rows[0]["same_program"] == [{"name": "late", "author": "late"}]


def test_nothing_changed(forge: Forge) -> None:
    add, run = forge
    base = add("anna", kernel(), "2026-11-01T10:00:00Z")
    ended, comment, site = run(base)
    assert ended.returncode == 0, ended.stderr
    assert comment == "Nothing in submissions/ has changed.\n"
    assert not site.exists()


@pytest.mark.parametrize("tool", ["zizmor", "check-jsonschema", "shellcheck"])
def test_the_auditors_find_nothing(tool: str, tmp_path: Path) -> None:
    path = shutil.which(tool, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if path is None:
        pytest.skip(f"{tool} is not installed")
    if tool == "shellcheck":
        (tmp_path / "judge.sh").write_text("#!/bin/bash\nset -eo pipefail\n" + script())
    arguments = {
        "zizmor": ["--offline", "--persona=auditor", "--no-progress", str(WORKFLOW)],
        "check-jsonschema": ["--builtin-schema", "vendor.github-workflows", str(WORKFLOW)],
        "shellcheck": [str(tmp_path / "judge.sh")],
    }
    ended = subprocess.run([path, *arguments[tool]], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
