"""``cycleproof export``: an artifact as one Python file, for boards that take one."""

from pathlib import Path

import click

from ..base.files import write_whole
from ..base.text import printable
from ..bundle.read import load_any
from ..challenge.export import export
from .common import named_artifact_argument, output_option, say


@click.command()
@named_artifact_argument
@output_option
def command(artifact: Path, output: Path) -> None:
    """Write ARTIFACT (or the one in a submission bundle) as one perf_takehome.py.

    OUTPUT imports the standard library only, takes at most 1,000 KB and holds a KernelBuilder that
    the challenge's own tests accept by itself. `build` of it gives the same program again.
    """
    loaded = load_any(artifact)
    data = export(loaded.decoded)
    write_whole(output, data)
    program = loaded.decoded.program_sha256
    say(f"{printable(str(output))}: {len(data):,} bytes, program {program}", output)
