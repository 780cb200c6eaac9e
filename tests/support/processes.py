"""What /proc says of processes."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def fields(pid: int) -> list[str]:
    """/proc/PID/stat from the state on. `OSError` where there is no such process."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def running(pid: int) -> bool:
    """Whether the process still runs.

    A killed process stays in /proc until its new parent has asked for its status, and the first
    process of a container may never ask.
    """
    try:
        return fields(pid)[0] != "Z"
    except OSError:
        return False


def marked(mark: str) -> set[int]:
    """Processes of this test: its variable, or its folder, is in what /proc says of them."""
    found = set()
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdigit() and (
                mark in (process / "environ").read_text("utf-8", "replace")
                or mark in str((process / "cwd").readlink())
            ):
                found.add(int(process.name))
    return found


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
