"""``cycleproof trace``: one run as a Perfetto or Chrome trace."""

from importlib import import_module
from pathlib import Path

import click

from ..analysis.summary import analyse
from ..artifact.names import load_names
from ..base.files import writing
from ..base.text import printable
from ..bundle.read import load_any
from ..view.trace.events import Writer
from ..view.trace.serve import UI, Source, serve_trace
from .common import artifact_argument, optional_output_option, say

FORMATS = {"perfetto": "perfetto", "json": "chrome"}


@click.command()
@artifact_argument
@optional_output_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="perfetto",
    help="[perfetto]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The seed of its inputs.")
@click.option("--serve", is_flag=True, help="Show it in the browser, anew after each build.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="For --serve.  [any free]")
@click.option("--ui", default=UI, show_default=True, help="For --serve: the Perfetto UI.")
def command(
    artifact: Path, output: Path | None, form: str, seed: int, serve: bool, port: int, ui: str
) -> None:
    """Write the run of ARTIFACT (default: artifacts/kernel.json) as a trace.

    One track per engine slot, counters for slots, live scratch words and memory traffic; one
    microsecond is one cycle. Open the file at https://ui.perfetto.dev.
    """
    if (output is None) != serve:
        raise click.UsageError("name one of -o FILE and --serve")
    writer: Writer = import_module(f"cycleproof.view.trace.{FORMATS[form]}").write
    if output is not None:
        _write(artifact, output, seed, writer)
    else:
        serve_trace(Source(artifact, seed, writer, ui), port, click.echo)


def _write(artifact: Path, output: Path, seed: int, writer: Writer) -> None:
    loaded = load_any(artifact)
    analysis = analyse(loaded.decoded, seed)
    names = load_names(artifact, loaded.decoded)
    with writing(output) as file:
        writer(analysis, names, file)
        size = file.tell()
    say(
        f"{printable(str(output))}: {analysis.cycles:,} cycles,"
        f" {size:,} bytes; open it at https://ui.perfetto.dev",
        output,
    )
