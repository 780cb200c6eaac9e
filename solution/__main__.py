"""``python -m solution``: one row per command, each a module of its own."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType
from typing import NoReturn

from . import ablate, bounds, emit, ladder, listing, picture, search, superopt
from .errors import SolutionError

COMMANDS: dict[str, ModuleType] = {
    "emit": emit,
    "recipes": listing,
    "ladder": ladder,
    "ablate": ablate,
    "picture": picture,
    "bounds": bounds,
    "search": search,
    "superopt": superopt,
}
"""Each module has ``HELP``, ``add_arguments(parser)`` and ``run(arguments) -> exit status``."""


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: done. 2: wrong usage. 5: an optional dependency is missing."""
    parser = argparse.ArgumentParser(prog="python -m solution", description="the kernel compiler")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.__doc__)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except SolutionError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"error: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return 2
    return status


class _Ended(BaseException):
    """A signal asks us to end; on its way out this removes what is half written."""


def _ended(number: int, _frame: FrameType | None) -> NoReturn:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # a second one must not break off the way out
    raise _Ended(number)


def program(argv: Sequence[str] | None = None) -> int:
    """``main``, ended by a signal in one line; then 128 and the signal's number."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, _ended)
    try:
        return main(argv)
    except _Ended as end:
        print("error: interrupted", file=sys.stderr)
        return 128 + int(end.args[0])


if __name__ == "__main__":
    sys.exit(program())
