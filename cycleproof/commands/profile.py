"""``cycleproof profile``: where the pipeline's own time goes."""

import json
from pathlib import Path

import click
from rich.console import Console

from ..base.files import is_standard_output, write_whole
from ..base.text import printable
from ..view.profiling import flame_graph, profile
from ..view.report.profile import print_profile
from .common import OutputFile, artifact_argument, say


@click.command()
@artifact_argument
@click.option("-o", "--output", type=OutputFile(), help="Write a flame graph (HTML).")
@click.option("--json", "as_json", is_flag=True, help="The table as one JSON object.")
def command(artifact: Path, output: Path | None, as_json: bool) -> None:
    """Run the pipeline once on ARTIFACT (default: artifacts/kernel.json) and time its parts.

    The figures are of this machine and this moment; what passed is `verify`'s to say.
    """
    if output is None:
        measured = profile(artifact)
    else:
        measured, page = flame_graph(artifact)
        write_whole(output, page)
    standard_output = output is not None and is_standard_output(output)
    if as_json:
        parts = {
            name: {stage.name: stage.cost._asdict() for stage in stages}
            for name, stages in measured._asdict().items()
        }
        say(json.dumps(parts, indent=1), output)
    else:
        print_profile(measured, Console(stderr=standard_output, highlight=False))
        if output is not None:
            say(f"{printable(str(output))}: flame graph", output)
