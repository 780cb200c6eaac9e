"""``cycleproof build``: a generator's program becomes an artifact."""

import json
from pathlib import Path

import click

from ..artifact.build import parse_shape_option
from ..artifact.format import digest
from ..artifact.names import write_names
from ..base.files import write_whole
from ..base.text import plural, printable
from ..capture.sandbox import SANDBOXES
from .common import complete_recipe, json_option, output_option, say
from .making import Options, how_captured, is_generator, make


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--recipe",
    shell_complete=complete_recipe,
    help="Build this recipe of `solution`.  [default: best]",
)
@click.option("--shape", "shape_text", help="H,R,B.  [default: 10,16,256]")
@click.option(
    "--builds",
    type=click.IntRange(1, 100),
    help="Builds of PATH to compare.  [2; 1 if the first takes over two minutes]",
)
@click.option("--sandbox", type=click.Choice(list(SANDBOXES)), help="Insist on this one for PATH.")
@click.option(
    "--problem",
    type=click.Choice(["ours", "theirs"]),
    help="The problem module that PATH imports; `theirs` is that of its folder.  [ours]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds for one build of PATH.  [600]",
)
@output_option
@json_option
def command(
    path: Path | None,
    recipe: str | None,
    shape_text: str | None,
    builds: int | None,
    sandbox: str | None,
    problem: str | None,
    timeout: float | None,
    output: Path,
    as_json: bool,
) -> None:
    """Write the artifact OUTPUT from a recipe, or from PATH.

    PATH is a perf_takehome.py of the challenge's layout or the folder that holds one, whose
    KernelBuilder is run apart and built twice; or else an instruction dump (JSON): a list of
    bundles, or an object with "instrs". Where a dump names no "params", its shape is --shape.

    Debug slots, pauses and empty bundles are stripped and jumps re-targeted.
    """
    if path is not None and recipe:
        raise click.UsageError("PATH and --recipe exclude each other")
    if (builds or sandbox or problem) and not (path and is_generator(path)):
        raise click.UsageError("--builds, --sandbox and --problem go with a generator's PATH")
    if timeout and path and not is_generator(path):
        raise click.UsageError("--timeout goes with a recipe or a generator; a dump runs nothing")
    shape = parse_shape_option(shape_text) if shape_text else None
    made, captured = make(path, Options(recipe, shape, builds, sandbox, problem, timeout))
    write_whole(output, made.data)
    write_names(output, made.names, digest(made.stripped.program))
    removed = made.stripped.bundles_removed
    slots = made.stripped.slots_removed
    if as_json:
        figures: dict[str, str | int] = {
            "artifact": str(output),
            "cycles_as_built": made.cycles_as_built,
            "cycles": made.cycles,
            "bundles_removed": removed,
            "slots_removed": slots,
            "bundles_filled": made.stripped.bundles_filled,
        }
        if captured:
            figures |= {"builds": captured.builds, "sandbox": captured.sandbox.name}
        say(json.dumps(figures), output)
    else:
        say(
            f"{printable(str(output))}: {plural(made.cycles, 'cycle')} at {made.shape}"
            f" ({made.cycles_as_built:,} as built; {plural(removed, 'bundle')} and"
            f" {plural(slots, 'slot')} stripped), {len(made.data):,} bytes",
            output,
        )
        if made.stripped.bundles_filled:
            say(
                f"it has jump_indirect, so no bundle may move: {made.stripped.bundles_filled} that"
                " would have been stripped jump to the next one instead",
                output,
            )
        if captured:
            say(how_captured(captured, builds), output)
