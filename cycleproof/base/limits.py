"""Work on a stranger's program in a child with limits on memory and processor time.

The child is a fork: it starts at once, imports nothing, and shares no folder or file with anyone.
"""

import errno
import gc
import os
import pickle
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from resource import RLIM_INFINITY
from types import FrameType
from typing import Any, Generic, NoReturn, TypeVar

from .signals import Ended, default_signals, held, let_through, signals_of_a_fork

MEMORY_LIMIT = 3 << 30  # bytes of address space
SECONDS_LIMIT = 600  # of the processor; proof and check have a budget instead (`budget.py`)
UNWINDING = 0.7  # seconds of the clock for a child that is told to end
GRACE = 10  # seconds more, for a child that does not wind up when its time is spent

Result = TypeVar("Result")


class LimitReached(Exception):
    """The child reached a limit, or died; the message says which. Never a verdict."""


class TimeSpent(LimitReached):
    """The child has used its ``seconds`` of the processor."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"it needs more than {self.seconds} s of processor time"


class _Spent(BaseException):
    """The processor time is spent; no handler of ``Exception`` may swallow it."""


def limited(
    work: Callable[[], Result], *, memory: int = MEMORY_LIMIT, seconds: int = SECONDS_LIMIT
) -> Result:
    """``work()``, run in a forked child; its result comes back pickled, or its exception.

    ``memory``: bytes of address space. ``seconds``: of the processor. Raises ``LimitReached``.
    """
    with _forked(work, memory, seconds) as fork:
        return fork.result()


def aside(work: Callable[[], Result]) -> AbstractContextManager["Fork[Result]"]:
    """``work()`` in a forked child that starts with the block; its ``result`` waits for it.

    The child has a process group of its own, which is ended with the block.
    """
    return _forked(work, RLIM_INFINITY, RLIM_INFINITY, apart=True)


def status_of_fork(work: Callable[[], int]) -> int:
    """The wait status of a forked child: it does ``work`` and exits with what that returns, or 1.

    Unlike ``limited`` it takes no word of the child's.
    """
    child = os.fork()
    if child == 0:
        gc.freeze()
        status = 1
        try:
            status = work()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


@contextmanager
def _forked(
    work: Callable[[], Result], memory: int, seconds: int, apart: bool = False
) -> Iterator["Fork[Result]"]:
    with held():
        fork = Fork(work, memory, seconds, apart)
        try:
            with let_through():
                yield fork
        finally:
            fork.stop()


class Fork(Generic[Result]):
    """A child that works, and its answer."""

    def __init__(self, work: Callable[[], Result], memory: int, seconds: int, apart: bool) -> None:
        self._memory, self._seconds, self._apart = memory, seconds, apart
        self._reader, writer = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            if apart:
                os.setpgid(0, 0)
            os.close(self._reader)
            _run(work, writer, memory, seconds)
        if apart:
            with suppress(OSError):  # the child does it too; whoever comes first
                os.setpgid(self._child, self._child)
        os.close(writer)
        self._ended = False

    def stop(self) -> None:
        """End the child, whether it is done or not, and all of its group; may be called twice."""
        if self._ended:
            return
        self._ended = True
        if self._reader >= 0:
            os.close(self._reader)
        kill = os.killpg if self._apart else os.kill
        with suppress(ProcessLookupError):
            kill(self._child, signal.SIGTERM)
        reaped = self._reaped()
        if self._apart or not reaped:
            with suppress(ProcessLookupError, PermissionError):
                kill(self._child, signal.SIGKILL)
        if not reaped:
            os.waitpid(self._child, 0)

    def _reaped(self) -> bool:
        """Whether the child has ended in time; it ends what it started and removes its folders."""
        end = time.monotonic() + UNWINDING
        while time.monotonic() < end:
            if os.waitpid(self._child, os.WNOHANG)[0]:
                return True
            time.sleep(0.01)
        return False

    def result(self) -> Result:
        """What ``work`` answered, or its exception. Raises ``LimitReached`` if it died."""
        reader, self._reader = self._reader, -1
        with os.fdopen(reader, "rb") as answers:
            data = answers.read()
        with held():
            status = os.waitpid(self._child, 0)[1]
            self._ended = True
        answer: tuple[str, Any] = ("", None)
        if data and not status:
            answer = pickle.loads(data)  # noqa: S301 - our own process wrote it
        name = answer[0]
        if name == "result":
            result: Result = answer[1]
            return result
        if name == "raised":
            error: Exception = answer[1]
            raise error
        if name == "memory":
            raise LimitReached(f"it needs more than {self._memory >> 20} MiB of memory")
        if name == "seconds" or status == signal.SIGXCPU:
            raise TimeSpent(_in_force(resource.RLIMIT_CPU, self._seconds))
        raise LimitReached(f"its process ended without an answer (wait status {status})")


def _run(work: Callable[[], Any], writer: int, memory: int, seconds: int) -> NoReturn:
    """The child: never returns, flushes nothing of the parent's; a signal unwinds only ``work``.

    Nor does it end what the parent has not collected yet, such as a connection: its threads, which
    that would wait for, are not here.
    """
    gc.freeze()
    try:
        answer = _answer(work, memory, seconds)
        default_signals()
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        with os.fdopen(writer, "wb") as out:
            out.write(_pickled(answer))
    except Ended as ended:
        signal.signal(ended.number, signal.SIG_DFL)
        os.kill(os.getpid(), ended.number)
        os._exit(1)
    except BaseException:
        os._exit(1)
    os._exit(0)


def _answer(work: Callable[[], Any], memory: int, seconds: int) -> tuple[str, Any]:
    try:
        signals_of_a_fork()
        signal.signal(signal.SIGXCPU, _spent)
        _lower(resource.RLIMIT_CORE, 0)
        _lower(resource.RLIMIT_AS, memory)
        _lower(resource.RLIMIT_CPU, seconds, GRACE)
        return ("result", work())
    except _Spent:
        return ("seconds", None)
    except MemoryError:
        return ("memory", None)
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return ("memory", None)
        return ("raised", error)


def _pickled(answer: tuple[str, Any]) -> bytes:
    try:
        return pickle.dumps(answer)
    except MemoryError:
        return pickle.dumps(("memory", None))


def _spent(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Spent


def _in_force(what: int, wanted: int) -> int:
    """The soft limit of a child: what is wanted, or less where this process may not use more."""
    limits = {wanted, resource.getrlimit(what)[0]} - {RLIM_INFINITY}
    return min(limits, default=RLIM_INFINITY)


def _lower(what: int, soft: int, more: int = 0) -> None:
    """Set a limit, never above one that is in force."""
    if soft == RLIM_INFINITY:
        return
    for_now, for_good = resource.getrlimit(what)
    soft, hard = (
        wanted if now == resource.RLIM_INFINITY else min(wanted, now)
        for wanted, now in ((soft, for_now), (soft + more, for_good))
    )
    resource.setrlimit(what, (min(soft, hard), hard))
