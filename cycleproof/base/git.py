"""Asking git about a checkout that may be a stranger's.

None of the commands in use starts a program of the checkout's configuration, unless objects are
missing and git wants to fetch them, or its status is watched by a program: both are forbidden.
"""

import os
from pathlib import Path

from .child import Ended, run

GIT_SECONDS = 60
_GIT = ("git", "--no-pager", "-c", "safe.directory=*", "-c", "core.fsmonitor=false")
_ENVIRONMENT = {
    "PATH": os.defpath,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


def git(folder: Path, *arguments: str) -> Ended:
    """Run one git command on ``folder``.

    Raises ``FileNotFoundError`` without git, ``TimeoutError`` after ``GIT_SECONDS``.
    """
    return run(
        [*_GIT, "-C", str(folder.absolute()), *arguments], GIT_SECONDS, b"", None, _ENVIRONMENT
    )
