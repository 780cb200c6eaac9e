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
from ..evidence.policy import Requirements
from ..simulator.frozenbase import folder_for, read_frozen
from ..view.report.terminal import print_evidence
from .common import requirements_options, tell


@click.command()
@click.argument("artifacts", type=click.Path(path_type=Path), nargs=-1)
@requirements_options(gate=True)
def command(artifacts: tuple[Path, ...], requirements: Requirements) -> int:
    """Verify each of ARTIFACTS, and hold its file to the canonical layout, byte for byte.

    The judged shape is demanded unless --any-shape is given. Each is looked at, also after one
    that cannot be used; the exit code is the worst of all.
    """
    return worst([_answer(path, requirements) for path in artifacts])


def _answer(path: Path, requirements: Requirements) -> ExitCode:
    try:
        subject = Subject(load(path), read_frozen(folder_for(path)))
        evidence = verify(subject, requirements=requirements)
    except (CycleproofError, FrozenError) as error:
        return tell(error)
    print_evidence(evidence, path, Console())
    if is_canonical(subject.artifact):
        return evidence.exit_code
    click.echo(f"{printable(str(path))}: not as `cycleproof build` lays it out", err=True)
    return worst([evidence.exit_code, ExitCode.FAILED])
