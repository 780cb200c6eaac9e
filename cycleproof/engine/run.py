"""Seeds dealt out: ranges of one program's seeds, for any executor, here or elsewhere.

A ``Job`` holds all that a worker needs, so any ``concurrent.futures.Executor`` will do: threads,
processes, or a cluster's. Ranges are answered in order and can be resumed after the last one.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from importlib.util import find_spec
from typing import NamedTuple, Protocol

from frozen.artifact import Artifact, parse

from ..base.errors import MissingDependency
from ..base.install import install_hint
from . import stream
from .errors import Unsupported
from .result import LISTED, UNBOUNDED, Part

ENGINES = ("llvm", "interpreter", "cuda")
AHEAD = 4  # ranges handed out before the oldest one is answered
RANGE_SECONDS, GROWTH = 0.5, 8
DEFAULT_SEEDS = 1_000_000
DEFAULT_WORK = 1_000_000_000  # slots that are interpreted: about ten seconds
MAX_SEED_WORK = 1_600_000  # of one seed; the longest scalar program in bounds takes 1,476,000
WORK_A_SECOND = 1_000_000_000  # no processor interprets as many slots

Progress = Callable[[int], None]
"""Called with the number of seeds answered so far."""


class Engine(Protocol):
    """``Compiled``, ``Interpreter``, or ``Device`` on a GPU: it runs ranges of seeds.

    ``refusal`` says why another engine could not run the program; empty if this was the first.
    """

    name: str
    refusal: str

    def bulk(
        self,
        key: tuple[int, ...],
        domain: stream.Domain,
        first: int,
        seeds: int,
        budget: int = UNBOUNDED,
    ) -> Part:
        """Run and compare a range; no seed is begun after ``budget`` interpreted slots."""

    def work(self) -> int:
        """The interpreted slots of one seed; compiled code takes next to none."""


class Job(NamedTuple):
    """A range of seeds of one artifact (its bytes) under a nonce; ``wide``: all 32-bit words.

    It ends early once ``budget`` slots have been interpreted, however fast that was.
    """

    artifact: bytes
    nonce: bytes
    wide: bool
    first: int
    seeds: int
    engine: str = "llvm"
    guard_all: bool = False
    budget: int = UNBOUNDED


def need_engine(*modules: str) -> None:
    """Raise ``MissingDependency`` unless these modules of the extra ``engine`` are installed."""
    for module in modules:
        if find_spec(module) is None:
            raise MissingDependency(f"{module} is not installed", install_hint("engine"))


def prepare(artifact: Artifact, engine: str = "llvm", *, guard_all: bool = False) -> Engine:
    """A program ready to run; the engine ``llvm`` interprets one that does not slice.

    Raises ``Unsupported`` with the reason, or ``MissingDependency``.
    """
    need_engine("numpy", *([] if engine == "cuda" else ["llvmlite"]))
    from .ir import execute
    from .slices import cut

    if engine == "cuda":
        from .cuda.device import Device

        return Device(cut(execute(artifact.program, artifact.shape), guard_all=guard_all))
    from .llvm.compiled import Compiled
    from .llvm.interpreter import Interpreter

    if engine == "interpreter":
        return Interpreter(artifact)
    try:
        return Compiled(cut(execute(artifact.program, artifact.shape), guard_all=guard_all))
    except Unsupported as reason:
        return Interpreter(artifact, str(reason))


_READY: dict[tuple[bytes, str, bool], tuple[Engine, str]] = {}
MOST_READY = 2


def _prepared(job: Job, artifact: Artifact | None = None) -> tuple[Engine, str]:
    """A job's engine in this process, and its program's digest; kept for the jobs after it."""
    key = job.artifact, job.engine, job.guard_all
    if key not in _READY:
        artifact = artifact or parse(job.artifact)
        made = prepare(artifact, job.engine, guard_all=job.guard_all)
        while len(_READY) >= MOST_READY:
            del _READY[next(iter(_READY))]
        _READY[key] = made, artifact.program_sha256
    return _READY[key]


def chosen(job: Job, artifact: Artifact | None = None) -> Engine:
    """A job's engine in this process; ``artifact``: its bytes decoded, where they are.

    Raises ``Unsupported`` or ``MissingDependency``.
    """
    engine = _prepared(job, artifact)[0]
    work = engine.work()
    if work > MAX_SEED_WORK:
        raise Unsupported(
            f"one seed takes {work:,} interpreted slots, more than {MAX_SEED_WORK:,};"
            f" and it does not slice: {engine.refusal}"
        )
    return engine


def usual_seeds(engine: Engine) -> int:
    """The number of seeds where nobody gives one: about ten seconds' work."""
    return min(DEFAULT_SEEDS, max(DEFAULT_WORK // engine.work(), 1))


def usual_budget(engine: Engine, seeds: int, seconds: float | None) -> int:
    """The slots that so many seeds, or seconds, may take, since one seed says little of others.

    Twice the slots of as many runs on zeros, and ten seconds' work at least.
    """
    if seconds is not None:
        return max(int(seconds * WORK_A_SECOND), DEFAULT_WORK)
    return max(2 * seeds * engine.work(), DEFAULT_WORK)


def answer(job: Job) -> Part:
    """Run one job, in whatever process this is; a program is compiled once in each."""
    engine, digest = _prepared(job)
    domain = stream.WIDE if job.wide else stream.JUDGED
    key = stream.key(digest, job.nonce)
    return engine.bulk(key, domain, job.first, job.seeds, job.budget)


def added(parts: list[Part]) -> Part:
    """One part for ranges that follow each other."""
    return Part(
        parts[0].first,
        sum(part.seeds for part in parts),
        sum(part.wrong for part in parts),
        tuple(sorted(index for part in parts for index in part.wrong_seeds))[:LISTED],
        sum(part.missed for part in parts),
        tuple(sorted(index for part in parts for index in part.missed_seeds))[:LISTED],
        sum(part.work for part in parts),
    )


def bulk(
    job: Job,
    seconds: float | None = None,
    executor: Executor | None = None,
    progress: Progress = lambda _: None,
) -> Part:
    """Run a job in ranges of about half a second each, ended early after ``seconds``.

    Without an executor the ranges run here. The answer counts the seeds that were run: fewer than
    asked for where the seconds or the job's budget were spent.
    """
    parts: list[Part] = []
    start = time.monotonic()
    for part in _answers(_ranges(job, start, seconds, parts), executor):
        parts.append(part)
        progress(sum(part.seeds for part in parts))
        if _left(job, parts) <= 0:
            break
    return added(parts)


def _left(job: Job, parts: list[Part]) -> int:
    """The rest of a job's budget."""
    return job.budget - sum(part.work for part in parts)


def _ranges(job: Job, start: float, seconds: float | None, parts: list[Part]) -> Iterator[Job]:
    """The job in pieces, sized by how fast the answers come in."""
    first, size = job.first, 1
    while first < job.first + job.seeds:
        if seconds is not None and parts and time.monotonic() - start >= seconds:
            return
        count = min(size, job.first + job.seeds - first)
        yield job._replace(first=first, seeds=count, budget=_left(job, parts))
        first += count
        done = sum(part.seeds for part in parts)
        elapsed = time.monotonic() - start
        rate = done / elapsed if parts and elapsed else 0
        size = min(max(size, int(rate * RANGE_SECONDS)), GROWTH * size)


def _answers(jobs: Iterator[Job], executor: Executor | None) -> Iterator[Part]:
    if executor is None:
        yield from map(answer, jobs)
        return
    waiting: deque[Future[Part]] = deque()
    for job in jobs:
        waiting.append(executor.submit(answer, job))
        if len(waiting) > AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
