"""Tables in the documentation, each between its own two markers; those of studies are published."""

from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "studies.md"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [head, ("---",) * len(head), *rows]
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def _cut(text: str, name: str) -> tuple[str, str, str]:
    """What is before, between and after ``<!-- generated: NAME -->`` and ``<!-- end -->``."""
    begin, end = f"<!-- generated: {name} -->\n", "<!-- end -->"
    before, found, rest = text.partition(begin)
    inside, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"error: no block {begin.strip()} … {end}")
    return before + begin, inside, end + after


def block(text: str, name: str) -> str:
    """The block of a page called ``name``, without its markers."""
    return _cut(text, name)[1]


def replaced(text: str, name: str, part: str) -> str:
    """``text`` with the block called ``name`` renewed."""
    before, _, after = _cut(text, name)
    return before + part + after


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
