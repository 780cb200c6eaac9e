"""Tables of the terminal, by rich: colours only on a terminal, NO_COLOR honoured."""

from collections.abc import Iterable, Sequence

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from ...base.text import printable


def clean(text: str) -> str:
    """Text from a stranger's file, safe to print with rich."""
    return escape(printable(text))


def bare_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose columns after the first are right aligned, unless their name ends in a dot."""
    made = Table(show_edge=False, pad_edge=False)
    for number, column in enumerate(columns):
        left = number == 0 or column.endswith(".")
        made.add_column(
            column.removesuffix("."), justify="left" if left else "right", overflow="fold"
        )
    for row in rows:
        made.add_row(*row)
    return made


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Group:
    """A ``bare_table`` below its title."""
    return Group(f"[bold]{title}[/]", bare_table(columns, rows))
