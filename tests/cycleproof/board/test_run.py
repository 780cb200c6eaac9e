"""A run keeps every answer as it comes: caching, new versions, liars, and fifty kills."""

import os
import random
import signal
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cycleproof.base.errors import Refused, Unreadable
from cycleproof.board import run
from cycleproof.board.database import Database, opened
from cycleproof.board.discover import discover
from cycleproof.board.judging import Answer
from cycleproof.board.rank import ranked
from cycleproof.board.results import exit_code, results_csv, results_json, results_junit
from cycleproof.board.run import Place, Watch, Work, judge_all
from cycleproof.board.terms import Terms
from cycleproof.evidence.policy import Requirements

from .entries import NONCE, TERMS, Ready, answer_of, board_of, kernel

SEEN = "2026-11-26T18:00:00Z"
KERNELS = {
    "ann": kernel(),
    "ben": kernel(2),
    "cat": kernel(maker="another"),
    "dan": kernel(1, wrong=True),
    "eve": b"[]",
    "fay": kernel(1),
}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return board_of(tmp_path / "in", **KERNELS)


def judged(
    database: Database,
    inbox: Path,
    executor: Ready,
    slots: int = 2,
    *,
    terms: Terms = TERMS,
    **options: Any,
) -> int:
    given = {"seen": SEEN, "nonce": NONCE} | options
    return judge_all(database, discover([inbox]), terms, Place(executor, slots), **given)


def outcome(database: Database) -> tuple[bytes, bytes, bytes]:
    board = ranked(database.rows(), TERMS)
    return results_json(database, board), results_csv(board), results_junit(board)


def test_judged_once_then_remembered(tmp_path: Path, inbox: Path) -> None:
    with opened(tmp_path / "b", make=True) as database:
        assert judged(database, inbox, Ready()) == 6
        first = outcome(database)
    with opened(tmp_path / "b") as database:
        nobody = Ready()
        assert judged(database, inbox, nobody) == 0
        assert nobody.asked == []
        assert outcome(database) == first
        assert judged(database, inbox, Ready(), again=True) == 6
        assert outcome(database) == first
        board = ranked(database.rows(), TERMS)
    assert [(e.row.name, str(e.verdict), e.rank) for e in board.entries] == [
        ("ann", "PROVED", 1),
        ("fay", "PROVED", 2),
        ("ben", "PROVED", 3),
        ("dan", "FAILED", None),
        ("eve", "REFUSED", None),
    ]
    assert [r.name for r in board.entries[0].same] == ["cat"]
    assert exit_code(board) == 1


def test_the_next_job_is_given_out_before_an_answer_is_kept(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor, given = Ready(), []
    with opened(tmp_path / "b", make=True) as database:
        keep = database.keep

        def noted(*answer: bytes | Answer) -> None:
            given.append(len(executor.asked))
            keep(*answer)

        monkeypatch.setattr(database, "keep", noted)
        judged(database, inbox, executor, slots=1)
    assert given == [2, 3, 4, 5, 6, 6]


def test_a_program_that_is_known_is_not_judged_again_in_another_file(
    tmp_path: Path, inbox: Path
) -> None:
    with opened(tmp_path / "b", make=True) as database:
        judged(database, inbox, Ready())
        (inbox / "ann.json").write_bytes(kernel(maker="renamed"))
        executor = Ready()
        judged(database, inbox, executor)
        assert executor.asked == ["ann.json"]  # its program is not known before it is read
        newer = replace(TERMS, requirements=Requirements((), 10_000))
        judged(database, inbox, executor := Ready(), terms=newer)
        assert len(executor.asked) == 5  # ann, ann's old file and cat are one program
        assert {row.status for row in database.rows()} == {"evidence", "refused"}


@pytest.mark.parametrize("change", ["terms", "tool"])
def test_other_terms_or_versions_mean_judging_again(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    with opened(tmp_path / "b", make=True) as database:
        judged(database, inbox, Ready())
        if change == "tool":
            newer = {"cycleproof": "99", "prover": "1", "checker": "1"}
            monkeypatch.setattr(run, "tool_versions", lambda: newer)
            executor = Ready(lambda job: answer_of(job) | {"tool": newer})
            assert judged(database, inbox, executor) == 5
        else:
            assert (
                judged(
                    database,
                    inbox,
                    Ready(),
                    terms=replace(TERMS, requirements=Requirements((), 10_000)),
                )
                == 5
            )


def test_a_changed_submission_stands_beside_the_old_one(tmp_path: Path, inbox: Path) -> None:
    with opened(tmp_path / "b", make=True) as database:
        judged(database, inbox, Ready())
        (inbox / "ann.json").write_bytes(kernel(5))
        (inbox / "ben.json").unlink()
        assert judged(database, inbox, Ready(), seen="2026-11-27T00:00:00Z") == 1
        names = [(row.name, row.seen[:10]) for row in database.rows() if row.name in ("ann", "ben")]
    assert sorted(names) == [("ann", "2026-11-26"), ("ann", "2026-11-27"), ("ben", "2026-11-26")]


def test_what_is_gone_is_judged_again_from_the_artifact_that_was_kept(
    tmp_path: Path, inbox: Path
) -> None:
    with opened(tmp_path / "b", make=True) as database:
        judged(database, inbox, Ready())
        (inbox / "ben.json").unlink()
        executor = Ready()
        judged(database, inbox, executor, terms=replace(TERMS, seconds=61))
        assert "ben.json" in executor.asked
        assert {row.status for row in database.rows()} == {"evidence", "refused"}


def lies(**fields: object) -> Work:
    return lambda job: answer_of(job) | fields


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (lies(base="0" * 64), "another frozen base"),
        (lies(tool={"cycleproof": "0"}), "another version"),
        (lies(artifact="e30="), "about something else"),
    ],
)
def test_a_worker_that_answers_for_something_else_ends_the_run(
    tmp_path: Path, inbox: Path, answer: Work, complaint: str
) -> None:
    with opened(tmp_path / "b", make=True) as database:
        with pytest.raises((Unreadable, Refused), match=complaint):
            judged(database, inbox, Ready(answer))
        assert not any(row.status == "evidence" for row in database.rows())


