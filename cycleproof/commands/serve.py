"""``cycleproof serve``: the page that checks a kernel in the browser, for this machine only."""

from pathlib import Path

import click

from ..board.browser.files import check_files
from ..board.browser.serve import serve_files
from ..board.browser.vendor import HINT


@click.command()
@click.option(
    "--pyodide",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help=f"A copy of Pyodide, folder or package. {HINT}.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="0: any.  [8000]")
def command(pyodide: Path, port: int) -> None:
    """Serve the page that checks a kernel in the browser, on the loopback interface.

    The kernel stays in the browser; the frozen base that judges it is hashed there first.
    """
    serve_files(check_files(pyodide), port, click.echo)
