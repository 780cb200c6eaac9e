"""``cycleproof hook``: what pre-commit calls with the artifacts that a commit changes."""

from pathlib import Path

import click
from rich.console import Console

from frozen.errors import FrozenError

from ..artifact.format import is_canonical, load
from ..base.errors import CycleproofError, ExitCode, worst
from ..base.text import printable
from ..checks import Subject
from ..checks.verify import verify
from ..simulator.base import folder_for, read_frozen
from ..view.report.terminal import print_evidence


@click.command()
@click.argument("artifacts", type=click.Path(path_type=Path), nargs=-1)
def command(artifacts: tuple[Path, ...]) -> int:
    """Verify each of ARTIFACTS, and hold its file to the canonical layout, byte for byte.

    Each is looked at, also after one that cannot be used; the exit code is the worst of all.
    """
    return worst([_answer(path) for path in artifacts])


def _answer(path: Path) -> ExitCode:
    try:
        subject = Subject(load(path), read_frozen(folder_for(path)))
        evidence = verify(subject)
    except CycleproofError as error:
        click.echo(f"error: {printable(str(error))}", err=True)
        if error.hint:
            click.echo(f"  {printable(error.hint)}", err=True)
        return error.exit_code
    except FrozenError as error:
        click.echo(f"error: {printable(str(error))}", err=True)
        return ExitCode.UNUSABLE
    print_evidence(evidence, str(path), Console())
    if is_canonical(subject.artifact):
        return evidence.exit_code
    click.echo(f"{printable(str(path))}: not as `cycleproof build` lays it out", err=True)
    return worst([evidence.exit_code, ExitCode.FAILED])
