"""What the official repository's files are, as facts (spec, section 4)."""

from collections.abc import Mapping
from typing import NamedTuple

from frozen.problem import JUDGED, Shape

from ..evidence.model import THRESHOLDS


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
    thresholds=tuple(limit for limit, _ in THRESHOLDS),
    correctness_tests=1,
)
