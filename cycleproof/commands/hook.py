"""``cycleproof hook``: what pre-commit calls with the artifacts that a commit changes."""

from pathlib import Path

import click
from rich.console import Console

from ..artifact.format import is_canonical, load
from ..base.errors import ExitCode
from ..base.text import printable
from ..checks import Subject
from ..checks.verify import verify
from ..simulator.base import folder_for, read_frozen
from ..view.report.terminal import print_evidence


@click.command()
@click.argument("artifacts", type=click.Path(path_type=Path), nargs=-1)
def command(artifacts: tuple[Path, ...]) -> int:
    """Verify each of ARTIFACTS, and hold its file to the canonical layout, byte for byte."""
    worst = ExitCode.PASSED
    for path in artifacts:
        subject = Subject(load(path), read_frozen(folder_for(path)))
        evidence = verify(subject)
        print_evidence(evidence, str(path), Console())
        worst = max(worst, evidence.exit_code)
        if not is_canonical(subject.artifact):
            click.echo(f"{printable(str(path))}: not as `cycleproof build` lays it out", err=True)
            worst = max(worst, ExitCode.FAILED)
    return worst
