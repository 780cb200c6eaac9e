"""What /proc says of processes."""

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
