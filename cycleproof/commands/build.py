"""``cycleproof build``: a generator's program becomes an artifact."""

import json
from pathlib import Path

import click

from frozen.problem import JUDGED

from ..artifact import digest
from ..build import build, parse_shape_option, read_dump, run_recipe
from ..files import write_whole
from ..names import write_names
from ..text import printable


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--recipe", help="Build this recipe of `solution`.  [default: best]")
@click.option("--shape", "shape_text", help="H,R,B.  [default: 10,16,256]")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(
    path: Path | None, recipe: str | None, shape_text: str | None, output: Path, as_json: bool
) -> None:
    """Write the artifact OUTPUT from a recipe, or from PATH, an instruction dump (JSON).

    Debug slots, pauses and empty bundles are stripped and jumps re-targeted.
    """
    if path is not None and (recipe or shape_text):
        raise click.UsageError("a dump brings its own program and shape: PATH stands alone")
    if path is None:
        shape = parse_shape_option(shape_text) if shape_text else JUDGED
        dump, notes = run_recipe(recipe or "best", shape)
        for line in notes.splitlines():
            click.echo(printable(line), err=True)
    else:
        dump = read_dump(path)
    made = build(dump)
    write_whole(output, made.data)
    write_names(output, made.names, digest(made.stripped.program))
    removed = made.stripped.bundles_removed
    if as_json:
        figures = {
            "artifact": str(output),
            "cycles_as_built": made.cycles_as_built,
            "cycles": made.cycles,
            "bundles_removed": removed,
            "slots_removed": made.stripped.slots_removed,
        }
        click.echo(json.dumps(figures))
    else:
        click.echo(
            f"{printable(str(output))}: {made.cycles} cycles at {made.shape}"
            f" ({made.cycles_as_built} as built; {removed} bundles and"
            f" {made.stripped.slots_removed} slots stripped), {len(made.data)} bytes"
        )
