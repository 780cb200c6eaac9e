"""The one way in which tests start the command line: a process of its own, little inherited."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cycleproof.base.signals import SIGNALS

ROOT = Path(__file__).parents[2]
NO_STORE = {"XDG_STATE_HOME": "/proc/nowhere"}  # without a secret nothing is stored
SECONDS = 120


def command(*arguments: object) -> list[str]:
    """The words that start the command line.

    ``-P``, as for the installed command: without it ``-m`` would import from the working directory.
    """
    return [sys.executable, "-P", "-m", "cycleproof", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """Its variables: the search path, the project's folder, and no place to store evidence in."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **NO_STORE, **more}


def start(
    arguments: Sequence[object], cwd: Path, stdout: int, stderr: int, **variables: str
) -> subprocess.Popen[bytes]:
    """Start it and do not wait. It ignores no signal, even where this process does (``nohup``)."""
    ours = {number: signal.signal(number, signal.SIG_DFL) for number in SIGNALS}
    try:
        return subprocess.Popen(
            command(*arguments), cwd=cwd, env=environment(**variables), stdout=stdout, stderr=stderr
        )
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)


def run(
    *arguments: object, cwd: Path = ROOT, seconds: float = SECONDS, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end; ``variables`` are put into its environment."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def piped(
    arguments: Sequence[object], cwd: Path, **streams: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end on streams of one's own, in bytes."""
    return subprocess.run(
        command(*arguments), cwd=cwd, env=environment(), timeout=SECONDS, check=False, **streams
    )
