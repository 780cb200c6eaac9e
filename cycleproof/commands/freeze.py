"""``cycleproof freeze``: the pins of the frozen base, checked or renewed."""

from pathlib import Path

import click

from ..base.errors import ExitCode, Unreadable
from ..base.files import write_whole
from ..base.git import git
from ..base.text import plural
from ..simulator.frozenbase import (
    PINS_FILE,
    SUMS,
    digests,
    installed_pins,
    read_folder,
    read_frozen,
    render_pins,
)


@click.command()
@click.option("--check", "mode", flag_value="check", help="Hold frozen/ against the pins.")
@click.option("--update", "mode", flag_value="update", help="Renew the pins, bump the version.")
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The folder that holds frozen/.  [this folder]",
)
def command(mode: str | None, project: Path) -> int:
    """Check that frozen/ is the pinned base, or, as its maintainer, pin it anew."""
    folder = project / "frozen"
    if mode and not folder.is_dir():
        raise Unreadable(f"{folder}: no frozen base", "--project names the folder that holds it")
    if mode == "check":
        base = read_frozen(folder)
        click.echo(
            f"{folder}: frozen {base.version}, {plural(len(base.pins), 'file')}, {base.digest}"
        )
    elif mode == "update":
        _update(project)
    else:
        raise click.UsageError("name one of --check and --update")
    return ExitCode.PASSED


def _update(project: Path) -> None:
    status = git(project, "status", "--porcelain")
    if status.returncode:
        raise Unreadable(f"{project}: not a git checkout; pins are renewed in one")
    if status.stdout.strip():
        raise Unreadable(
            f"{project}: the working tree is dirty", "commit the change to frozen/ first"
        )
    old_version, old_pins = installed_pins()
    pins = digests(read_folder(project / "frozen"))
    if pins == old_pins:
        click.echo(f"frozen {old_version}: nothing changed")
        return
    version = str(int(old_version) + 1)
    text = render_pins(version, pins).encode()
    write_whole(project / "frozen" / SUMS, text)
    write_whole(project / "cycleproof" / "simulator" / PINS_FILE, text)
    click.echo(
        f"frozen {version}: {plural(len(pins), 'file')} pinned; commit {SUMS} and {PINS_FILE}"
    )
