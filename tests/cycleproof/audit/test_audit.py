import hashlib
import json
import os
import stat
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cycleproof import audit as room
from cycleproof import checker
from cycleproof.artifact.build import build, run_recipe
from cycleproof.artifact.format import load
from cycleproof.audit import Question, audit, export, put, questions, solvers
from cycleproof.audit.definitions import SPLIT, candidates, root_lemma
from cycleproof.audit.export import CHECK
from cycleproof.audit.script import HEAD, Script
from cycleproof.audit.solvers import Allowance
from cycleproof.base import limits
from cycleproof.base.errors import ExitCode, MissingDependency
from cycleproof.checker import ACCEPTED, INCONCLUSIVE, REJECTED, check_with_facts
from cycleproof.checker.obligations import Equation, Fact, Membership, Obligations, Verdict
from cycleproof.checker.vocabulary import Reference
from cycleproof.commands.check_proof import command
from cycleproof.proof import prove
from frozen.artifact import parse
from frozen.problem import Shape
from tests.cycleproof.checker.equations import lookup, made

pytest.importorskip("bitwuzla")
pytest.importorskip("cvc5")

SHAPE, SMALL = Shape(5, 7, 8), Shape(3, 4, 8)
Files = tuple[Path, Path]
"""An artifact and its certificate."""
Facts = tuple[Reference, list[tuple[Fact, str]]]


def written(folder: Path, shape: Shape) -> Files:
    """An artifact's file and its certificate's."""
    data = build(run_recipe("vector", shape)[0]).data
    (folder / "kernel.json").write_bytes(data)
    certificate = prove(parse(data), certificate=True).certificate
    (folder / "proof.json").write_bytes(certificate)
    return folder / "kernel.json", folder / "proof.json"


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The tree has lookups that are split, and paths are back at the root."""
    return written(tmp_path_factory.mktemp("audit"), SHAPE)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """As few facts as four rounds take."""
    return written(tmp_path_factory.mktemp("few"), SMALL)


@pytest.fixture(scope="module")
def facts(proved: Files) -> Facts:
    artifact, certificate = proved
    _, obligations = check_with_facts(load(artifact).decoded, certificate.read_bytes())
    return obligations.reference, list(obligations.established())


@pytest.mark.slow
def test_an_honest_proof_is_accepted_with_nothing_closed_by_rules(proved: Files) -> None:
    artifact, certificate = proved
    seen = []
    result = audit(load(artifact).decoded, certificate.read_bytes(), lambda *at: seen.append(at))
    assert (result.verdict, result.reason, result.closed_by_rules) == (ACCEPTED, "", 0)
    assert sum(result.closed.values()) == result.facts > 100
    assert all(" and " in names for names in result.closed)
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.slow
def test_a_wrong_equation_is_refused(facts: Facts) -> None:
    reference, established = facts
    equations = [fact for fact, _ in established if isinstance(fact, Equation)]
    loaded = [(fact, lookup(reference, fact.left)) for fact in equations]
    split = [(fact, table) for fact, table in loaded if table and len(table.words) > SPLIT]
    assert split
    pairs = list(pairwise(equations))[:20]
    wrong = [one._replace(right=other.right) for one, other in pairs if one.right != other.right]
    fact, table = split[0]
    words = list(table.words)
    words[3], words[4] = (words[3][0], words[4][1]), (words[4][0], words[3][1])
    for other in (words, words[:-1]):
        left = made(reference.expressions, table._replace(words=tuple(other)))
        wrong.append(fact._replace(left=left))
    ranges = [
        fact for fact, _ in established if isinstance(fact, Membership) and len(fact.words) > 1
    ]
    wrong.append(ranges[0]._replace(words=ranges[0].words[1:]))
    answers = put([Question("", candidates(reference, fact)) for fact in wrong])
    assert [answer.closed for answer in answers] == [False] * len(wrong)


@pytest.mark.slow
def test_a_checker_that_believes_everything_is_not_believed(
    few: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact, certificate = few
    document = json.loads(certificate.read_bytes())
    stage = next(
        n for n, e in enumerate(document["expressions"]) if e in (["V", 2, 3], ["V", 2, 4])
    )
    document["expressions"][stage][2] -= 1
    tampered = json.dumps(document).encode()
    assert audit(load(artifact).decoded, tampered).verdict == REJECTED
    monkeypatch.setattr(Obligations, "_settle", lambda *_: Verdict(True))
    result = audit(load(artifact).decoded, tampered)
    assert result.verdict == INCONCLUSIVE
    assert "not established by two solvers" in result.reason
    assert "row " in result.reason


def hungry(*_: object) -> bytearray:
    return bytearray(limits.MEMORY_LIMIT)


def both_ways(proved: Files, folder: Path) -> list[tuple[ExitCode, str, str]]:
    """What `check-proof` says of an audit and of an export, and the exit codes."""
    said = []
    for option in (["--audit"], ["--export-smt", str(folder / "smt")]):
        arguments = [*map(str, proved), *option]
        result = CliRunner().invoke(command, arguments, standalone_mode=False)
        first, second, *_ = result.output.splitlines()
        said.append((result.return_value, first.split()[0], second))
    assert list(folder.iterdir()) == []
    return said


def test_the_checker_of_an_audit_has_the_limits_of_all_checkers(
    proved: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checker, "decode", hungry)
    reason = "  the checker was ended: it needs more than 3072 MiB of memory"
    ended = (ExitCode.INCONCLUSIVE, "OPEN", reason)
    assert both_ways(proved, tmp_path) == [ended, ended]


@pytest.mark.slow
def test_the_solvers_of_an_audit_have_a_limit_together(
    proved: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solvers, "ALL_SECONDS", 0)
    reason = "its solvers need more than 0 s of processor time"
    assert both_ways(proved, tmp_path) == [
        (ExitCode.INCONCLUSIVE, "OPEN", f"  the {what} was ended: {reason}")
        for what in ("audit", "export")
    ]


def test_without_two_solvers_the_audit_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, proved: Files
) -> None:
    monkeypatch.setattr(room, "available", lambda: ["z3"])
    with pytest.raises(MissingDependency) as raised:
        audit(load(proved[0]).decoded, proved[1].read_bytes())
    assert raised.value.exit_code == ExitCode.MISSING
    assert "[audit]'" in raised.value.hint


def test_the_index_is_back_at_the_root_only_after_whole_walks(facts: Facts) -> None:
    reference, _ = facts
    lemma = questions(reference, iter(()))
    assert len(lemma) == 1
    assert put(lemma)[0].closed
    wrong = Question("", (root_lemma(reference, SHAPE.forest_height),))
    assert not put([wrong])[0].closed


def put_by_a_stranger(folder: Path, manifest: dict[str, Any], count: int) -> list[str]:
    """What the folder's own program says of some facts, with a solver that reads files."""
    few = {**manifest, "facts": manifest["facts"][:count]}
    (folder / "manifest.json").write_text(json.dumps(few))
    solver = folder.with_name("solver")
    code = "import bitwuzla as b, sys\nb.Parser(b.TermManager(), b.Options()).parse(sys.argv[1])"
    solver.write_text(f"#!{sys.executable}\n{code}\n")
    solver.chmod(stat.S_IRWXU)
    words = [sys.executable, folder / CHECK.name, solver]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.splitlines()


