"""``cycleproof schema``: the JSON Schema of the artifact, generated from the op table."""

from pathlib import Path

import click

from ..artifact.schema import schema_text
from ..base.errors import ExitCode
from ..base.files import read_regular, write_whole
from ..base.text import command_line, printable
from .common import OutputFile


@click.command()
@click.option("--check", type=click.Path(path_type=Path), help="Compare with this file.")
@click.option("-o", "--output", type=OutputFile(), help="Write to this file.")
def command(check: Path | None, output: Path | None) -> int:
    """Print the schema; or --check that a file holds it; or write it with -o."""
    text = schema_text()
    if check is not None:
        same = read_regular(check, 1 << 20).decode(errors="replace") == text
        click.echo(
            printable(f"{check}: in step")
            if same
            else printable(f"{check}: differs; run `{command_line('schema', '-o', check)}`")
        )
        return ExitCode.PASSED if same else ExitCode.FAILED
    if output is not None:
        write_whole(output, text.encode())
    else:
        click.echo(text, nl=False)
    return ExitCode.PASSED
