"""``cycleproof show``: one artifact's schedule explained in the terminal."""

import json
from pathlib import Path

import click
from rich.console import Console

from ..analysis.summary import analyse
from ..artifact.names import load_names
from ..base.errors import Unreadable
from ..base.text import printable
from ..bundle.read import load_any
from ..view.report.schedule import print_bundle, print_schedule
from .common import Kept, artifact_argument, last_word, store_options


@click.command()
@artifact_argument
@click.option("--bundle", type=click.IntRange(0), help="Disassemble only this bundle.")
@click.option("--seed", type=int, default=0, show_default=True, help="Inputs of the run.")
@click.option("--brief", is_flag=True, help="Only why it takes the cycles that it takes.")
@store_options(again=False)
@click.option("--json", "as_json", is_flag=True, help="All figures as one JSON object.")
def command(
    artifact: Path, bundle: int | None, seed: int, brief: bool, as_json: bool, kept: Kept
) -> None:
    """Explain the schedule of ARTIFACT (default: artifacts/kernel.json).

    The figures come from the program and from one run of it. Whether it is right, `verify` says;
    the first line is what it said.
    """
    loaded = load_any(artifact)
    bundles = len(loaded.decoded.program)
    if bundle is not None and bundle >= bundles:
        raise Unreadable(f"--bundle {bundle}: the program has bundles 0..{bundles - 1}")
    if bundle is not None:
        try:
            works = analyse(loaded.decoded, seed).works_on(bundle)
        except Unreadable as error:  # a run that faults: the bundle itself can be shown
            click.echo(printable(str(error)), err=True)
            works = []
        names = load_names(artifact, loaded.decoded)
        print_bundle(loaded.decoded, bundle, works, names, Console(highlight=False), as_json)
        return
    analysis = analyse(loaded.decoded, seed)
    if as_json:
        click.echo(json.dumps(analysis.as_json(), indent=1))
    else:
        click.echo(printable(last_word(loaded, kept)))
        print_schedule(analysis, str(artifact), Console(highlight=False), brief)
