"""``cycleproof report``: the evidence and the schedule as one file for people."""

from pathlib import Path

import click

from frozen.problem import JUDGED

from ..analysis.summary import analyse
from ..artifact.names import load_names
from ..base.errors import Unreadable
from ..base.files import read_regular, write_whole
from ..base.text import printable
from ..bundle.read import load_any
from ..evidence.next_step import last_lines
from ..evidence.wording import headline
from ..view.history import read_history
from ..view.report.markdown import markdown
from .common import (
    Kept,
    artifact_argument,
    evidence_for,
    evidence_option,
    nonce_option,
    output_option,
    say,
    store_options,
)

MAX_SAID = 1 << 16


def _one_line(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    if text is not None and not (text.isprintable() and len(text) <= 40):
        raise click.BadParameter("expected at most 40 characters in one line")
    return text


def _text(path: Path) -> str:
    try:
        return read_regular(path, MAX_SAID).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Unreadable(f"{path}: not UTF-8 text") from None


@click.command()
@artifact_argument
@output_option
@click.option("--format", "form", type=click.Choice(["html", "md"]), default="html", help="[html]")
@click.option(
    "--history",
    "history_file",
    type=click.Path(path_type=Path),
    help="A timeline to show: a file that `history` keeps.",
)
@click.option("--date", callback=_one_line, help="Date to show, in any form.  [none]")
@click.option(
    "--said",
    "said_file",
    type=click.Path(path_type=Path),
    help="A text file with the author's own words, for HTML.",
)
@evidence_option
@nonce_option
@store_options(again=True)
def command(
    artifact: Path,
    output: Path,
    form: str,
    history_file: Path | None,
    date: str | None,
    said_file: Path | None,
    evidence_file: Path | None,
    nonce: bytes | None,
    kept: Kept,
) -> int:
    """Write what is known of ARTIFACT (default: artifacts/kernel.json) to OUTPUT.

    The HTML file opens offline and loads nothing. --said puts the author's words in it, marked as
    such; they are text and never markup. With --evidence or --nonce it is the same, byte
    for byte, each time. The timeline of --history is shown as recorded: nothing in it is
    verified here.
    """
    if form == "md" and (date or said_file or history_file):
        raise click.UsageError("--date, --said and --history go with --format html")
    if form == "html":
        from ..view.report.html import report_page  # says what is missing before the checks run
    loaded = load_any(artifact)
    if history_file and loaded.decoded.shape != JUDGED:
        raise click.UsageError(
            f"a timeline is of {JUDGED}; this kernel is of {loaded.decoded.shape}:"
            " leave out --history"
        )
    said = _text(said_file) if said_file else ""
    rungs = read_history(history_file) if history_file else []
    evidence = evidence_for(loaded, evidence_file, kept, nonce)
    if form == "html":
        page = report_page(
            analyse(loaded.decoded),
            evidence,
            load_names(artifact, loaded.decoded),
            rungs,
            artifact.name,
            date or "",
            said,
        )
    else:
        page = markdown(evidence, artifact.name).encode()
    write_whole(output, page)
    say(headline(evidence).line, output)
    say(f"{printable(str(output))}: {len(page):,} bytes", output)
    for line in last_lines(evidence, artifact):
        say(line, output)
    return evidence.exit_code
