"""The signals that ask us to end: they unwind the stack, but not between a start and its end.

A handler in Python runs between any two steps of the main thread: also after a process has been
started and before anything knows of it, or while a folder is being removed. So whatever must not
be left behind is started and ended inside ``held()``, and is used inside ``let_through()``.

A handler also runs within destructors and callbacks of weak references, whose exceptions Python
only reports (``sys.unraisablehook``): what was raised there is raised again a moment later.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer, current_thread, main_thread

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MOMENT = 0.01  # seconds


class _State:
    depth = 0  # of ``held`` blocks around the main thread, the only one in which handlers run
    came = 0  # the signal that waits for their end


class Ended(BaseException):
    """A signal asks us to end; on its way out this ends child processes and removes files."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.hint = ""  # whoever keeps what was done so far says how to go on


def end_by_signals() -> None:
    """From now on a signal raises ``Ended`` in the main thread, but for those ignored already."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, _end)
    sys.unraisablehook = _not_raised


def signals_of_a_fork() -> None:
    """In a forked child: no block of the parent holds a signal; it unwinds what the child does."""
    _State.depth = 0
    _raise_what_came()


def default_signals() -> None:
    """In a forked child: signals end it, as they end a process that knows nothing of this room."""
    for number in SIGNALS:
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def held() -> Iterator[None]:
    """Signals wait until the end of the block; then ``Ended`` is raised."""
    if current_thread() is not main_thread():
        yield
        return
    _State.depth += 1
    try:
        yield
    finally:
        _State.depth -= 1
        _raise_what_came()


@contextmanager
def let_through() -> Iterator[None]:
    """The part of the innermost ``held`` block that a signal may break off, unless another holds.

    A signal that has waited for it breaks it off at once.
    """
    if current_thread() is not main_thread():
        yield
        return
    _State.depth -= 1
    try:
        _raise_what_came()
        yield
    finally:
        _State.depth += 1


def _raise_what_came() -> None:
    if _State.came and not _State.depth:
        number, _State.came = _State.came, 0
        raise Ended(number)


def _end(number: int, _frame: object) -> None:
    """The first signal ends us. A second one must not break off what the first one has begun."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # unlike a handler, it stays to the interpreter's end
    if _State.depth:
        _State.came = number
        return
    raise Ended(number)


def _not_raised(report: "sys.UnraisableHookArgs") -> None:
    """What Python cannot raise where it is: ``Ended`` comes again, all else is reported."""
    error = report.exc_value
    if isinstance(error, Ended):
        _send_again(error.number, MOMENT)
        return
    # So Python tells of a second signal that came before the first one had it ignored.
    if not (isinstance(error, OSError) and "ignored due to race condition" in str(error)):
        sys.__unraisablehook__(report)


def _send_again(number: int, moment: float) -> None:
    """Send the signal in a moment; in a longer one if it comes before we return from here."""
    try:
        signal.signal(number, _end)
        Timer(moment, os.kill, (os.getpid(), number)).start()
    except Ended:
        _send_again(number, 2 * moment)
