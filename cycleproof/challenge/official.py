"""Running the official tests on an artifact, in a fresh copy that holds nothing else.

What runs is pinned (the tests, the simulator) or ours (the loader); the submission is data. So
what the tests print can be read as what they found.
"""

import hashlib
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..artifact.format import ARTIFACT_NAME
from ..base.child import BARE, run
from ..base.files import temporary_folder
from .loader import LOADER, LOADER_NAME

MEMORY_LIMIT = 3 << 30
SECONDS_LIMIT = 900
_GRACE = 10  # seconds of the processor beyond those of the clock, which end it first
# The limits outlast the exec. Of ``-I`` all but ``-P`` is kept: the official tests import from
# their own folder, which here holds only pinned files.
_LIMITED = """\
import os, resource, sys
memory, seconds, *command = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.execv(command[0], command)
"""
_TEST = re.compile(r"^(\w+) \(([\w.]+)\)(?:\n.*)? \.\.\. (.+)$", re.MULTILINE)
_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
_CYCLES = re.compile(r"^CYCLES: +(\d+)$", re.MULTILINE)


class Outcome(NamedTuple):
    """What the official tests said. ``trouble`` is why it cannot be read as a verdict, or ""."""

    passed: list[str]
    failed: list[str]
    cycles: list[int]
    trouble: str
    in_time: bool = True


class OfficialRun(NamedTuple):
    """The outcome, and SHA-256 by path of all files of the copy after the run."""

    outcome: Outcome
    digests: dict[str, str]


def run_official(
    files: Mapping[str, bytes], tests: str, artifact: bytes, seconds: int = SECONDS_LIMIT
) -> OfficialRun:
    """Copy the pinned ``files``, add loader and artifact, run ``tests`` and compare afterwards."""
    with temporary_folder() as copy:
        for name, data in {**files, LOADER_NAME: LOADER, ARTIFACT_NAME: artifact}.items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(data)
        official = [sys.executable, "-E", "-s", "-S", "-B", tests, "-v"]
        limits = [str(MEMORY_LIMIT), str(seconds + _GRACE)]
        try:
            child = run([*BARE, "-c", _LIMITED, *limits, *official], seconds, folder=copy)
        except TimeoutError:
            trouble = f"the official tests did not end in {seconds} s"
            outcome = Outcome([], [], [], trouble, in_time=False)
        else:
            output, report = (out.decode(errors="replace") for out in (child.stdout, child.stderr))
            outcome = read_outcome(output, report, child.returncode)
        return OfficialRun(outcome, digests(copy))


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 by path of every file below a folder; a link or device counts as ``"no file"``."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            found[path.relative_to(folder).as_posix()] = "no file"
        elif path.is_file():
            data = path.read_bytes()
            found[path.relative_to(folder).as_posix()] = hashlib.sha256(data).hexdigest()
    return found


def read_outcome(output: str, report: str, status: int) -> Outcome:
    """Read what ``unittest -v`` reported on stderr and the tests printed on stdout.

    Everything that says the same thing twice must agree: names and their number, verdicts and
    the exit status.
    """
    results = {f"{name} ({where})": word for name, where, word in _TEST.findall(report)}
    passed = [name for name, word in results.items() if word == "ok"]
    failed = [name for name, word in results.items() if word != "ok"]
    cycles = sorted({int(number) for number in _CYCLES.findall(output)})
    ran = _RAN.search(report)
    trouble = ""
    if (
        ran is None
        or int(ran[1]) != len(results)
        or (status == 0) != (bool(results) and not failed)
    ):
        last = report.strip().splitlines()[-1:] or [f"status {status}"]
        trouble = f"the official tests did not end as unittest does: {last[0]!a:.200}"
    return Outcome(passed, failed, cycles, trouble)
