"""A board as data: JSON, CSV and JUnit, the same bytes for the same board."""

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree

from ..base.errors import ExitCode, worst
from ..base.text import printable
from ..evidence.wording import WORDS, Word
from .database import Database
from .rank import Board, Entry

FORMAT = "cycleproof-board/1"
COLUMNS = (
    "board",
    "verdict",
    "rank",
    "author_rank",
    "cycles",
    "name",
    "author",
    "first_seen",
    "indices",
    "program_sha256",
    "same_program",
    "reason",
)
_TAGS = {Word.PROVED: "", Word.TESTED: "", Word.FAILED: "failure"}  # else "error"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row_of(entry: Entry, board: str) -> dict[str, Any]:
    """One entry's row, by ``COLUMNS``."""
    return {
        "board": board,
        "verdict": str(entry.verdict),
        "rank": entry.rank,
        "author_rank": entry.author_rank,
        "cycles": entry.cycles,
        "name": entry.row.name,
        "author": entry.row.author,
        "first_seen": entry.row.seen,
        "indices": entry.indices,
        "program_sha256": entry.program,
        "same_program": [{"name": row.name, "author": row.author} for row in entry.same],
        "reason": printable(entry.reason),
    }


def _rows(board: Board) -> list[dict[str, Any]]:
    boards = {"all": board.entries, "final indices": board.indexed}
    return [row_of(entry, name) for name, entries in boards.items() for entry in entries]


def results_json(database: Database, board: Board) -> bytes:
    """The board as JSON: what it was judged under, and the rows of both rankings."""
    document = {"format": FORMAT, **database.about, "rows": _rows(board)}
    return (json.dumps(document, indent=1) + "\n").encode("ascii")


def results_csv(board: Board) -> bytes:
    """The board as CSV (RFC 4180). A text that a spreadsheet would run is quoted with ``'``."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(board):
        same = "; ".join(f"{each['name']} ({each['author']})" for each in row["same_program"])
        writer.writerow([_cell({**row, "same_program": same}[column]) for column in COLUMNS])
    return out.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def results_junit(board: Board) -> bytes:
    """One test case for each submission: FAILED fails, OPEN and REFUSED are errors."""
    cases = [(entry, row) for entry in board.entries for row in (entry.row, *entry.same)]
    kinds = [_TAGS.get(entry.verdict, "error") for entry, _ in cases]
    suite = ElementTree.Element(
        "testsuite",
        name="cycleproof board",
        tests=str(len(cases)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
    )
    for (entry, row), tag in zip(cases, kinds, strict=True):
        case = ElementTree.SubElement(suite, "testcase", classname=row.author, name=row.place)
        text = printable(f"{entry.verdict}: {entry.reason}")
        if tag:
            ElementTree.SubElement(case, tag, message=text)
        ElementTree.SubElement(case, "system-out").text = text
    for element in suite.iter():
        for key, value in element.attrib.items():
            element.set(key, printable(value))
    ElementTree.indent(suite)
    body: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def exit_code(board: Board) -> ExitCode:
    """The worst of all submissions, as ``hook`` answers."""
    return worst(WORDS[entry.verdict].code for entry in board.entries)
