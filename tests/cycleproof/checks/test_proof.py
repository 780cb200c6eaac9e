"""The check ``proof``: what its finding says of the prover, the checker and the solvers."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cycleproof import audit
from cycleproof.artifact.format import LoadedArtifact, decode, encode, load
from cycleproof.checker import CHECKER_VERSION, check
from cycleproof.checks import proof
from cycleproof.cli import cli as commands
from cycleproof.evidence.model import Evidence, Finding, Found, Verdict, describe
from cycleproof.evidence.wording import headline
from cycleproof.proof.result import PROVER_VERSION
from cycleproof.view.report.markdown import markdown
from frozen.problem import Shape
from tests.corpus import solver
from tests.support import cli, samples
from tests.support.artifacts import recipe_artifact

GENERATOR = {"name": "test", "version": "0", "sources_sha256": "0" * 64}
VERSIONS = {"bitwuzla": "0.8.2", "z3": "4.15.0.0"}


def said(monkeypatch: pytest.MonkeyPatch, queries: int, *solvers: str) -> Found:
    """The finding where the checker says that it put ``queries`` to ``solvers``."""

    def checked(artifact: Any, data: bytes, **_: object) -> object:
        result = check(artifact, data)
        return result._replace(solver_queries=queries, solvers=solvers)

    monkeypatch.setattr(proof, "check_limited", checked)
    monkeypatch.setattr(proof, "versions", lambda names: {name: VERSIONS[name] for name in names})
    return proof.run(samples.subject())


def test_versions_of_prover_checker_and_the_solvers_that_were_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finding = said(monkeypatch, 3, "bitwuzla", "z3")
    assert finding.verdict is Verdict.PASS
    assert finding.figures["prover"] == PROVER_VERSION
    assert finding.figures["checker"] == CHECKER_VERSION
    assert finding.figures["certificate"] == "accepted"
    assert finding.figures["solvers"] == VERSIONS
    assert said(monkeypatch, 1, "z3").figures["solvers"] == {"z3": VERSIONS["z3"]}


def test_a_solver_that_was_not_asked_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the evidence is the same whether or not one is installed."""
    asked_none = [said(monkeypatch, 0, *names) for names in ((), ("bitwuzla",))]
    assert asked_none[0] == asked_none[1]
    assert asked_none[0].figures["solvers"] == {}


def test_the_report_shows_them() -> None:
    evidence = samples.evidence()
    text = markdown(evidence, "kernel.json")
    (finding,) = (f for f in evidence.findings if f.check == "proof")
    assert f"| checker | `{CHECKER_VERSION}` |" in text
    assert f"| solvers | `{json.dumps(finding.figures['solvers'])}` |" in text


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A kernel whose facts the solvers settle at once."""
    path = tmp_path / "k.json"
    made = recipe_artifact("vector", Shape(1, 2, 8))
    path.write_bytes(encode(made.shape, made.program, made.cycles, GENERATOR))
    return path


def audited(path: Path) -> tuple[int, dict[str, Any]]:
    """How ``verify --audit`` ends, and its finding on the proof."""
    skipped = [part for name in ("seeds", "directed", "bulk") for part in ("--skip", name)]
    arguments = ["verify", str(path), "--audit", "--json", *skipped]
    ended = CliRunner().invoke(commands, arguments, standalone_mode=False)
    found = {each["check"]: each for each in json.loads(ended.stdout)["findings"]}
    return ended.return_value, found["proof"]


@pytest.mark.slow
def test_an_audit_that_was_asked_for_is_shown(small: Path) -> None:
    pytest.importorskip("bitwuzla")
    pytest.importorskip("cvc5")
    code, finding = audited(small)
    told = finding["figures"]["audit"]
    assert (code, finding["verdict"], told["verdict"]) == (0, "pass", "accepted")
    assert told["facts"] == sum(told["closed"].values()) > 0
    assert told["closed_by_rules"] == 0
    said = f"audit: {told['facts']} facts, none closed by rules: "
    assert said in finding["established"]


def test_an_audit_that_does_not_settle_a_step_leaves_the_proof_open(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("bitwuzla")
    pytest.importorskip("cvc5")
    monkeypatch.setattr(audit, "ask", lambda _name, scripts, _budget: ["unknown"] * len(scripts))
    code, finding = audited(small)
    assert (code, finding["verdict"]) == (4, "unknown")
    assert "the audit did not establish every step" in finding["established"]


def step(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """One command of ours as it was printed, read by a shell's rules."""
    program, *arguments = shlex.split(line)
    assert (program, {"&&", ";"} & set(arguments)) == ("cycleproof", set())
    return cli.run(*arguments, cwd=cwd)


