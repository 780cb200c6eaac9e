"""The tables of the studies in docs/proof.md, each between its own two markers."""

from collections.abc import Sequence

from docs.generate import ROOT, replaced, table

PAGE = ROOT / "docs" / "proof.md"


def publish(name: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], write: bool) -> None:
    """Print a table; with ``write`` also put it into the page's block ``name``."""
    text = table(head, rows)
    print(text, end="")
    if write:
        PAGE.write_text(replaced(PAGE.read_text("utf-8"), name, text), "utf-8", newline="\n")
