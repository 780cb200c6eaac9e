"""Where the pipeline's own time goes: reading, each check, and what a simulator call is made of."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from frozen.problem import Shape

from .artifact import LoadedArtifact, encode, load
from .checks import CHECKS, Subject
from .errors import MissingDependency
from .frozenbase import folder_for, read_frozen
from .runner import run_frozen

_T = TypeVar("_T")
_TINY = encode(
    Shape(1, 1, 8), [{"flow": [["halt"]]}], 1, {"name": "x", "version": "1", "sources_sha256": "0"}
)


class Stage(NamedTuple):
    """One measured part: seconds of wall clock, and what the part is."""

    name: str
    seconds: float
    what: str


class Profile(NamedTuple):
    """``stages`` follow one another and sum up to the whole; ``call`` splits one simulator call."""

    stages: list[Stage]
    call: list[Stage]


def _timed(function: Callable[[], _T]) -> tuple[_T, float]:
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


def profile(path: Path) -> Profile:
    """Run the whole pipeline once on an artifact, timing each part.

    Raises ``CycleproofError`` where a part cannot be run at all; a check that fails is timed too.
    """
    stages = []
    artifact, seconds = _timed(lambda: load(path))
    stages.append(Stage("read", seconds, "read the file, decode it strictly"))
    base, seconds = _timed(lambda: read_frozen(folder_for(path)))
    stages.append(Stage("pins", seconds, "read and hash the frozen base"))
    subject = Subject(artifact, base)
    for check in CHECKS:
        _, seconds = _timed(lambda check=check: check.run(subject))  # type: ignore[misc]
        stages.append(Stage(check.name, seconds, check.establishes))
    return Profile(stages, _simulator_call(artifact, subject))


def _simulator_call(artifact: LoadedArtifact, subject: Subject) -> list[Stage]:
    """Calls that do ever more; the differences are the parts."""
    _, start = _timed(lambda: run_frozen(subject.base, _TINY, []))
    _, ready = _timed(lambda: run_frozen(subject.base, artifact.data, []))
    seeds = [{"seed": seed} for seed in range(8)]
    _, judged = _timed(lambda: run_frozen(subject.base, artifact.data, seeds))
    return [
        Stage("start", start, "a fresh interpreter that compiles the frozen base"),
        Stage("program", max(0.0, ready - start), "decode the artifact again, make its closures"),
        Stage("run", max(0.0, judged - ready) / 8, "inputs, run and reference of one seed"),
    ]


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
            "the flame graph needs pyinstrument", "pip install 'cycleproof[profile]'"
        ) from None
    profiler = Profiler(interval=0.001)
    with profiler:
        measured = profile(path)
    page: str = profiler.output(HTMLRenderer())
    return measured, page.encode()
