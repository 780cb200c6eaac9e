"""One submission judged by a warden: the one function that every executor is given.

A warden stays from job to job, as it forks a process for each and is touched by none (see
``warden``). What is not sure of that is ended, and the next job gets a new one.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..base.child import SEEDED, end, start
from ..base.files import remove
from ..base.signals import held, let_through
from .judging import ENDED, Answer, Job
from .warden import IDLE_SECONDS

_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "0", "PATH": os.defpath}
_COMMAND = [*SEEDED, "-m", "cycleproof.board.warden"]


class _Warden:
    """A warden's process and its folder, used by one thread at a time."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cycleproof-"))
        try:
            self._child = start(_COMMAND, self._folder, _ENVIRONMENT)
        except OSError:
            remove(self._folder)
            raise
        self._since = time.monotonic()
        self.fit = True  # for another job

    @property
    def waits(self) -> bool:
        """Whether it still waits for a job: it does not wait for ever."""
        return time.monotonic() - self._since < IDLE_SECONDS / 2

    def answer(self, job: dict[str, Any]) -> dict[str, Any]:
        """The warden's answer; a warden that dies has answered too: ended, with its exit status."""
        self.fit = False
        if self._child.stdin is None or self._child.stdout is None:
            raise OSError("the warden has no pipes")
        with suppress(BrokenPipeError, ValueError):  # it ended at once, or was dismissed
            self._child.stdin.write(json.dumps(job).encode() + b"\n")
            self._child.stdin.flush()
        line = self._child.stdout.readline()
        if line:
            self.fit = self._child.stdout.readline() == b"\n"
            self._since = time.monotonic()
            answer: dict[str, Any] = json.loads(line)
            return answer
        content = Job.from_json(job).submission.content
        reason = f"its judge ended with status {self._child.wait()} before an answer"
        return Answer(content, "", {}, ENDED, reason)._asdict()

    def dismiss(self) -> None:
        """Close the warden's stdin: it ends its job, in any thread, and then itself."""
        if self._child.stdin:
            with suppress(OSError):
                self._child.stdin.close()

    def end(self) -> None:
        """End the warden and every process that it has started."""
        end(self._child)
        remove(self._folder)


_idle: list[_Warden] = []  # of this process
_at_work: set[_Warden] = set()
_lock = threading.Lock()
_over = threading.Event()  # no answer is wanted any more, also of a warden that starts just now


def isolated(job: dict[str, Any]) -> dict[str, Any]:
    """``judging.judge`` of a job in JSON, by a warden; the answer in JSON.

    Raises ``OSError`` where no process can be started.
    """
    with held():
        warden = _taken()
        try:
            with let_through():
                return warden.answer(job)
        finally:
            _leave(warden)


def _taken() -> _Warden:
    """A warden that waits, or a new one."""
    with _lock:
        warden = _idle.pop() if _idle else None
    if warden and not warden.waits:
        warden.end()
        warden = None
    warden = warden or _Warden()
    with _lock:
        _at_work.add(warden)
        if _over.is_set():
            warden.dismiss()
    return warden


def _leave(warden: _Warden) -> None:
    """It waits for the next job, if it is fit for that and there may be one."""
    with _lock:
        _at_work.discard(warden)
        stays = warden.fit and not _over.is_set()
        if stays:
            _idle.append(warden)
    if not stays:
        warden.end()


@contextmanager
def wardens() -> Iterator[None]:
    """At the end of the block none of this process is left, at work or waiting."""
    try:
        yield
    finally:
        with held():
            with _lock:
                waiting, _idle[:] = list(_idle), []
            for warden in waiting:
                warden.end()


@contextmanager
def local(processes: int) -> Iterator[ThreadPoolExecutor]:
    """An executor of so many wardens at a time on this machine; at the end none is left."""
    try:
        with wardens(), ThreadPoolExecutor(processes, thread_name_prefix="warden") as executor:
            try:
                yield executor
            finally:
                executor.shutdown(wait=False, cancel_futures=True)
                with _lock:
                    _over.set()
                    for warden in _at_work:
                        warden.dismiss()
    finally:
        _over.clear()
