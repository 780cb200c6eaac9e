"""``cycleproof judge``: many submissions in, a board out."""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from ..base.errors import Unreadable
from ..base.files import is_standard_output, write_whole
from ..base.signals import Ended
from ..base.text import plural, printable, shortlist
from ..board.cluster import cluster
from ..board.database import opened
from ..board.discover import discover, hidden, passed_over
from ..board.isolation import local
from ..board.rank import ranked
from ..board.results import exit_code, results_csv, results_json, results_junit
from ..board.run import Place, judge_all
from ..board.show import Bars, print_board
from ..board.terms import read_terms
from ..capture.sources import ENTRY
from ..simulator.seeds import new_nonce
from .board import TITLE, no_records_option, write
from .common import OutputFile


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> str:
    """The time at which new submissions count as seen, in UTC to the second."""
    try:
        moment = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise click.BadParameter("expected a time such as 2026-11-26T18:00:00+00:00") from None
    if moment.tzinfo is None:
        raise click.BadParameter("name the time zone, such as +00:00 or Z")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _share(_context: click.Context, _option: click.Parameter, text: str | None) -> float:
    """``5%`` or ``0.05``."""
    try:
        share = float((text or "0").removesuffix("%")) / (100 if text and text[-1:] == "%" else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise click.BadParameter("expected a share such as 5%")
    return share


@click.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    help="The board's folder.",
)
@click.option("--terms", "terms_file", type=click.Path(path_type=Path), help="Requirements (TOML).")
@click.option("--build", is_flag=True, help="Build Python submissions too, each in a sandbox.")
@click.option("--jobs", type=click.IntRange(1, 1024), default=1, help="So many at a time.  [1]")
@click.option("--cluster", "address", help="Have it done by the Dask cluster at tcp://HOST:PORT.")
@click.option("--recheck", callback=_share, help="Repeat a share of a cluster's answers here: 5%.")
@click.option("--again", is_flag=True, help="Judge everything again.")
@click.option("--seen", callback=_moment, help="When new submissions were handed in.  [now]")
@click.option("--site", is_flag=True, help="Write the site too: OUTPUT/site.")
@click.option("--title", help=f"With --site: what the board is called.  [{TITLE}]")
@no_records_option
@click.option("--json", "as_json", is_flag=True, help="The board as JSON on stdout.")
@click.option("--csv", "csv_file", type=OutputFile(), help="Write CSV.")
@click.option("--junit", "junit_file", type=OutputFile(), help="Write JUnit XML.")
def command(
    paths: tuple[Path, ...],
    folder: Path,
    terms_file: Path | None,
    build: bool,
    jobs: int,
    address: str | None,
    recheck: float,
    again: bool,
    seen: str,
    site: bool,
    title: str | None,
    no_records: bool,
    as_json: bool,
    csv_file: Path | None,
    junit_file: Path | None,
) -> int:
    """Judge the submissions in PATHS and keep the answers in the board's folder OUTPUT.

    A path is an artifact, a bundle, an instruction dump, the folder of a generator (with --build),
    or a folder of such. What is judged already under the same terms is not judged again, so a run
    that was ended anywhere goes on where it was. The exit code is the worst of all submissions.
    """
    if recheck and address is None:
        raise click.UsageError("--recheck goes with --cluster")
    if (title or no_records) and not site:
        raise click.UsageError("--title and --no-records go with --site")
    if any(folder.resolve() == given.resolve() for given in paths):
        raise Unreadable(f"{folder}: holds the submissions; name another folder with -o")
    terms = read_terms(terms_file, build)
    submissions = discover(paths)
    start = time.monotonic()
    with ExitStack() as stack:
        database = stack.enter_context(opened(folder, make=True))
        if address is not None:
            place = stack.enter_context(cluster(address, recheck))
        else:
            place = Place(stack.enter_context(local(jobs)), jobs)
        try:
            with Bars(place.slots) as bars:
                judged = judge_all(
                    database,
                    submissions,
                    terms,
                    place,
                    seen=seen,
                    nonce=new_nonce(),
                    again=again,
                    watch=bars,
                )
        except Ended as end:
            end.hint = "what was judged is kept; the same command goes on from there"
            raise
        board = ranked(database.rows(), terms)
        document = results_json(database, board)
    files = {csv_file: results_csv(board), junit_file: results_junit(board)}
    for path, data in files.items():
        if path is not None:
            write_whole(path, data)
    written = write(folder, None, title or TITLE, records=not no_records) if site else None
    aside = any(path is not None and is_standard_output(path) for path in files)
    if as_json:
        click.echo(document, nl=False, err=aside)
    else:
        console = Console(stderr=aside)
        print_board(board, console)
        said = [
            f"{plural(len(submissions), 'submission')}, {judged} judged now in"
            f" {time.monotonic() - start:,.1f} s; kept in {printable(str(folder))}"
        ]
        if others := [printable(name) for name in passed_over(paths)]:
            said.append(
                f"passed over, as no artifact, bundle, dump or {ENTRY}: {shortlist(others)}"
            )
        for path in paths:
            if others := [printable(name) for name in hidden(path)]:
                said.append(
                    f"{printable(str(path))} holds {ENTRY}, so it is one submission; not judged by"
                    f" themselves: {shortlist(others)}; move {ENTRY} into a folder of its own"
                )
        if written:
            said.append(f"{printable(str(written))}: open index.html")
        for line in said:
            console.print(line, highlight=False, markup=False)
    return exit_code(board)
