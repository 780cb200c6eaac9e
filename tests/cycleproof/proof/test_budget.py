"""``--budget``: what is not proved or checked within it stays open, with an estimate."""

import json
import re
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cycleproof.artifact.build import build, run_recipe
from cycleproof.checks import seeds
from cycleproof.checks.proof import Options
from cycleproof.cli import cli
from frozen.problem import Shape
from tests.support import samples

SUBJECT = samples.subject()
ESTIMATE = (
    "the budget of 1 s of the processor is spent; [0-9]+% of this stage was done: {stage};"
    " at its pace it ends after about [0-9]+ s in all; try --budget ([0-9]+)"
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)], standalone_mode=False)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kernel whose proof and whose check take over a second each, on a fast machine, too."""
    path = tmp_path_factory.mktemp("long") / "long.json"
    path.write_bytes(build(run_recipe("baseline", Shape(10, 16, 192))[0]).data)
    return path


@pytest.mark.slow
def test_too_small_a_budget_leaves_open_what_a_larger_one_settles(
    long: Path, tmp_path: Path
) -> None:
    certificate = tmp_path / "proof.json"
    short = run("prove", long, "--budget", 1, "--certificate", certificate)
    assert short.return_value == 4
    assert short.output.startswith("OPEN at H=10 R=16 B=192")
    said = re.search(ESTIMATE.format(stage="proof, one lane for all"), short.output)
    assert short.output.splitlines()[-1].endswith(f"long.json --budget {said[1]}")
    assert not certificate.exists()
    enough = run("prove", long, "--certificate", certificate)
    assert enough.return_value == 0
    assert enough.output.startswith("PROVED ")

    short = run("check-proof", long, certificate, "--budget", 1)
    assert short.return_value == 4
    assert short.output.startswith("OPEN")
    assert re.search(ESTIMATE.format(stage="checking the proof"), short.output)
    assert run("check-proof", long, certificate).return_value == 0


@pytest.mark.slow
def test_verify_says_open_and_names_the_budget(long: Path) -> None:
    others = ("--skip", "seeds", "--skip", "directed", "--skip", "bulk", "--skip", "lint")
    found = run("verify", long, *others, "--budget", 1, "--json")
    assert found.return_value == 4
    evidence = json.loads(found.output)
    (finding,) = (row for row in evidence["findings"] if row["check"] == "proof")
    assert finding["verdict"] == "unknown"
    said = re.search(ESTIMATE.format(stage="proof, one lane for all"), finding["established"])
    assert finding["reproduce"].startswith("cycleproof verify ")
    assert finding["reproduce"].endswith(f"--budget {said[1]}")


@pytest.mark.parametrize("value", ["0", "-1", "86401", "1.5", "1e2", "all", ""])
@pytest.mark.parametrize("command", ["prove", "check-proof", "verify", "submit"])
def test_bad_values(tmp_path: Path, command: str, value: str) -> None:
    path = tmp_path / "kernel.json"
    path.write_bytes(samples.artifact().data)
    more = [path] if command == "check-proof" else []
    found = run(command, path, *more, "--budget", value)
    assert isinstance(found.exception, click.BadParameter)
    assert "--budget" in found.exception.format_message()


def test_an_audit_has_limits_of_its_own(tmp_path: Path) -> None:
    found = run("check-proof", tmp_path, tmp_path, "--audit", "--budget", 90)
    assert isinstance(found.exception, click.UsageError)
    assert "limits of its own" in found.exception.format_message()


def test_a_smaller_budget_is_for_one_purpose_and_any_other_is_repeated() -> None:
    assert Options().words == []
    assert Options(budget=90).words == ["--budget", "90"]
    assert Options(indices="any", budget=90).words == ["--indices", "any", "--budget", "90"]
    assert Options(budget=5).special
    assert not Options(budget=5).wider
    assert Options(indices="any").wider
    assert not Options(budget=90).special


def test_a_budget_changes_no_seed() -> None:
    found = [seeds.run(replace(SUBJECT, options=(Options(budget=budget),))) for budget in (5, 60)]
    assert found[0] == found[1]