def test_a_worker_that_dies_is_asked_again_and_then_it_counts(tmp_path: Path, inbox: Path) -> None:
    def dies(job: dict[str, Any]) -> None:
        raise ConnectionError

    with opened(tmp_path / "b", make=True) as database:
        executor = Ready(dies)
        judged(database, inbox, executor)
        assert executor.asked.count("ann.json") == run.ATTEMPTS
        assert {row.reason for row in database.rows()} == {"its judge was lost: ConnectionError"}


T = TypeVar("T")


class Straggler(Ready):
    """The first who is given `ann.json` never answers."""

    def submit(self, work: Callable[..., T], /, *jobs: Any, **names: Any) -> Future[T]:
        if jobs[0]["submission"]["place"] == "ann.json" and "ann.json" not in self.asked:
            self.asked.append("ann.json")
            return Future()
        return super().submit(work, *jobs, **names)


class Impatient(Watch):
    """Ends a run that comes to no end."""

    def __init__(self) -> None:
        self.looks = 0

    def look(self) -> None:
        self.looks += 1
        assert self.looks < 50


def test_a_straggler_is_not_waited_for(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "task_is_late", lambda since, terms: True)
    executor = Straggler()
    place = Place(executor, 2, remote=True)
    with opened(tmp_path / "b", make=True) as database:
        watch, submissions = Impatient(), discover([inbox])
        ended = judge_all(database, submissions, TERMS, place, seen=SEEN, nonce=NONCE, watch=watch)
        assert ended == 6
        assert all(row.status for row in database.rows())
    assert sorted(executor.asked) == sorted([*(f"{name}.json" for name in KERNELS), "ann.json"])


def test_a_sample_is_held_against_a_judging_here(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def honest_in_form(job: dict[str, Any]) -> dict[str, Any]:
        answer = answer_of(job)
        if answer["evidence"]:
            for finding in answer["evidence"]["findings"]:
                finding["verdict"] = "pass"
            answer["evidence"]["exit_code"] = 0
        return answer

    monkeypatch.setattr(run, "isolated", answer_of)
    place = Place(Ready(honest_in_form), 2, remote=True, recheck=1.0)
    with opened(tmp_path / "b", make=True) as database:
        with pytest.raises(Refused, match="is not what judging it here gives"):
            judge_all(database, discover([inbox]), TERMS, place, seen=SEEN, nonce=NONCE)
        assert not any(row.status for row in database.rows())
        assert judge_all(
            database,
            discover([inbox]),
            TERMS,
            place._replace(executor=Ready()),
            seen=SEEN,
            nonce=NONCE,
        )


@pytest.mark.slow
def test_killed_anywhere_nothing_is_lost(tmp_path: Path, inbox: Path) -> None:
    """SIGKILL at a random SQL statement, fifty times, then on to the end."""
    with opened(tmp_path / "whole", make=True) as database:
        judged(database, inbox, Ready())
        expected = outcome(database)
        for answer in KERNELS.values():
            assert answer  # all are in the cache of answers now, so a child is quick
    draw = random.Random(1)
    killed = before = 0
    folder = tmp_path / "b"
    while killed < 50:
        if before == len(KERNELS):
            folder = tmp_path / f"b{killed}"  # judged to the end: the next board
        child = os.fork()
        if child == 0:
            left = draw.randrange(60)

            def strike(_statement: str) -> None:
                nonlocal left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            try:
                with opened(folder, make=True) as database:
                    database._db.set_trace_callback(strike)
                    judged(database, inbox, Ready())
            finally:
                os._exit(0)
        draw.random()
        status = os.waitpid(child, 0)[1]
        killed += os.WIFSIGNALED(status)
        with opened(folder, make=True) as database:
            now = sum(bool(row.status) for row in database.rows()) if database.begun else 0
            assert now >= (before if before < len(KERNELS) else 0)
            before = now
    with opened(folder) as database:
        executor = Ready()
        judged(database, inbox, executor)
        assert len(executor.asked) <= len(KERNELS) - before
        assert outcome(database) == expected


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with (
        opened(tmp_path / "b", make=True),
        pytest.raises(Unreadable, match="another process"),
        opened(tmp_path / "b"),
    ):
        pass


@pytest.mark.parametrize("data", [b"", b"not a database", b"SQLite format 3\0" + b"x" * 200])
def test_a_file_that_is_no_board(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "board.db").write_bytes(data)
    with pytest.raises(Unreadable), opened(tmp_path) as database:
        database.rows()
