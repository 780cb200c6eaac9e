"""``python -m solution``: one row per command, each a module of its own."""

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType

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


if __name__ == "__main__":
    sys.exit(main())
