"""``python -m cycleproof.board.warden``: jobs from stdin, their answers on stdout, nothing left.

The warden imports what judging needs, once, and then waits. For each job it forks a keeper, and
looks at nothing of the job itself but how the keeper ends: so what a submission does, even to the
interpreter, is gone with the keeper. The keeper forks the work with limits on memory and processor
time, watches the clock and stdin, and ends whatever the work has started. When stdin closes, the
head is gone or has no more use for the answer, so the work ends too.

An answer is a line. An empty line follows where the warden takes another job; where a limit was
reached, or a process or file was left behind, it ends instead.
"""

import gc
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
from ..base.files import remove, temporary_folder
from ..base.limits import LimitReached, limited, status_of_fork
from ..capture.proctable import adopt_orphans, end_children
from ..checks import CHECKS
from ..simulator.frozenbase import installed_folder, read_frozen
from .judging import ENDED, Answer, Job, judge, tool_versions

IDLE_SECONDS = 60  # without a job a warden ends
_UNCLEAN = 3
_LOOK = 0.25  # seconds between two looks at clock and stdin


class _TimeUp(BaseException):
    """The clock says that it is enough."""


class _Unwanted(BaseException):
    """Nobody waits for the answer."""


def main() -> None:
    """Serve jobs, each by a fork, until there is none or one has left something behind."""
    folder = Path.cwd()
    tempfile.tempdir = str(folder)
    adopt_orphans()
    prepare()
    status = 0
    while select.select([0], [], [], IDLE_SECONDS)[0]:
        status = status_of_fork(_keep)
        if status or any(folder.iterdir()):
            break
        os.write(1, b"\n")
    end_children(but=())
    remove(folder)
    if os.WIFSIGNALED(status):  # for the head to see
        os.kill(os.getpid(), os.WTERMSIG(status))
    raise SystemExit(os.waitstatus_to_exitcode(status))


def prepare() -> None:
    """Import and make all that judging a kernel needs, so that no fork spends the time again."""
    from ..artifact.schema import schema_error  # imports jsonschema, which ``lean`` comes before

    for check in CHECKS:
        check.load()
    schema_error(None)
    tool_versions()
    gc.freeze()  # its pages stay shared with the forks


def _keep() -> int:
    """The keeper of one job: it answers; 0 if nothing speaks against another job."""
    with temporary_folder() as folder:
        os.chdir(folder)
        tempfile.tempdir = str(folder)
        adopt_orphans()
        answer, clean = answer_to(Job.from_json(json.loads(_line())))
    sys.stdout.write(json.dumps(answer._asdict()) + "\n")
    sys.stdout.flush()
    return 0 if clean else _UNCLEAN


def answer_to(job: Job) -> tuple[Answer, bool]:
    """The answer of a limited child, and whether it kept the limits and left no process.

    Past a limit the answer says which. Raises ``_Unwanted``, and ``FrozenAltered`` where this
    installation's base is not the pinned one.
    """
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
        answer = limited(_work(job), memory=terms.memory_mib << 20, seconds=terms.seconds)
        return answer, answer.status != ENDED and _alone()
    except LimitReached as reached:
        reason = str(reached)
    except _TimeUp:
        reason = f"it needs more than {terms.seconds} s"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        end_children(but=())
    base = read_frozen(installed_folder()).digest
    return Answer(job.submission.content, base, tool_versions(), ENDED, reason), False


def _work(job: Job) -> Callable[[], Answer]:
    def work() -> Answer:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):  # the head speaks with the keeper, and with nobody else
            os.dup2(nothing, standard)
        return judge(job)

    return work


def _alone() -> bool:
    """Whether this process has no child."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def _line() -> bytes:
    """One line of stdin, by its descriptor: no buffer may hide what comes, or does not, later."""
    data = bytearray()
    while not data.endswith(b"\n"):
        chunk = os.read(0, 1 << 20)
        if not chunk:
            raise _Unwanted
        data += chunk
    return bytes(data)


if __name__ == "__main__":
    main()
