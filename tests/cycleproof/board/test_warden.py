"""A warden stays from job to job, and what one job does reaches no other."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cycleproof.base.child import SEEDED, run
from cycleproof.board import isolation
from cycleproof.board.discover import discover
from cycleproof.board.isolation import isolated, wardens
from cycleproof.board.judging import ENDED, EVIDENCE, Answer, Job
from tests.support.cli import ROOT
from tests.support.processes import marked, running

from .entries import NONCE, TERMS, board_of, kernel

# A warden whose work does what the text of the job says, and answers with what it then sees.
WARDEN = """
import os, signal, subprocess, sys, time
from cycleproof.base import files
from cycleproof.board import warden
from cycleproof.board.judging import REFUSED, Answer, judge
warden.IDLE_SECONDS = {idle}
HERE = os.getpid()

def work(job):
    text = job.submission.payload[""].decode()
    exec(text, globals())
    seen = [HERE, os.environ.get("SPOILT", ""), getattr(files, "spoilt", "")]
    tool = {{"cycleproof": "1"}}
    return Answer(job.submission.content, "base", tool, REFUSED, repr(seen))

warden.judge = work
warden.main()
"""
HARMLESS = "pass"


@pytest.fixture(autouse=True)
def ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wardens with their folders in the test's own; at its end nothing is left."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with wardens():
        yield
    if Path("/proc/self").exists():
        assert marked(f"{tmp_path}/cycleproof-") == set()
    assert not list(tmp_path.glob("cycleproof-*"))


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Wardens whose work does what it is told."""

    def told(idle: float = 60) -> None:
        monkeypatch.setattr(isolation, "_COMMAND", [*SEEDED, "-c", WARDEN.format(idle=idle)])

    told()
    return told


def job(data: bytes, **terms: object) -> dict[str, Any]:
    path = Path(tempfile.gettempdir()) / "k.json"
    path.write_bytes(data)
    (submission,) = discover([path])
    return Job(submission, TERMS.from_json(TERMS.as_json() | terms), NONCE).as_json()


def told(text: str, **terms: object) -> Answer:
    return Answer(**isolated(job(text.encode(), **terms)))


def warden_of(answer: Answer) -> int:
    """The process, once it is known that the answer shows nothing of another job."""
    pid, *seen = eval(answer.reason)
    assert seen == ["", ""]
    return pid


def test_one_warden_judges_one_job_after_another(spoilt: Callable[..., None]) -> None:
    assert len({warden_of(told(HARMLESS)) for _ in range(5)}) == 1
    assert len(isolation._idle) == 1


SPOILS = {
    "environment and modules": "os.environ['SPOILT'] = files.spoilt = 'yes'",
    "the way to import": "sys.path.insert(0, 'x'); sys.modules['json'] = None",
    "words of its own": "os.write(1, b'{}\\n' * 9); print('{}', flush=True)",
    "the jobs to come": "os.read(0, 1 << 20)",
    "signals": "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.alarm(1)",
    "its folder": "open('x', 'w').close()",
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_what_a_job_changes_is_gone_with_it(spoilt: Callable[..., None], spoil: str) -> None:
    before = warden_of(told(HARMLESS))
    told(spoil)
    assert warden_of(told(HARMLESS)) == before


LEAVES = {
    "process": "subprocess.Popen(['sleep', '99'])",
    "process of another session": "subprocess.Popen(['sleep', '99'], start_new_session=True)",
    "dead warden": "os.kill(HERE, signal.SIGKILL)",
    "file": "open(f'/proc/{HERE}/cwd/x', 'w').close()",
}


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks in /proc")
@pytest.mark.parametrize("leave", LEAVES.values(), ids=LEAVES)
def test_a_warden_with_something_left_behind_is_not_used_again(
    spoilt: Callable[..., None], leave: str
) -> None:
    before = warden_of(told(HARMLESS))
    assert warden_of(told(leave)) == before  # its answer counts
    assert not running(before)
    assert warden_of(told(HARMLESS)) != before


LIMITS = {
    "memory": ("b'x' * (1 << 40)", "MiB of memory"),
    "processor": ("while True: pass", "more than 1 s"),
    "clock": ("time.sleep(99)", "more than 1 s"),
    "crash": ("os.kill(os.getpid(), signal.SIGSEGV)", "without an answer (wait status 11)"),
    "exit": ("os._exit(0)", "without an answer (wait status 0)"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("text", "reason"), LIMITS.values(), ids=LIMITS)
def test_a_limit_is_an_answer_and_the_end_of_the_warden(
    spoilt: Callable[..., None], text: str, reason: str
) -> None:
    before = warden_of(told(HARMLESS))
    answer = told(text, seconds=1)
    assert (answer.status, bool(answer.base)) == (ENDED, True)
    assert reason in answer.reason
    assert not running(before)
    assert warden_of(told(HARMLESS)) != before


def test_who_kills_its_keeper_gets_no_verdict(spoilt: Callable[..., None]) -> None:
    before = warden_of(told(HARMLESS))
    answer = told("os.kill(os.getppid(), signal.SIGKILL); time.sleep(99)")
    assert (answer.status, answer.base) == (ENDED, "")
    assert answer.reason == "its judge ended with status -9 before an answer"
    assert warden_of(told(HARMLESS)) != before


def test_a_warden_that_nobody_needs_ends(spoilt: Callable[..., None]) -> None:
    spoilt(idle=0.2)
    warden_of(told(HARMLESS))
    (warden,) = isolation._idle
    assert warden._child.wait(30) == 0


def test_one_that_may_have_ended_is_given_no_job(
    spoilt: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = warden_of(told(HARMLESS))
    monkeypatch.setattr(isolation, "IDLE_SECONDS", 0)
    assert warden_of(told(HARMLESS)) != before


def test_a_warden_that_is_dismissed_before_it_has_its_job(
    spoilt: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told(HARMLESS)
    monkeypatch.setattr(isolation, "_over", threading.Event())
    isolation._over.set()  # as the end of ``local`` does
    assert told(HARMLESS).base == ""
    assert not isolation._idle


def said(answer: dict[str, Any]) -> Answer:
    return Answer(**answer)._replace(seconds=0)


@pytest.mark.slow
def test_the_second_answer_of_a_warden_is_that_of_a_new_one() -> None:
    jobs = [job(data) for data in (kernel(2), kernel(3, wrong=True), b"[]")]
    stays = [said(isolated(each)) for each in jobs]
    for each, answer in zip(jobs, stays, strict=True):
        with wardens():
            pass
        assert said(isolated(each)) == answer
    assert stays[0].status == EVIDENCE


def test_a_fork_imports_nothing_and_makes_no_validator(tmp_path: Path) -> None:
    """What judging a kernel needs, the warden has made ready before."""
    board_of(tmp_path / "in", k=kernel())
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from cycleproof.artifact import schema\n"
        "from cycleproof.board import warden\n"
        "from cycleproof.board.discover import discover\n"
        "from cycleproof.board.terms import Terms\n"
        "warden.prepare()\n"
        f"(submission,) = discover([Path({str(tmp_path / 'in')!r})])\n"
        "before, made = set(sys.modules), schema._validator.cache_info().currsize\n"
        "answer = warden.judge(warden.Job(submission, Terms(shape=None), bytes(16)))\n"
        "new = {name for name in set(sys.modules) - before if 'encodings.' not in name}\n"
        "print(answer.status, made, *new)\n"
    )
    shown = run([*SEEDED, "-c", code], 60, environment={"PYTHONPATH": str(ROOT)})
    assert shown.stdout.split() == [b"evidence", b"1"], shown.stderr
