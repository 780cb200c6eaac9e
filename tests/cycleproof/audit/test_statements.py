"""Audits of the wider statements: each fact by the definitions, where lanes start anywhere."""

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from cycleproof.artifact.format import encode
from cycleproof.audit import Question, audit, put, questions
from cycleproof.audit.definitions import candidates
from cycleproof.base.errors import ExitCode
from cycleproof.base.statement import JUDGED, Statement
from cycleproof.checker import ACCEPTED, INCONCLUSIVE, REJECTED, check_with_facts
from cycleproof.checker.obligations import Equation, Fact, Membership, Obligations, Verdict
from cycleproof.checker.vocabulary import Reference
from cycleproof.commands.check_proof import command
from cycleproof.proof import prove
from frozen.artifact import Artifact
from frozen.problem import Shape
from tests.cycleproof.checker.equations import lookup, made
from tests.support.artifacts import artifact, recipe_artifact
from tests.support.kernels.starts import AnyStart

pytest.importorskip("bitwuzla")
pytest.importorskip("cvc5")

ANY, HEADER, BOTH = Statement("any"), Statement(header="any"), Statement("any", "any")
GENERATOR = {"name": "test", "version": "0", "sources_sha256": "0" * 64}


def proved(statement: Statement, rounds: int = 2) -> tuple[Artifact, bytes]:
    """A kernel that knows no start and reads no header, and its certificate."""
    kernel = AnyStart((2, rounds, 2))
    subject = artifact(kernel.build(), kernel.shape)
    certificate = prove(subject, statement=statement, certificate=True).certificate
    assert certificate is not None
    return subject, certificate


def facts_of(
    subject: Artifact, certificate: bytes, statement: Statement
) -> tuple[Reference, list[Fact]]:
    _, obligations = check_with_facts(subject, certificate, statement)
    return obligations.reference, [fact for fact, _ in obligations.established()]


def closed(reference: Reference, facts: Iterable[Fact]) -> list[bool]:
    answers = put([Question("", candidates(reference, fact)) for fact in facts])
    return [answer.closed for answer in answers]


@pytest.mark.slow
@pytest.mark.parametrize("statement", [JUDGED, ANY, HEADER, BOTH], ids=str)
def test_an_honest_proof_of_each_statement_is_accepted(statement: Statement) -> None:
    subject, certificate = proved(statement)
    result = audit(subject, certificate, statement=statement)
    assert (result.verdict, result.reason, result.closed_by_rules) == (ACCEPTED, "", 0)
    assert sum(result.closed.values()) == result.facts > 40
    other = JUDGED if statement != JUDGED else ANY
    assert audit(subject, certificate, statement=other).verdict == REJECTED


@pytest.mark.slow
def test_a_batch_with_idle_lanes_is_accepted() -> None:
    subject = recipe_artifact("best", Shape(2, 3, 5))
    certificate = prove(subject, certificate=True).certificate
    _, facts = facts_of(subject, certificate, JUDGED)
    result = audit(subject, certificate)
    assert (result.verdict, result.reason, result.closed_by_rules) == (ACCEPTED, "", 0)
    assert result.facts > len(facts) > 40


@pytest.mark.slow
def test_a_wrong_fact_from_any_start_is_refused() -> None:
    subject, certificate = proved(ANY, rounds=3)
    reference, facts = facts_of(subject, certificate, ANY)
    equations = [fact for fact in facts if isinstance(fact, Equation)]
    mixed = [one._replace(right=other.right) for one, other in pairwise(equations)]
    wrong: list[Fact] = []
    wrong += [fact for fact in mixed if fact not in equations][:12]
    ranges = [one for one in facts if isinstance(one, Membership) and len(one.words) > 2]
    wrong += [one._replace(words=one.words[1:]) for one in ranges[:3]]
    wrong += [one._replace(words=one.words[:-1]) for one in ranges[:3]]
    tables = [one for one in equations if lookup(reference, one.left)]
    for fact in tables[:2]:
        table = lookup(reference, fact.left)
        assert table
        words = [*table.words]
        words[0], words[1] = (words[0][0], words[1][1]), (words[1][0], words[0][1])
        left = made(reference.expressions, table._replace(words=tuple(words)))
        wrong.append(fact._replace(left=left))
    assert ranges
    assert tables
    assert closed(reference, wrong) == [False] * len(wrong)
    assert all(closed(reference, [*tables, *ranges]))
    (lemma,) = questions(reference, iter(()))
    assert put([lemma])[0].closed


@pytest.mark.slow
def test_what_holds_from_the_root_is_not_established_from_any_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The facts of a proof for the contract, said of the wider statement by a blind checker."""
    subject = recipe_artifact("selected", Shape(2, 3, 8))
    document = json.loads(prove(subject, certificate=True).certificate)
    document["statement"] = ANY._asdict()
    monkeypatch.setattr(Obligations, "_settle", lambda *_: Verdict(True))
    result = audit(subject, json.dumps(document).encode(), statement=ANY)
    assert result.verdict == INCONCLUSIVE
    assert "not established by two solvers" in result.reason


@pytest.mark.slow
def test_the_commands_take_the_statement(tmp_path: Path) -> None:
    kernel, proof, folder = (tmp_path / name for name in ("kernel.json", "proof.json", "smt"))
    subject, certificate = proved(BOTH)
    kernel.write_bytes(encode(subject.shape, subject.program, subject.cycles, GENERATOR))
    proof.write_bytes(certificate)
    arguments = [str(kernel), str(proof), "--indices", "any", "--header", "any"]
    for more in (["--audit"], ["--export-smt", str(folder)]):
        done = CliRunner().invoke(command, [*arguments, *more], standalone_mode=False)
        assert (done.return_value, done.output.split()[0]) == (ExitCode.PASSED, "PROVED")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["statement"] == BOTH._asdict()
