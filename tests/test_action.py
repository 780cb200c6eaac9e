"""The action's script, run as the platform runs it, on each kind of outcome."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Protocol

import pytest

from tests.support import cli, samples

ROOT = Path(__file__).parents[1]
Outcome = tuple[subprocess.CompletedProcess[str], str, Path]


class Act(Protocol):
    """Run the step on a file of a workspace: answer, summary, evidence."""

    def __call__(self, name: str, data: bytes | None, **inputs: str) -> Outcome:
        """Write the file, unless it is to be missing; ``inputs`` are the action's."""


def script() -> str:
    """The shell text of the step `Verify` in action.yml."""
    step = (ROOT / "action.yml").read_text("utf-8").split("    - name: Verify\n")[1]
    body = step.split("      run: |\n")[1].split("    - name:")[0]
    return textwrap.dedent(body)


@pytest.fixture
def act(tmp_path: Path) -> Act:
    workspace, temporary = tmp_path / "workspace", tmp_path / "temporary"
    command = temporary / "cycleproof" / "bin" / "cycleproof"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m cycleproof "$@"\n')
    command.chmod(0o755)
    workspace.mkdir()

    def run(name: str, data: bytes | None, **inputs: str) -> Outcome:
        if data is not None:
            (workspace / name).write_bytes(data)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(temporary),
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "ARTIFACT": name,
            "SEEDS": "1",
            **cli.NO_STORE,
            "REQUIRE": "",
            "MAX_CYCLES": "",
            "REQUIREMENTS": "",
            "ANY_SHAPE": "true",
            **inputs,
        }
        answer = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script()],
            capture_output=True,
            text=True,
            env=environment,
            cwd=workspace,
            timeout=120,
            check=False,
        )
        summary = (tmp_path / "summary").read_text("utf-8")
        output = (tmp_path / "output").read_text("utf-8")
        assert output == f"exit-code={answer.returncode}\n"
        return answer, summary, temporary / "evidence"

    return run


@pytest.mark.slow
def test_a_right_kernel_passes_with_a_summary_and_a_notice(act: Act) -> None:
    answer, summary, evidence = act("k.json", samples.artifact().data)
    assert answer.returncode == 0
    assert "::notice title=cycleproof::PROVED for all inputs at H=3 R=4 B=8" in answer.stdout
    assert summary.startswith("# PROVED for all inputs at H=3 R=4 B=8, not the judged shape: ")
    assert "| proof | pass |" in summary
    document = json.loads((evidence / "verify.sarif").read_text())
    assert document["runs"][0]["results"] == []
    assert document["runs"][0]["invocations"][0]["exitCode"] == 0


@pytest.mark.slow
def test_a_wrong_kernel_fails_with_a_summary_an_error_and_a_sarif_result(act: Act) -> None:
    answer, summary, evidence = act("k.json", samples.without_last_store())
    assert answer.returncode == 1
    assert (
        "::error title=cycleproof::FAILED at H=3 R=4 B=8, not the judged shape: " in answer.stdout
    )
    assert "**fail**" in summary
    results = json.loads((evidence / "verify.sarif").read_text())["runs"][0]["results"]
    assert {"seeds", "proof"} <= {row["ruleId"] for row in results if row["level"] == "error"}


@pytest.mark.parametrize(("name", "data"), [("k.json", b"{"), ("missing.json", None)])
def test_an_unreadable_file_leaves_a_summary_that_says_why(
    act: Act, name: str, data: bytes | None
) -> None:
    answer, summary, _ = act(name, data)
    assert answer.returncode == 2
    assert "::error title=cycleproof::REFUSED: " in answer.stdout
    assert summary.startswith("# REFUSED: ")
    assert name in summary


@pytest.mark.slow
def test_a_bundle_is_verified_and_summarised(act: Act, tmp_path: Path) -> None:
    pytest.importorskip("detect_secrets")
    kernel = tmp_path / "k.json"
    kernel.write_bytes(samples.artifact().data)
    packed = samples.run("pack", kernel, "--any-shape", "-o", tmp_path / "b.zip", cwd=tmp_path)
    assert packed.returncode == 0, packed.stderr
    answer, summary, _ = act("b.zip", (tmp_path / "b.zip").read_bytes())
    assert answer.returncode == 0
    assert "| seeds | pass |" in summary


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"ANY_SHAPE": "false"}, "judged-shape (it is for H=3 R=4 B=8"),
        ({"MAX_CYCLES": "7"}, "at most 7 cycles (it claims"),
        ({"REQUIRE": "seeds final-indices", "MAX_CYCLES": "8"}, "at most 8 cycles"),
    ],
)
def test_requirements_are_inputs(act: Act, inputs: dict[str, str], says: str) -> None:
    answer, summary, _ = act("k.json", samples.artifact().data, **inputs)
    assert answer.returncode == 1
    assert says in summary


@pytest.mark.slow
def test_a_requirements_file_of_the_workspace_is_read(act: Act, tmp_path: Path) -> None:
    (tmp_path / "workspace" / "r.toml").write_text("max-cycles = 9\n")
    answer, summary, _ = act("k.json", samples.artifact().data, REQUIREMENTS="r.toml")
    assert answer.returncode == 1
    assert "at most 9 cycles" in summary
