"""What runs in a limited child: its result, its exceptions, and each of its limits."""

import gc
import mmap
import os
import signal
from collections.abc import Callable
from types import FrameType

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.base.limits import LimitReached, aside, limited, status_of_fork

MEMORY = 2 << 30


def spin() -> None:
    while True:
        try:
            pass
        except Exception:
            continue


def refuse() -> None:
    raise Unreadable("no such thing", "look elsewhere")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_result_comes_back() -> None:
    mine = os.getpid()
    assert limited(lambda: (b"x" * 3_000_000, os.getpid() != mine)) == (b"x" * 3_000_000, True)


def test_an_exception_comes_back() -> None:
    with pytest.raises(Unreadable, match="no such thing") as caught:
        limited(refuse)
    assert caught.value.hint == "look elsewhere"


@pytest.mark.parametrize(
    ("work", "says"),
    [
        (lambda: bytearray(MEMORY), "it needs more than 2048 MiB of memory"),
        (lambda: mmap.mmap(-1, MEMORY), "it needs more than 2048 MiB of memory"),
        (spin, "it needs more than 1 s of processor time"),
        (die, "its process ended without an answer"),
        (lambda: os._exit(0), "its process ended without an answer"),
    ],
    ids=["memory", "mapped", "seconds", "killed", "silent"],
)
def test_a_limit_is_named(work: Callable[[], object], says: str) -> None:
    with pytest.raises(LimitReached, match=says):
        limited(work, memory=MEMORY, seconds=1)


def test_an_interrupted_caller_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            limited(spin, seconds=60)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("forked", [limited, status_of_fork])
def test_a_child_ends_nothing_of_its_caller(
    forked: Callable[[Callable[[], object]], object],
) -> None:
    ended = []

    class Connection:
        def __init__(self) -> None:
            self.own = self

        def __del__(self) -> None:
            ended.append(os.getpid())
            os.write(writer, b"x")

    reader, writer = os.pipe()
    gc.collect()
    gc.disable()
    try:
        Connection()
        forked(lambda: gc.collect() * 0)
    finally:
        gc.enable()
    assert ended == []
    gc.collect()
    assert ended == [os.getpid()]
    assert os.read(reader, 10) == b"x"  # the caller's, and no child's before it


def test_work_aside_goes_on_until_it_is_asked_for() -> None:
    mine = os.getpid()
    with aside(lambda: os.getpid() != mine) as work:
        assert work.result()


def test_what_work_aside_started_ends_with_it() -> None:
    def grand() -> None:
        os.write(writer, b"%d " % os.getpid())
        spin()

    def nested() -> None:
        limited(grand, seconds=60)

    reader, writer = os.pipe()
    with aside(nested):
        grandchild = int(os.read(reader, 10))
    os.close(writer)
    assert os.read(reader, 1) == b""  # the last descriptor is closed once the grandchild is gone
    with pytest.raises(ProcessLookupError):
        os.killpg(grandchild, 0)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
