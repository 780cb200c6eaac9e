"""Processes by /proc; without /proc none are found."""

import ctypes
import os
import signal
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_END_SECONDS = 10


def _processes() -> Iterator[Path]:
    proc = Path("/proc")
    if proc.is_dir():
        yield from (path for path in proc.iterdir() if path.name.isdigit())


def children() -> set[int]:
    """Processes whose parent this one is."""
    found = set()
    for process in _processes():
        with suppress(OSError):
            fields = (process / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                found.add(int(process.name))
    return found


def tasks_of_user() -> int:
    """Processes and threads of this user: what RLIMIT_NPROC counts."""
    total = 0
    for process in _processes():
        with suppress(OSError):
            if process.stat().st_uid == os.getuid():
                total += len(os.listdir(process / "task"))  # noqa: PTH208
    return total


def adopt_orphans() -> None:
    """On Linux: processes that a child leaves behind become ours, so that they can be ended."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_children(but: Collection[int]) -> bool:
    """Kill every child that is not in ``but``, and theirs as they become ours.

    False if that came to no end: a chain that forks on in new sessions can outrun it.
    """
    deadline = time.monotonic() + _END_SECONDS
    while orphans := children().difference(but):
        if time.monotonic() > deadline:
            return False
        for pid in orphans:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    return True
