"""The command line: one row per command; each command is one module with a ``command``."""

import os
import sys
from importlib import import_module

import click

from frozen.errors import FrozenError

from . import __version__
from .base.errors import EXIT_CODE_MEANINGS, CycleproofError, ExitCode
from .base.text import printable

COMMANDS = {
    "attest": "sign what the checks established, as in-toto statements",
    "build": "make an artifact from a recipe, a generator or an instruction dump",
    "diff": "what changed between two artifacts",
    "check-proof": "check a proof's certificate against its artifact",
    "freeze": "check or renew the pins of the frozen base",
    "hook": "verify changed artifacts and their layout, for pre-commit",
    "key": "make a key pair for attest",
    "pack": "make a submission bundle: a zip of artifact, loader, evidence, how to verify",
    "prove": "prove the program right for all inputs, or refute it",
    "history": "the timeline of verified artifacts; record one, or rebuild it from the recipes",
    "profile": "time the parts of the pipeline, with a flame graph",
    "report": "write a self-contained HTML (or Markdown) report",
    "schema": "print the JSON Schema of the artifact, or check the shipped copy",
    "show": "explain an artifact's schedule: engines, bounds, critical path, scratch, loads",
    "trace": "write a run as a Perfetto or Chrome trace, or serve it to the browser",
    "verify": "run the checks on an artifact and show the evidence",
}

_EPILOG = "Exit codes: " + " · ".join(
    f"{int(code)} {meaning}" for code, meaning in EXIT_CODE_MEANINGS.items()
)


class _Commands(click.Group):
    """Imports a command's module when it is called for; errors become one line and a code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cycleproof.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        command.short_help = COMMANDS[cmd_name]
        command.epilog = _EPILOG
        return command


@click.group(cls=_Commands, epilog=_EPILOG)
@click.version_option(__version__, prog_name="cycleproof")
def cli() -> None:
    """Verify kernels of the VLIW challenge as data, without running anyone's code."""


def main() -> None:
    """Run the command line; every expected failure is one line on stderr and an exit code."""
    try:
        status = cli.main(prog_name="cycleproof", standalone_mode=False)
    except click.exceptions.Abort:
        _end("interrupted", "", 130)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"try `{context.command_path} --help`" if context else ""
        _end(error.format_message(), hint, ExitCode.UNUSABLE)
    except CycleproofError as error:
        _end(str(error), error.hint, error.exit_code)
    except FrozenError as error:
        _end(str(error), "", ExitCode.UNUSABLE)
    except MemoryError:
        _end("out of memory before anything was settled", "", ExitCode.INCONCLUSIVE)
    except BrokenPipeError:
        # Whoever read our output has left; the interpreter must not complain at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.UNUSABLE)
    sys.exit(status if isinstance(status, int) else ExitCode.PASSED)


def _end(message: str, hint: str, status: int) -> None:
    print(f"error: {printable(message)}", file=sys.stderr)
    if hint:
        print(f"  {printable(hint)}", file=sys.stderr)
    sys.exit(status)
