"""The timeline as a ladder in the terminal."""

from collections.abc import Sequence

from rich.console import Console

from ...challenge.facts import BASELINE
from ..history import Rung, steps
from .tables import clean, table


def print_history(rungs: Sequence[Rung], console: Console, verbose: bool = False) -> None:
    """Print the timeline as a ladder, from the challenge's starter program down.

    ``verbose``: also the program's digest and the commit that verified it.
    """
    rows = [("starter", f"{BASELINE:,}", "", "", "the challenge's starter program", "", "")]
    rows += [
        (
            clean(rung.generator.removeprefix("solution/")),
            f"{rung.cycles:,}",
            f"{saved:,}",
            f"{share:.1%}",
            clean(rung.technique),
            rung.program_sha256[:12],
            rung.commit[:10],
        )
        for rung, (saved, share) in zip(rungs, steps(rungs), strict=True)
    ]
    columns = ("rung", "cycles", "saved", "share", "by.", "program.", "commit.")
    shown = len(columns) if verbose else columns.index("program.")
    title = "The ladder: recorded, not verified here"
    console.print(table(title, columns[:shown], [row[:shown] for row in rows]))