@pytest.mark.slow
def test_the_export_holds_every_fact_and_binds_it_to_the_program(
    few: Files, tmp_path: Path
) -> None:
    artifact, certificate = few
    folder = tmp_path / "smt"
    arguments = [str(artifact), str(certificate), "--export-smt", str(folder)]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert result.return_value == ExitCode.PASSED, result
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["program_sha256"] == load(artifact).decoded.program_sha256
    assert manifest["certificate_sha256"] == hashlib.sha256(certificate.read_bytes()).hexdigest()
    names = {entry["file"] for entry in manifest["facts"]}
    assert names == {f"smt/{path.name}" for path in (folder / "smt").iterdir()}
    for entry in manifest["facts"]:
        text = (folder / entry["file"]).read_bytes()
        assert hashlib.sha256(text).hexdigest() == entry["sha256"]
        assert text.count(b"(check-sat)") == entry["check_sats"]
    assert CHECK.name in (folder / "README.txt").read_text()
    assert put_by_a_stranger(folder, manifest, 8) == ["8 of 8 facts hold"]
    again = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert "exists already" in str(again.exception)


def test_cvc5_gives_a_proof_or_none(facts: Facts) -> None:
    reference, established = facts
    fact = next(fact for fact, _ in established if isinstance(fact, Equation))
    allowance = solvers.Allowance()
    proof = solvers.prove(candidates(reference, fact)[0], allowance)
    assert proof is not None
    assert b"(step" in proof
    assert solvers.prove(Script(HEAD, ("true",)), allowance) is None


UNSAT = "def start(base, several):\n    return lambda case: 'unsat'\n"


def test_an_export_lists_what_has_no_proof_and_counts_as_json(
    few: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cvc5 proves about half of the facts here, two at a time."""
    threads = set()

    def prove_some(script: Script, _: Allowance) -> bytes | None:
        threads.add(threading.get_ident())
        return b"(step" if len(script.text) % 2 else None

    monkeypatch.setitem(solvers._CHILDREN, "bitwuzla", UNSAT)
    monkeypatch.setattr(export, "prove", prove_some)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(2))
    folder = tmp_path / "smt"
    arguments = [*map(str, few), "--export-smt", str(folder), "--proofs", "--json"]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    said = json.loads(result.stdout)
    manifest = json.loads((folder / "manifest.json").read_text())
    with_, without = (
        [fact["file"] for fact in manifest["facts"] if ("proof" in fact) is proved]
        for proved in (True, False)
    )
    assert manifest["without_proof"] == without
    counts = len(with_) + len(without), len(with_)
    assert (said["verdict"], said["files"], said["proofs"]) == (ACCEPTED, *counts)
    assert said["program_sha256"] == manifest["program_sha256"]
    assert len(list((folder / "proofs").iterdir())) == len(with_) > 10 < len(without)
    assert len(threads) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--audit"], "leave one out"),
        (["--solver", "z3"], "leave --solver out"),
        (["--budget", "5"], "leave --budget out"),
    ],
)
def test_nothing_that_is_asked_beside_an_export_is_passed_over(
    few: Files, tmp_path: Path, options: list[str], said: str
) -> None:
    folder = tmp_path / "smt"
    arguments = [*map(str, few), "--export-smt", str(folder), *options]
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, folder.exists()) == (ExitCode.UNUSABLE, False)
    assert said in result.stderr