def following(shown: str) -> str:
    return shown.splitlines()[-1].removeprefix("next: ")


def test_each_line_after_a_refutation_is_one_command_and_names_the_next(tmp_path: Path) -> None:
    """The prover finds an input again, writes it, and the simulator fails it."""
    wrong = tmp_path / "a wrong; one.json"
    wrong.write_bytes(samples.without_last_store())
    subject = replace(samples.subject(), artifact=load(wrong))
    found = step(proof.run(subject).reproduce, tmp_path)
    assert (found.returncode, found.stdout.split()[0]) == (1, "FAILED")
    written = step(following(found.stdout), tmp_path)
    assert (written.returncode, written.stdout.split()[0]) == (1, "FAILED")
    ended = step(following(written.stdout), tmp_path)
    assert ended.returncode == 1
    assert "FAILED at H=3 R=4 B=8, not the judged shape: directed (" in ended.stdout, ended.stdout


def loaded(data: bytes) -> LoadedArtifact:
    return LoadedArtifact(Path("k.json"), data, decode(data, "k.json"))


def wrong_for_one_word() -> LoadedArtifact:
    program = solver.PROGRAMS["wrong_for_one_word"]
    return loaded(encode(solver.SHAPE, program, len(program), GENERATOR))


@pytest.mark.parametrize(
    ("artifact", "options", "line"),
    [
        (
            wrong_for_one_word,
            proof.Options(),
            "FAILED: proof (lane 0 is wrong on an input that no seed tried)",
        ),
        (
            lambda: loaded(samples.without_last_store()),
            proof.Options(),
            "FAILED: proof (lane 7 is wrong on seed 0)",
        ),
        (
            lambda: samples.artifact("best"),
            proof.Options(indices="any"),
            "FAILED: proof (7 lanes are wrong on seed 0 from another start, the first is lane 1)",
        ),
    ],
)
def test_the_first_line_says_where_it_is_wrong(
    artifact: Callable[[], LoadedArtifact], options: proof.Options, line: str
) -> None:
    """In words that need no explanation; the table tells the values."""
    subject = replace(samples.subject(), artifact=artifact(), options=(options,))
    found = proof.run(subject)
    assert "refuted" not in found.established
    assert re.match(r"wrong on .*: lane \d+.*: expected \d+, got \d+", found.established)
    made = Evidence(describe(subject.artifact), {}, {}, [Finding("proof", *found)])
    first = headline(made, subject.artifact.decoded.shape)
    assert first.line == line


def test_a_proof_leads_to_its_certificate_and_that_to_the_checker(tmp_path: Path) -> None:
    (tmp_path / "a k.json").write_bytes(samples.artifact().data)
    written = step(following(step("cycleproof prove 'a k.json'", tmp_path).stdout), tmp_path)
    assert written.stdout.splitlines()[0].endswith("not checked yet")
    checked = step(following(written.stdout), tmp_path)
    assert (checked.returncode, checked.stdout.splitlines()[0]) == (
        0,
        written.stdout.splitlines()[0].removesuffix(", not checked yet"),
    )
    verified = step(following(checked.stdout), tmp_path)
    assert (verified.returncode, verified.stdout.split()[0]) == (0, "PROVED")


def test_the_line_after_a_certificate_that_is_not_accepted_is_one_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rejected(artifact: Any, data: bytes, **_: object) -> object:
        return check(artifact, data)._replace(verdict="rejected", reason="made up")

    monkeypatch.setattr(proof, "check_limited", rejected)
    again = proof.run(samples.subject()).reproduce
    assert again == "cycleproof prove kernel.json --certificate proof.json"
