"""A fresh interpreter that nothing from outside reaches, for what judges an artifact.

``-I -S -B``, an empty environment, a working directory of the caller's, a session of its own.
Nothing importable from a checkout, the environment, a ``.pth`` or the working directory gets in.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def run_isolated(
    code: str, arguments: Sequence[str], data: bytes, folder: str | Path, seconds: float
) -> "subprocess.CompletedProcess[bytes]":
    """Run Python ``code`` with ``arguments`` in ``folder`` and ``data`` on stdin.

    Raises ``subprocess.TimeoutExpired`` after ``seconds``; the exit status is the caller's to read.
    """
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code, *arguments],
        input=data,
        capture_output=True,
        cwd=folder,
        env={},
        timeout=seconds,
        start_new_session=True,
        check=False,
    )
