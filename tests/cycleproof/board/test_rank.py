"""Classes, ranks, groups and both boards, against lists made by hand."""

from dataclasses import replace
from typing import Any

import pytest

from cycleproof.board.database import Row
from cycleproof.board.judging import ENDED, EVIDENCE, REFUSED
from cycleproof.board.rank import classify, ranked
from cycleproof.board.terms import Terms
from cycleproof.evidence.model import Evidence, Finding, Verdict
from cycleproof.evidence.policy import Requirements
from cycleproof.evidence.wording import Word
from frozen.problem import Shape

P, F, U, S = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.SKIPPED
ALL = {"decode": P, "frozen": P, "proof": P, "seeds": P, "directed": P}
SHAPE = {"forest_height": 10, "rounds": 16, "batch_size": 256}


def row(
    number: int,
    author: str,
    cycles: int,
    program: str | None = None,
    *,
    indices: str = "right",
    proved: str | None = None,
    **verdicts: Verdict,
) -> Row:
    figures = {"final_indices": indices, "fresh": 8}
    findings = [
        Finding(
            check,
            verdict,
            f"{check} says {verdict}",
            {"indices": proved} if check == "proof" else figures,
        )
        for check, verdict in (ALL | verdicts).items()
    ]
    described = {"cycles": cycles, "program_sha256": program or f"p{number}", "shape": SHAPE}
    evidence = Evidence(described, {}, {}, findings)
    name, seen = f"n{number}", f"2026-11-2{number}"
    status = (EVIDENCE, "", described, evidence, 0.0)
    return Row(number, name, f"c{number}", name, author, "file", "", seen, *status)


@pytest.mark.parametrize(
    ("verdicts", "expected", "reason"),
    [
        ({}, Word.PROVED, "for all inputs: 900 cycles"),
        ({"proof": U}, Word.OPEN, "proof not settled; right on 8 seeds; 900 cycles claimed"),
        ({"proof": S}, Word.TESTED, "on 8 seeds, not proved: 900 cycles"),
        ({"proof": F}, Word.FAILED, "proof (proof says fail)"),
        ({"directed": F}, Word.FAILED, "directed, requirements (directed says fail)"),
        (
            {"seeds": S},
            Word.OPEN,
            "requirements not settled (not met: seeds (not run)); proved for all inputs;"
            " 900 cycles claimed",
        ),
        (
            {"frozen": U},
            Word.OPEN,
            "frozen not settled; proved for all inputs; right on 8 seeds; 900 cycles claimed",
        ),
    ],
)
def test_classes(verdicts: dict[str, Any], expected: Word, reason: str) -> None:
    entry = classify(row(1, "a", 900, **verdicts), Terms())
    assert (entry.verdict, entry.reason) == (expected, reason)


@pytest.mark.parametrize(("shape", "named"), [(Shape(2, 3, 2), False), (None, True)])
def test_a_reason_does_not_repeat_the_terms_shape(shape: Shape | None, named: bool) -> None:
    failed = row(1, "a", 900, proof=F)
    small = failed.evidence.artifact | {"shape": Shape(2, 3, 2)._asdict()}
    entry = classify(
        failed._replace(evidence=replace(failed.evidence, artifact=small)), Terms(shape)
    )
    assert ("H=2 R=3 B=2" in entry.reason) == named
    assert "proof says fail" in entry.reason


def test_terms_may_ask_for_more() -> None:
    tested = row(1, "a", 900, proof=S)
    assert classify(tested, Terms(requirements=Requirements(("proof",)))).verdict is Word.OPEN
    proved = row(1, "a", 900)
    assert classify(proved, Terms(requirements=Requirements((), 899))).verdict is Word.FAILED
    assert classify(proved, Terms(requirements=Requirements((), 900))).verdict is Word.PROVED


@pytest.mark.parametrize(
    ("status", "expected"), [(REFUSED, Word.REFUSED), (ENDED, Word.OPEN), ("", Word.OPEN)]
)
def test_without_evidence(status: str, expected: Word) -> None:
    without = row(1, "a", 900)._replace(status=status, reason="why", evidence=None)
    entry = classify(without, Terms())
    assert (entry.verdict, entry.reason) == (expected, "why")


def test_the_ranking_is_the_one_made_by_hand() -> None:
    rows = [
        row(1, "ann", 900),
        row(2, "bob", 880),
        row(3, "cat", 900),
        row(4, "ann", 910),
        row(5, "dan", 100, proof=S),
        row(6, "eve", 880, "p2"),
        row(7, "fay", 100, proof=F),
        row(8, "gus", 912),
    ]
    board = ranked(rows, Terms())
    assert [(e.row.name, e.verdict, e.rank, e.author_rank) for e in board.entries] == [
        ("n2", Word.PROVED, 1, 1),
        ("n1", Word.PROVED, 2, 2),
        ("n3", Word.PROVED, 2, 2),
        ("n4", Word.PROVED, 4, None),
        ("n8", Word.PROVED, 5, 4),
        ("n5", Word.TESTED, 1, 1),
        ("n7", Word.FAILED, None, None),
    ]
    assert [r.name for r in board.entries[0].same] == ["n6"]


def test_a_corrected_file_answers_the_one_before_it() -> None:
    named = [
        row(1, "ann", 700, proof=F)._replace(name="k"),
        row(2, "ann", 900, proof=F)._replace(name="other"),
        row(3, "bob", 900, program="x")._replace(name="k"),
        row(4, "ann", 900, program="x")._replace(name="k"),
        row(5, "bob", 950, proof=U)._replace(name="k"),
    ]
    said = {entry.row.id: entry.reason for entry in ranked(named, Terms()).entries}
    again = "; handed in again since: "
    assert said[1].endswith(f"{again}PROVED")  # though its program counts as bob's
    assert [number for number, reason in said.items() if again in reason] == [1]


def test_one_program_at_two_shapes_is_two_entries() -> None:
    one, other = row(1, "a", 900, "p"), row(2, "b", 900, "p")
    other = other._replace(described={**other.described, "shape": {**SHAPE, "rounds": 3}})
    assert len(ranked([one, other], Terms()).entries) == 2


def test_the_board_with_final_indices_takes_what_leaves_them_right() -> None:
    rows = [
        row(1, "a", 870, indices="untouched", proved="proved left at zero"),
        row(2, "b", 890, proved="proved right"),
        row(3, "c", 880, proved="unknown"),
        row(4, "d", 860, indices="right/wrong", proved="unknown"),
        row(5, "e", 100, proved="proved right", seeds=F),
    ]
    board = ranked(rows, Terms())
    assert [e.row.name for e in board.entries] == ["n4", "n1", "n3", "n2", "n5"]
    assert [(e.row.name, e.verdict, e.rank) for e in board.indexed] == [
        ("n2", Word.PROVED, 1),
        ("n3", Word.TESTED, 1),  # proved only in its values
    ]


def test_indices_of_seeds_and_built_inputs_must_agree() -> None:
    mixed = row(1, "a", 900)
    findings = [
        replace(f, figures={"final_indices": "wrong", "fresh": 8}) if f.check == "directed" else f
        for f in mixed.evidence.findings
    ]
    mixed = mixed._replace(evidence=replace(mixed.evidence, findings=findings))
    assert classify(mixed, Terms()).indices == "not kept"
