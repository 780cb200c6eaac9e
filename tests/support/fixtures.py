"""What the fixtures of conftest.py give to a test, as types."""

from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

from tests.support.cli import ROOT, SECONDS


class CommandLine(Protocol):
    """``cycleproof``: run the command line to its end, in a process of its own."""

    def __call__(
        self, *arguments: object, cwd: Path = ROOT, seconds: float = SECONDS, **variables: str
    ) -> CompletedProcess[str]:
        """See ``tests.support.cli.run``."""


class Write(Protocol):
    """``write``: write a file into the test's folder; its path."""

    def __call__(self, data: bytes, name: str = "k.json") -> Path:
        """Write ``data``."""
