"""The tables of the studies in the documentation, each between its own two markers."""

from collections.abc import Sequence
from pathlib import Path

from docs.generate import ROOT, replaced, table

PAGE = ROOT / "docs" / "studies.md"


def publish(
    name: str,
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    write: bool,
    page: Path = PAGE,
) -> None:
    """Print a table; with ``write`` also put it into the block of ``page`` called ``name``."""
    text = table(head, rows)
    print(text, end="")
    if write:
        page.write_text(replaced(page.read_text("utf-8"), name, text), "utf-8", newline="\n")
