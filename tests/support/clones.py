"""Clones of the stand-in repository, and the pins that fit them."""

import hashlib
import subprocess
from pathlib import Path

from cycleproof.challenge.facts import PinnedFile, Pins
from tests.support import samples

STANDIN = Path(__file__).parent / "standin"
THRESHOLDS = (5000, 2000, 1500, 1200, 1100, 900, 500, 100)
SIMULATOR = (STANDIN / "frozen_problem.py").read_text()
TESTS = (STANDIN / "submission_tests.py").read_text()
NAMES = ("problem.py", "tests/frozen_problem.py", "tests/submission_tests.py")


def git_object(kind: str, body: bytes) -> str:
    """The id that git gives an object."""
    return hashlib.sha1(f"{kind} {len(body)}\0".encode() + body).hexdigest()


def tree_of(blobs: dict[str, str]) -> str:
    """The id of a flat git tree of plain files."""
    rows = [f"100644 {name}\0".encode() + bytes.fromhex(blobs[name]) for name in sorted(blobs)]
    return git_object("tree", b"".join(rows))


def pins_for(simulator: str = SIMULATOR, tests: str = TESTS) -> Pins:
    contents = dict(zip(NAMES, (simulator, simulator, tests), strict=True))
    files = {
        name: PinnedFile(
            hashlib.sha256(text.encode()).hexdigest(), git_object("blob", text.encode())
        )
        for name, text in contents.items()
    }
    blobs = {n.removeprefix("tests/"): p.blob for n, p in files.items() if n.startswith("tests/")}
    return Pins(files, {"tests": tree_of(blobs)}, NAMES[1], NAMES[2], samples.SHAPE, THRESHOLDS, 1)


def clone(folder: Path, simulator: str = SIMULATOR, tests: str = TESTS, git: bool = False) -> Path:
    """Write the repository; its own ``perf_takehome.py`` must never run, so it ends the process."""
    (folder / "tests").mkdir(parents=True)
    for name, text in zip(NAMES, (simulator, simulator, tests), strict=True):
        (folder / name).write_text(text)
    (folder / "perf_takehome.py").write_text("raise SystemExit('the starter ran')\n")
    if git:
        commit(folder)
    return folder


def commit(folder: Path) -> None:
    run = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "state"]):
        subprocess.run([*run, *command], check=True, capture_output=True)
