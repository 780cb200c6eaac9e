"""The command line: one row per command; each command is one module with a ``command``."""

import atexit
import gc
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

import click

from frozen.errors import FrozenError

from .base import lean  # noqa: F401 - see there
from .base.errors import EXIT_CODE_MEANINGS, CycleproofError, ExitCode
from .base.signals import Ended, end_by_signals
from .base.text import IN_PLAIN, printable
from .base.version import __version__
from .evidence.wording import unjudged

COMMAND_GROUPS = {
    "make": {
        "build": "make an artifact from a recipe, a generator or an instruction dump",
    },
    "check": {
        "verify": "run the checks on an artifact and show the evidence",
        "prove": "prove the program right for all inputs, or refute it",
        "check-proof": "check a proof's certificate against its artifact",
        "judge": "judge many submissions and keep a board of them",
        "hook": "verify changed artifacts and their layout, for pre-commit",
        "freeze": "check or renew the pins of the frozen base",
    },
    "explain": {
        "show": "explain an artifact's schedule: engines, bounds, critical path, scratch, loads",
        "diff": "what changed between two artifacts",
        "trace": "write a run as a Perfetto or Chrome trace, or serve it to the browser",
        "report": "write a self-contained HTML (or Markdown) report",
        "history": "the timeline of verified artifacts; record one, or rebuild it from the recipes",
        "profile": "time the parts of the pipeline, with a flame graph",
        "serve": "serve the page that checks a kernel in the browser, to this machine",
        "board": "write the static site of a board that `judge` keeps",
        "schema": "print the JSON Schema of the artifact, or check the shipped copy",
    },
    "hand over": {
        "submit": "make all that is handed over, from a builder, a dump or an artifact",
        "pack": "make a submission bundle: a zip of artifact, loader, evidence, how to verify",
        "card": "sign a score card: cycles and what was proved, without the kernel",
        "export": "write an artifact as one perf_takehome.py, for boards that take one file",
        "key": "make a key pair for attest and card",
        "attest": "sign what the checks established, as in-toto statements",
    },
}
COMMANDS = {name: text for rows in COMMAND_GROUPS.values() for name, text in rows.items()}

# A large program is millions of lists. To look for garbage among them takes a tenth of the time.
GARBAGE = 100_000
READER_LEFT = 128 + signal.SIGPIPE
_EXIT_CODES = [
    *((str(int(code)), meaning) for code, meaning in EXIT_CODE_MEANINGS.items()),
    ("128 + N", "ended by signal N: 130 Ctrl-C, 143 SIGTERM, 141 closed pipe"),
]
_EPILOG = "Exit codes: `cycleproof --help` lists them."


class _Commands(click.Group):
    """Imports a command's module when it is called for; errors become one line and a code."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Also where the reader of the output leaves, as ``head`` does."""
        with _reader_may_leave():
            return super().make_context(info_name, args, parent, **extra)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A name that there is not ends with the closest that there are."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            close = get_close_matches(name, COMMANDS)
            close.sort(key=lambda command: abs(len(command) - len(name)))
            hint = f"did you mean {' or '.join(close)}?" if close else "--help lists them"
            ctx.fail(f"no command {name!r}: {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by group."""
        for title, rows in COMMAND_GROUPS.items():
            with formatter.section(title.capitalize()):
                formatter.write_dl(list(rows.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The exit codes."""
        with formatter.section("Exit codes"):
            formatter.write_dl(_EXIT_CODES)

    def invoke(self, ctx: click.Context) -> Any:
        """Also where the reader of the output leaves."""
        with _reader_may_leave():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the groups."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, from its module; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cycleproof.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        command.short_help = COMMANDS[cmd_name]
        command.epilog = _EPILOG
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="cycleproof")
def cli() -> None:
    """Verify kernels of the VLIW challenge, as data.

    To hand yours over: `cycleproof submit FILE`. To check one that you were given:
    `cycleproof verify FILE`. Only `build`, `submit` and `judge --build` run an author's Python,
    in a sandbox.
    """


def main() -> None:
    """Run the command line; every expected failure is one line on stderr and an exit code."""
    end_by_signals()
    gc.set_threshold(GARBAGE)
    atexit.register(gc.freeze)  # what ends has no need of it: a tenth of a short command
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=IN_PLAIN)  # a terminal may lack our characters
    try:
        status = cli.main(prog_name="cycleproof", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except Ended as end:
        _end("interrupted", end.hint, 128 + end.number)
    except RuntimeError as error:  # Python 3.11 makes one of whatever meets a ``__set_name__``
        if not isinstance(error.__cause__, Ended):
            raise
        _end("interrupted", "", 128 + error.__cause__.number)
    except click.exceptions.Abort:
        _end("interrupted", "", 128 + signal.SIGINT)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        _leave(ExitCode.UNUSABLE)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"try `{context.command_path} --help`" if context else ""
        _end(error.format_message(), hint, ExitCode.UNUSABLE)
    except (CycleproofError, FrozenError) as error:
        said = unjudged(error)
        _say(said.line, said.hint)
        _leave(said.code)
    except MemoryError:
        _end("out of memory before anything was settled", "", ExitCode.INCONCLUSIVE)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else "cannot write: "
        _end(f"{where}{error.strerror}", "", ExitCode.UNUSABLE)
    sys.exit(status if isinstance(status, int) else ExitCode.PASSED)


def _end(message: str, hint: str, status: int) -> NoReturn:
    _say(f"error: {printable(message)}", printable(hint))
    _leave(status)


def _say(line: str, hint: str) -> None:
    with suppress(OSError):
        print(line, file=sys.stderr)
        if hint:
            print(f"  {hint}", file=sys.stderr)


def _leave(status: int) -> NoReturn:
    """Exit; what cannot be written any more is dropped, or the interpreter complains at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(status)


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Exit as a shell's own tools do where the reader of our output has left (``| head -1``).

    Click and rich each end with status 1 then, which says that a check failed.
    """
    try:
        yield
    except BrokenPipeError:
        _leave(READER_LEFT)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            _leave(READER_LEFT)
        raise
