"""Where the pipeline's own time goes: reading, each check, and what a simulator call is made of."""

import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from frozen.problem import Shape

from ..artifact.format import encode, load
from ..base.errors import MissingDependency
from ..base.install import install_hint
from ..checks import CHECKS, Subject
from ..simulator.frozenbase import folder_for, read_frozen
from ..simulator.runner import run_frozen

_T = TypeVar("_T")
SEEDS = 8  # of the simulator call that is taken apart
_TINY = encode(
    Shape(1, 1, 8), [{"flow": [["halt"]]}], 1, {"name": "x", "version": "1", "sources_sha256": "0"}
)


class Cost(NamedTuple):
    """Seconds of wall clock and of processor time, that of child processes included."""

    wall: float
    cpu: float


class Stage(NamedTuple):
    """One measured part and what it is."""

    name: str
    cost: Cost
    what: str


class Profile(NamedTuple):
    """``stages`` follow one another and sum up to the whole; ``call`` splits one simulator call."""

    stages: list[Stage]
    call: list[Stage]


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def timed(function: Callable[[], _T]) -> tuple[_T, Cost]:
    """The result of a call and its cost, that of ended children included, to the microsecond."""
    wall, cpu = time.perf_counter(), _cpu()
    result = function()
    return result, Cost(time.perf_counter() - wall, _cpu() - cpu)


def profile(path: Path) -> Profile:
    """Run the whole pipeline once on an artifact, timing each part.

    Raises ``CycleproofError`` where a part cannot be run at all; a check that fails is timed too.
    """
    artifact, cost = timed(lambda: load(path))
    stages = [Stage("read", cost, "read the file, decode it strictly")]
    base, cost = timed(lambda: read_frozen(folder_for(path)))
    stages.append(Stage("pins", cost, "read and hash the frozen base"))
    subject = Subject(artifact, base)
    for check in CHECKS:
        if check.settles:
            continue  # run where another check stays open, or for as long as is asked
        _, cost = timed(partial(check.run, subject))
        stages.append(Stage(check.name, cost, check.establishes))
    return Profile(stages, _simulator_call(subject))


def _simulator_call(subject: Subject) -> list[Stage]:
    """Calls that do ever more; the differences are the parts."""
    data = subject.artifact.data
    seeds = [{"seed": seed} for seed in range(SEEDS)]
    calls: list[tuple[bytes, list[dict[str, int]]]]
    calls = [(_TINY, []), (data, []), (data, seeds)]
    costs = [
        timed(partial(run_frozen, subject.base, artifact, requests))[1]
        for artifact, requests in calls
    ]
    start, ready, judged = costs
    return [
        Stage("start", start, "a fresh interpreter that compiles the frozen base"),
        Stage("program", _less(ready, start), "decode the artifact again, make its closures"),
        Stage(f"{SEEDS} seeds", _less(judged, ready), "inputs, run and reference of each"),
    ]


def _less(one: Cost, other: Cost) -> Cost:
    return Cost(max(0.0, one.wall - other.wall), max(0.0, one.cpu - other.cpu))


def flame_graph(path: Path) -> tuple[Profile, bytes]:
    """``profile`` under the sampling profiler pyinstrument; its page as one HTML file.

    The simulator runs in processes of its own, so it shows as waiting. Raises
    ``MissingDependency`` without pyinstrument.
    """
    try:
        from pyinstrument import Profiler
        from pyinstrument.renderers import HTMLRenderer
    except ImportError:
        raise MissingDependency(
            "the flame graph needs pyinstrument", install_hint("profile")
        ) from None
    profiler = Profiler(interval=0.001)
    with profiler:
        measured = profile(path)
    page: str = profiler.output(HTMLRenderer())
    return measured, page.encode()
