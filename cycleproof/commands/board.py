"""``cycleproof board``: a board's site, made from what was judged."""

from pathlib import Path

import click

from ..base.text import printable
from ..board.browser.files import check_files
from ..board.browser.vendor import HINT
from ..board.database import opened
from ..board.rank import ranked

TITLE = "Kernel board"

no_records_option = click.option(
    "--no-records", is_flag=True, help="Keep counts that others published off the site."
)


def write(
    folder: Path,
    output: Path | None,
    title: str,
    publish_kernels: bool = False,
    pyodide: Path | None = None,
    records: bool = True,
) -> Path:
    """Write the site of the board in ``folder``; return where it is.

    Raises ``Unreadable`` where there is no board or the site cannot be written, and
    ``MissingDependency``.
    """
    from ..board.site.pages import site  # says what is missing before anything is written
    from ..board.site.write import write_site

    check = check_files(pyodide) if pyodide is not None else None
    with opened(folder) as database:
        board = ranked(database.rows(), database.terms)
        files = site(
            database,
            board,
            title,
            publish_kernels=publish_kernels,
            records=records,
            check=check,
        )
    target = output or folder / "site"
    write_site(target, files)
    return target


@click.command()
@click.argument("folder", metavar="BOARD", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A folder.  [BOARD/site]")
@click.option("--title", default=TITLE, help=f"What the board is called.  [{TITLE}]")
@click.option("--publish-kernels", is_flag=True, help="Put the kernels themselves on the site too.")
@no_records_option
@click.option(
    "--pyodide",
    type=click.Path(path_type=Path, exists=True),
    help=f"Add a page that checks a kernel in the browser, from a copy of Pyodide. {HINT}.",
)
def command(
    folder: Path,
    output: Path | None,
    title: str,
    publish_kernels: bool,
    no_records: bool,
    pyodide: Path | None,
) -> None:
    """Write the static site of BOARD, the folder that `judge` keeps.

    The pages open from a file and from any host. They show verdicts, evidence and score cards; the
    kernels stay out unless --publish-kernels is given.
    """
    target = write(folder, output, title, publish_kernels, pyodide, records=not no_records)
    click.echo(f"{printable(str(target))}: open index.html")
