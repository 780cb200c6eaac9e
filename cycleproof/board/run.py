"""A run over many submissions: what is not judged yet is judged, each answer kept as it comes.

Where the work is done is an ``Executor``'s affair: processes here (``isolation``), or a cluster.
"""

import base64
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from ..base.errors import CycleproofError, Refused, Unreadable
from ..evidence.model import read_evidence
from ..simulator.frozenbase import installed_folder, read_frozen
from .database import Database
from .discover import Submission
from .isolation import isolated
from .judging import ENDED, EVIDENCE, REFUSED, Answer, Job, tool_versions
from .terms import Terms

ATTEMPTS = 2  # a judge that dies may have been killed by chance; a second time it counts
_LOOK = 0.2  # seconds between two signs of life

Work = Callable[[dict[str, Any]], dict[str, Any]]


class Watch:
    """Is told how a run goes; this one passes nothing on."""

    def begin(self, due: int, cached: int) -> None:
        """``due`` jobs are to be done; ``cached`` submissions are judged already."""

    def start(self, slot: int, name: str) -> None:
        """A worker takes a submission."""

    def end(self, slot: int, answer: Answer) -> None:
        """A worker is free again."""

    def look(self) -> None:
        """Some time has passed."""


class Place(NamedTuple):
    """Where jobs are done: by whom, how many at a time, and whether that is another machine."""

    executor: Executor
    slots: int
    remote: bool = False
    recheck: float = 0.0  # share of the answers that are held against a judging here


@dataclass
class _Task:
    job: Job
    attempts: int = 0
    futures: dict[Future[dict[str, Any]], int] = field(default_factory=dict)  # to their slots
    since: float = 0.0


def begin(database: Database, terms: Terms) -> str:
    """Make these terms, this base and these versions the board's key; the base's digest.

    Raises ``FrozenAltered``.
    """
    base = read_frozen(installed_folder()).digest
    about = {"base": base, "tool": tool_versions(), "terms": terms.as_json()}
    key = sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    database.begin(key, about)
    return base


def judge_all(
    database: Database,
    submissions: Sequence[Submission],
    terms: Terms,
    place: Place,
    *,
    seen: str,
    nonce: bytes,
    again: bool = False,
    watch: Watch | None = None,
) -> int:
    """Judge all that are not judged under these terms; return their number.

    ``seen``: the time, as text, at which new submissions count as seen. ``again``: judge all.
    Raises ``CycleproofError`` where a worker has another version, or answers what judging here
    does not confirm; what such a run has kept is dropped.
    """
    watch = watch or Watch()
    base, tool = begin(database, terms), tool_versions()
    database.enter(submissions, seen)
    due: dict[str, Submission] = {}
    present = [*submissions, *database.left_behind()]
    for each in present:
        if again or not database.known(each.content):
            due.setdefault(each.content if again else database.identity(each.content), each)
    for identity, each in list(due.items()):
        if each.kind == "refused":
            database.keep(Answer(each.content, base, tool, REFUSED, each.note), b"")
            del due[identity]
    watch.begin(len(due), len(submissions) - len(due))
    jobs = [Job(each, terms, nonce) for each in due.values()]
    jobs.sort(key=_cost, reverse=True)
    kept: list[str] = []
    try:
        for job, answer in _answers(jobs, place, watch):
            artifact = _accepted(answer, base, tool, job)
            if random.random() < place.recheck:
                _confirmed(answer, job)
            database.keep(answer, artifact)
            kept.append(answer.content)
    except CycleproofError:
        database.forget(kept)
        raise
    for each in present:
        database.known(each.content)  # it takes over what was found of the same program
    return len(jobs)


def _cost(job: Job) -> tuple[bool, int]:
    """The long ones first, so that no worker is left with one of them at the end."""
    payload = job.submission.payload
    return job.submission.kind == "generator", sum(map(len, payload.values()))


def _answers(jobs: Sequence[Job], place: Place, watch: Watch) -> Iterator[tuple[Job, Answer]]:
    """Every job's answer as it comes; a dead worker's job is done again, a straggler's twice."""
    waiting = [_Task(job) for job in reversed(jobs)]
    free = list(range(place.slots))[::-1]
    at_work: list[_Task] = []

    def start(task: _Task) -> None:
        slot = free.pop()
        task.attempts += 1
        task.since = time.monotonic()
        task.futures[place.executor.submit(isolated, task.job.as_json())] = slot
        watch.start(slot, task.job.submission.name)

    def fill() -> None:
        while waiting and free:
            at_work.append(waiting.pop())
            start(at_work[-1])

    while waiting or at_work:
        fill()
        if place.remote and free and not waiting:
            alone = [task for task in at_work if len(task.futures) == 1]
            if alone and task_is_late(alone[0].since, alone[0].job.terms):
                start(alone[0])
        futures = [future for task in at_work for future in task.futures]
        wait(futures, timeout=_LOOK, return_when=FIRST_COMPLETED)
        watch.look()
        for task in list(at_work):
            for future in [future for future in task.futures if future.done()]:
                slot = task.futures.pop(future)
                free.append(slot)
                answer = _answer(future, task.job)
                watch.end(slot, answer)
                if answer.base or (task.attempts >= ATTEMPTS and not task.futures):
                    at_work.remove(task)
                    for other, slot in task.futures.items():
                        other.cancel()
                        free.append(slot)
                        watch.end(slot, answer)
                    fill()  # nobody waits while this answer is kept
                    yield task.job, answer
                    break
                if not task.futures:
                    start(task)


def task_is_late(since: float, terms: Terms) -> bool:
    """Whether a job that nobody waits behind is given to a second worker too."""
    return time.monotonic() - since > min(30.0, terms.seconds / 4)


def _answer(future: "Future[dict[str, Any]]", job: Job) -> Answer:
    """The future's answer; it has no base where the worker is gone or answers about another job."""
    content = job.submission.content
    try:
        answer = Answer(**future.result())
    except CancelledError:
        return Answer(content, "", {}, ENDED, "its judge was cancelled")
    except Exception as error:
        name = type(error).__name__
        return Answer(content, "", {}, ENDED, f"its judge was lost: {name}")
    if answer.content != content:
        return Answer(content, "", {}, ENDED, "its judge answered for another submission")
    return answer


def _accepted(answer: Answer, base: str, tool: dict[str, str], job: Job) -> bytes:
    """The artifact's bytes, if the answer is well-formed and by our base and versions."""
    if not answer.base:
        return b""
    for what, theirs, ours in (
        ("frozen base", answer.base, base),
        ("version", answer.tool, tool),
    ):
        if theirs != ours:
            raise Unreadable(f"a worker has another {what}: {theirs}; here it is {ours}")
    data = base64.b64decode(answer.artifact)
    if answer.status == EVIDENCE:
        evidence = read_evidence(json.dumps(answer.evidence).encode(), job.submission.place)
        about = dict(evidence.artifact)
        if about != answer.described or about["file_sha256"] != sha256(data).hexdigest():
            raise Refused(f"{job.submission.place}: a worker's evidence is about something else")
    return data


def _confirmed(answer: Answer, job: Job) -> None:
    """Judge once more, here. Raises ``Refused`` where that does not give the worker's answer."""
    own = Answer(**isolated(job.as_json()))
    if _said(own) != _said(answer):
        raise Refused(
            f"{job.submission.place}: a worker's answer is not what judging it here gives",
            "nothing that this run's workers answered was kept; look for the worker that lies",
        )


def _said(answer: Answer) -> object:
    findings = (answer.evidence or {}).get("findings", [])
    return answer.status, answer.described, [(f["check"], f["verdict"]) for f in findings]
