"""A board in the terminal: the bars while it is judged, the tables when it is."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..evidence.wording import WORDS
from ..view.report.tables import clean, table
from .judging import Answer
from .rank import CLASSES, RANKED, Board, Entry
from .run import Watch


class Bars(Watch):
    """One bar in all with an estimate, and a line for each worker; on a terminal, on stderr."""

    def __init__(self, slots: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._all = self._progress.add_task("all", total=None)
        self._lines: list[TaskID] = [
            self._progress.add_task("", total=None, visible=False) for _ in range(slots)
        ]

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, due: int, cached: int) -> None:
        """Set the bar's length."""
        text = f"all ({cached} judged before)" if cached else "all"
        self._progress.update(self._all, description=text, total=due)

    def start(self, slot: int, name: str) -> None:
        """Show the worker's line."""
        line = self._lines[slot]
        self._progress.reset(line, description=f"  {clean(name)}", total=None, visible=True)

    def end(self, slot: int, answer: Answer) -> None:
        """Hide the worker's line; a job that is done again does not count."""
        self._progress.update(self._lines[slot], visible=False)
        if answer.base:
            self._progress.advance(self._all)


def print_board(board: Board, console: Console) -> None:
    """Print the ranking, each class for itself, then the one with final indices."""
    for verdict in CLASSES:
        entries = [entry for entry in board.entries if entry.verdict is verdict]
        if not entries:
            continue
        ranks = verdict in RANKED
        columns: tuple[str, ...] = ("cycles", "name.", "author.", "why.")
        rows: list[tuple[str, ...]]
        rows = [(_count(entry), *_told(entry, entry.reason)) for entry in entries]
        if ranks:
            columns = ("rank", "cycles", "name.", "author.", "final indices.")
            rows = [
                (str(entry.rank), _count(entry), *_told(entry, entry.indices)) for entry in entries
            ]
        console.print(table(f"{verdict}: {WORDS[verdict].means}", columns, rows))
    if board.indexed:
        rows = [
            (
                str(entry.rank),
                _count(entry),
                *_told(entry, f"{entry.verdict}; indices {entry.indices}"),
            )
            for entry in board.indexed
        ]
        columns = ("rank", "cycles", "name.", "author.", "verdict.")
        console.print(table("With final indices", columns, rows))


def _count(entry: Entry) -> str:
    return "–" if entry.cycles is None else f"{entry.cycles:,}"


def _told(entry: Entry, text: str) -> tuple[str, str, str]:
    """Name, author and remarks."""
    others = ", ".join(f"{row.name} ({row.author})" for row in entry.same)
    also = f"; the same program later: {others}" if others else ""
    note = f"; {entry.row.note}" if entry.row.note and entry.row.kind != "refused" else ""
    return clean(entry.row.name), clean(entry.row.author), clean(f"{text}{also}{note}")
