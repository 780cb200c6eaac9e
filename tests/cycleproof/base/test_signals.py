"""A signal waits where something is started or ended, and breaks off what lies between."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cycleproof.base import signals
from cycleproof.base.child import BARE, started
from cycleproof.base.files import temporary_folder, write_new, write_whole
from cycleproof.base.limits import aside, limited
from cycleproof.base.signals import Ended, end_by_signals, held, let_through


@pytest.fixture(autouse=True)
def _as_on_the_command_line() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in signals.SIGNALS}
    hook = sys.unraisablehook
    end_by_signals()
    yield
    sys.unraisablehook = hook
    for number, handler in before.items():
        signal.signal(number, handler)


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_ends_at_once_outside_of_such_a_block() -> None:
    with pytest.raises(Ended) as ended:
        terminate()
    assert ended.value.number == signal.SIGTERM
    terminate()  # a second one breaks nothing off


class Doomed:
    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act

    def __del__(self) -> None:
        self.act()


def signalled_in_a_destructor() -> None:
    Doomed(terminate)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        time.sleep(0.001)


def test_a_signal_that_meets_a_destructor_comes_again(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Ended) as ended:
        signalled_in_a_destructor()
    assert ended.value.number == signal.SIGTERM
    assert capfd.readouterr().err == ""


def test_nor_is_it_lost_where_it_comes_again_too_soon(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """On a busy machine the moment is over before the timer's thread is known to have started."""
    monkeypatch.setattr(signals, "MOMENT", 1e-9)
    for _ in range(20):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_by_signals()
        with pytest.raises(Ended):
            signalled_in_a_destructor()
    assert capfd.readouterr().err == ""


def test_any_other_error_of_a_destructor_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Doomed(lambda: 1 // 0)
    assert "ZeroDivisionError" in capsys.readouterr().err


def waits(done: list[str]) -> None:
    with held():
        with held():
            terminate()
            done.append("inner")
        done.append("outer")
    done.append("never")


def comes_through(done: list[str]) -> None:
    with held(), let_through():
        terminate()
        done.append("never")


def has_waited(done: list[str]) -> None:
    with held():
        terminate()
        done.append("held")
        with let_through():
            done.append("never")


@pytest.mark.parametrize(
    ("block", "does"),
    [(waits, ["inner", "outer"]), (comes_through, []), (has_waited, ["held"])],
)
def test_when_a_signal_breaks_in(block: Callable[[list[str]], None], does: list[str]) -> None:
    done: list[str] = []
    with pytest.raises(Ended):
        block(done)
    assert done == does


def test_blocks_may_end_in_the_order_in_which_they_began() -> None:
    first, inside, second = held(), let_through(), held()
    first.__enter__()
    inside.__enter__()
    second.__enter__()
    inside.__exit__(None, None, None)
    first.__exit__(None, None, None)
    terminate()  # ``second`` still holds it
    with pytest.raises(Ended):
        second.__exit__(None, None, None)


def test_another_thread_holds_nothing() -> None:
    inside, over = threading.Event(), threading.Event()

    def hold() -> None:
        with held(), let_through():
            inside.set()
            over.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    try:
        with pytest.raises(Ended):
            terminate()
    finally:
        over.set()
        thread.join()


def started_and_signalled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """The signal comes after the fork, before ``Popen`` has come back."""
    made: list[int] = []

    class Popen(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            made.append(self.pid)
            terminate()

    monkeypatch.setattr(subprocess, "Popen", Popen)
    with started([*BARE, "-c", "import time; time.sleep(600)"], tmp_path):
        pytest.fail("went on")
    return made


def test_a_child_that_has_just_started_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(Ended):
        started_and_signalled(monkeypatch, tmp_path)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert not list(tmp_path.iterdir())


@contextmanager
def signal_after_the_fork(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    fork = os.fork

    def fork_and_terminate() -> int:
        pid = fork()
        if pid:
            terminate()
        return pid

    monkeypatch.setattr(os, "fork", fork_and_terminate)
    yield
    monkeypatch.undo()


def endless() -> None:
    while True:
        pass


@pytest.mark.parametrize("way", [limited, lambda work: aside(work).__enter__()])
def test_a_fork_that_has_just_started_is_ended(
    way: Callable[[Callable[[], object]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with signal_after_the_fork(monkeypatch), pytest.raises(Ended):
        way(endless)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_whole(path, b"x"),
        lambda path: write_new(path, b"x", 0o600),
        lambda path: temporary_folder(path).__enter__(),
    ],
    ids=["whole", "new", "folder"],
)
def test_a_temporary_name_that_has_just_been_made_goes(
    write: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mkstemp", "mkdtemp"):
        make = getattr(tempfile, name)

        def made_and_signalled(
            *arguments: Any, make: Callable[..., Any] = make, **options: Any
        ) -> Any:
            made = make(*arguments, **options)
            terminate()
            return made

        monkeypatch.setattr(tempfile, name, made_and_signalled)
    with pytest.raises(Ended):
        write(tmp_path / "file")
    assert {path.name for path in tmp_path.iterdir()} <= {"file"}


def test_a_forked_child_ends_by_a_signal() -> None:
    def work() -> None:
        terminate()
        endless()

    with aside(work) as fork, pytest.raises(Exception, match=f"wait status {signal.SIGTERM}"):
        fork.result()


@pytest.mark.parametrize("deep", [False, True], ids=["fork", "fork-of-a-fork"])
def test_what_a_fork_started_ends_with_it(
    deep: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A solver has a session of its own and a folder, which only the fork knows of."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reader, writer = os.pipe()

    def works() -> None:
        with started([*BARE, "-c", "import time; time.sleep(600)"]) as child:
            os.write(writer, b"%d " % child.pid)
            child.wait()

    with aside((lambda: limited(works)) if deep else works):
        solver = int(os.read(reader, 10))
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(solver, 0)
