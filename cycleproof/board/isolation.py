"""One submission judged in a process of its own: the one function that every executor is given."""

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..base.child import SEEDED, Child, started
from .judging import ENDED, Answer, Job

_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "0", "PATH": os.defpath}
_COMMAND = [*SEEDED, "-m", "cycleproof.board.warden"]

# The wardens that are at work in this process. Closing their stdin ends them.
_at_work: set[Child] = set()
_lock = threading.Lock()
_over = threading.Event()  # no answer is wanted any more, also of a warden that starts just now


def isolated(job: dict[str, Any]) -> dict[str, Any]:
    """``judging.judge`` of a job in JSON, by a warden; the answer in JSON.

    A warden that dies itself is an answer too: ended, with its exit status. Raises ``OSError``
    where no process can be started.
    """
    with started(_COMMAND, environment=_ENVIRONMENT) as child:
        with _lock:
            if _over.is_set():
                raise OSError("no answer is wanted any more")
            _at_work.add(child)
        try:
            if child.stdin is None or child.stdout is None:
                raise OSError("the warden has no pipes")
            with suppress(BrokenPipeError):  # it ended at once, and will be asked why
                child.stdin.write(json.dumps(job).encode() + b"\n")
                child.stdin.flush()
            output = child.stdout.read()
            status = child.wait()
        finally:
            with _lock:
                _at_work.discard(child)
    if status or not output:
        content = Job.from_json(job).submission.content
        reason = f"its judge ended with status {status} before an answer"
        return Answer(content, "", {}, ENDED, reason)._asdict()
    answer: dict[str, Any] = json.loads(output)
    return answer


@contextmanager
def local(processes: int) -> Iterator[ThreadPoolExecutor]:
    """An executor of so many wardens at a time on this machine; at the end none is left."""
    try:
        with ThreadPoolExecutor(processes, thread_name_prefix="warden") as executor:
            try:
                yield executor
            finally:
                executor.shutdown(wait=False, cancel_futures=True)
                _end_wardens()
    finally:
        _over.clear()


def _end_wardens() -> None:
    with _lock:
        _over.set()
        left = list(_at_work)
    for child in left:
        if child.stdin:
            with suppress(OSError):
                child.stdin.close()
