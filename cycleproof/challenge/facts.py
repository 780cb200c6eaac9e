"""Facts of the challenge and of the public record, each written here and nowhere else.

Reports, pages and ``docs/spec.md`` derive from this file; a test refuses copies. What the machine
and the problem are stands in ``frozen``.
"""

from collections.abc import Mapping
from typing import NamedTuple

from frozen.problem import JUDGED, Shape


class Threshold(NamedTuple):
    """A count of cycles that the challenge's tests ask a kernel to lie *below*, and its name.

    ``date`` as in ``Record``: the challenge dates its counts only by the names of models.
    """

    cycles: int
    name: str
    date: str

    @property
    def described(self) -> str:
        """Its name and date."""
        return f"{self.name} ({self.date})"


class Record(NamedTuple):
    """A count at the judged shape that others published; nothing of it was verified here.

    ``date``: ISO 8601, as exact as it is known; "by" the day it was read where it bears none.
    """

    cycles: int
    what: str
    source: str
    date: str

    @property
    def described(self) -> str:
        """What it is, its source and date."""
        return f"{self.what} ({self.source}, {self.date})"


class PinnedFile(NamedTuple):
    """A file by the SHA-256 of its bytes and by its git blob."""

    sha256: str
    blob: str


class Pins(NamedTuple):
    """One state of the repository. ``files`` and ``trees`` are by path, with forward slashes."""

    files: Mapping[str, PinnedFile]
    trees: Mapping[str, str]  # folder -> git tree, which fixes names, modes and blobs within
    simulator: str  # the file that the tests judge with
    tests: str  # the file that is run
    shape: Shape  # what its tests judge
    thresholds: tuple[int, ...]  # one test each: cycles below this
    correctness_tests: int
    commit: str = ""  # the state that the trees were read at
    date: str = ""  # of that state; ISO 8601


_PINNED = "2026-01"  # the month of the pinned commit
_READ = f"by {_PINNED}"
THRESHOLDS = (
    Threshold(147_734, "baseline", _READ),
    Threshold(18_532, "updated starting point", _READ),
    Threshold(2_164, "Claude Opus 4, many hours", _READ),
    Threshold(1_790, "Claude Opus 4.5, a casual session", _READ),
    Threshold(1_579, "Claude Opus 4.5, 2 hours", _READ),
    Threshold(1_548, "Claude Sonnet 4.5, many hours", _READ),
    Threshold(1_487, "Claude Opus 4.5, 11.5 hours", _READ),
    Threshold(1_363, "Claude Opus 4.5, improved harness", _READ),
)
BASELINE = THRESHOLDS[0].cycles  # of the starter program, its two pauses included

RECORDS = (
    Record(923, "fastest public code that could be run and checked", "public code", "by 2026-11"),
    Record(913, "claimed, source public", "a public document", "by 2026-11"),
    Record(899, "claimed with final indices, no source", "a public board", "by 2026-11"),
    Record(869, "claimed, values only, no source", "a public board", "2026-09"),
    Record(864, "claimed, values only, no source", "a public board", "2026-10-05"),
)

REPOSITORY = "https://github.com/anthropics/original_performance_takehome"
A_CLONE = "CLONE"  # in a command for people: their clone of the repository
SOURCES = "SOURCES"  # the same of what a generator is built from
FILE_MODE = "100644"
_PROBLEM = PinnedFile(
    "fadb0f0858e2259f5759077a5544b9906dad3ceee80d37b4f0aa77da730c93c9",
    "db97996d47278ce09acc2e3c4ab8ffe93b879484",
)
OFFICIAL = Pins(
    files={
        "problem.py": _PROBLEM,
        "tests/frozen_problem.py": _PROBLEM,
        "tests/submission_tests.py": PinnedFile(
            "11c57cc999da93acb41201191073cd657ddffa87635359b3157c6e177c18ea0a",
            "c41b32ae5d2b07d1bf2636ab1c22206a6a6b7b08",
        ),
    },
    trees={"tests": "66d8f6a5df637ed94c2d25b6eac0f6a743800b46"},
    simulator="tests/frozen_problem.py",
    tests="tests/submission_tests.py",
    shape=JUDGED,
    thresholds=tuple(threshold.cycles for threshold in THRESHOLDS),
    correctness_tests=1,
    commit="5452f74",
    date=_PINNED,
)
