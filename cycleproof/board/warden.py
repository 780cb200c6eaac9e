"""``python -m cycleproof.board.warden``: one job from stdin, its answer on stdout, nothing left.

The warden forks the work with limits on memory and processor time, watches the clock and its own
stdin, and ends whatever the work has started. When stdin closes, the head is gone or has no more
use for the answer, so the work ends too.
"""

import json
import os
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from ..base import lean  # noqa: F401 - see there
from ..base.files import remove
from ..base.limits import LimitReached, limited
from ..capture.proctable import adopt_orphans, end_children
from ..simulator.base import installed_folder, read_frozen
from .judging import ENDED, Answer, Job, judge, tool_versions

_LOOK = 0.25  # seconds between two looks at clock and stdin


class _TimeUp(BaseException):
    """The clock says that it is enough."""


class _Unwanted(BaseException):
    """Nobody waits for the answer."""


def answer_to(job: Job) -> Answer:
    """The answer of a limited child; past a limit it says which. Raises ``_Unwanted``."""
    terms = job.terms
    deadline = time.monotonic() + terms.seconds

    def look(_number: int, _frame: FrameType | None) -> None:
        if select.select([0], [], [], 0)[0] and not os.read(0, 1):
            raise _Unwanted
        if time.monotonic() > deadline:
            raise _TimeUp

    reason = ""
    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)
    try:
        return limited(_work(job), memory=terms.memory_mib << 20, seconds=terms.seconds)
    except LimitReached as reached:
        reason = str(reached)
    except _TimeUp:
        reason = f"it needs more than {terms.seconds} s"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        end_children(but=())
    base = read_frozen(installed_folder()).digest
    return Answer(job.submission.content, base, tool_versions(), ENDED, reason)


def _work(job: Job) -> Callable[[], Answer]:
    def work() -> Answer:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        return judge(job)

    return work


def main() -> None:
    """Serve one job. What the work leaves in temporary folders lies in ours, and is removed."""
    folder = Path.cwd()
    tempfile.tempdir = str(folder)
    adopt_orphans()
    job = Job.from_json(json.loads(_line()))
    try:
        answer = answer_to(job)
    except _Unwanted:
        return
    finally:
        remove(folder)
    sys.stdout.write(json.dumps(answer._asdict()))


def _line() -> bytes:
    """One line of stdin, by its descriptor: no buffer may hide what comes, or does not, later."""
    data = bytearray()
    while not data.endswith(b"\n"):
        chunk = os.read(0, 1 << 20)
        if not chunk:
            raise SystemExit(1)
        data += chunk
    return bytes(data)


if __name__ == "__main__":
    main()
