"""The pages of a board. Names, authors and reasons are strangers' text: escaped, never markup.

No page holds a kernel, or anything that a kernel could be read back from, unless that is asked
for: the challenge's authors ask people not to publish solutions.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frozen.problem import JUDGED

from ...analysis.summary import analyse
from ...artifact.format import LoadedArtifact, decode
from ...challenge.facts import RECORDS, THRESHOLDS
from ...evidence.leftovers import left_behind
from ...evidence.wording import WORDS, Word, meaning
from ...view.assets import asset, style
from ...view.badge import COLOURS
from ...view.templates import Environment, Markup, environment_of
from ..database import Database, Row
from ..rank import CLASSES, RANKED, Board, Entry
from ..results import results_csv, results_json
from .card import card
from .chart import Known, day, record_chart

# Counts at the judged shape that readers know, to put a kernel's beside.
_KNOWN = (
    *(Known(record.cycles, record.described) for record in RECORDS),
    Known(THRESHOLDS[0].cycles, THRESHOLDS[0].described),
)
_PACKAGE = "cycleproof.board.site"
FEED_ENTRIES = 50
MARKER = "results.json"
# All that a site can have at its top, by whatever options.
PARTS = frozenset({MARKER, "results.csv", "index.html", "feed.xml", "entries", "check"})


def _environment() -> Environment:
    made = environment_of(_PACKAGE)
    made.globals |= {"day": day, "words": WORDS, "ranked": RANKED, "colours": COLOURS}
    made.filters["count"] = lambda value: "–" if value is None else f"{value:,}"
    return made


def page_name(row: Row) -> str:
    """The name of a submission's files: hexadecimal, nothing of a stranger's."""
    return hashlib.sha256(f"{row.place}\0{row.content}".encode()).hexdigest()[:16]


def site(
    database: Database,
    board: Board,
    title: str,
    *,
    publish_kernels: bool = False,
    records: bool = True,
    check: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Every file of the site, by its path.

    ``records``: whether counts that others published are shown beside those of the judged shape.
    ``check``: the files of the page that checks a kernel.
    """
    environment = _environment()
    shown = {entry.row.id: entry for entry in board.entries}
    pages = {number: page_name(entry.row) for number, entry in shown.items()}
    terms = database.terms
    known = _KNOWN if records and terms.shape == JUDGED else ()
    css, script = style(_PACKAGE, "board.css"), asset(_PACKAGE, "board.js")
    common = {
        "board_title": title,
        "about": database.about,
        "terms": terms.describe(),
        "shape": terms.shape or "any shape",
        "style": Markup(css),
        "script": Markup(script),
        "policy": f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(script)}'",
        "pages": pages,
        "check": bool(check),
    }
    files = {
        "results.json": results_json(database, board),
        "results.csv": results_csv(board),
        "index.html": _render(
            environment,
            "index.html.j2",
            common
            | {
                "board": board,
                "groups": _groups(board, known),
                "chart": record_chart(board.entries, known, pages),
            },
        ),
        "feed.xml": _render(
            environment,
            "feed.xml.j2",
            {"title": title, "id": _feed_identity(board), "items": _items(board)},
        ),
    }
    files |= {f"check/{name}": data for name, data in (check or {}).items()}
    for entry in shown.values():
        name = f"entries/{pages[entry.row.id]}"
        artifact = database.artifact(entry.row.content) if publish_kernels else None
        details = common | _told(entry) | {"name": pages[entry.row.id], "published": artifact}
        files[f"{name}.html"] = _render(environment, "entry.html.j2", details)
        files[f"{name}.badge.svg"] = _render(environment, "badge.svg.j2", {"entry": entry})
        files[f"{name}.card.svg"] = card(entry, database.about)
        if entry.row.evidence is not None:
            files[f"{name}.evidence.json"] = entry.row.evidence.encode()
        if artifact is not None:
            files[f"{name}.kernel.json"] = artifact
            files |= _report(name, entry, artifact)
    return files


def _told(entry: Entry) -> dict[str, Any]:
    """An entry, and what its evidence means in the sentences of every report."""
    evidence = entry.row.evidence
    if evidence is None:
        return {"entry": entry, "means": f"{WORDS[entry.verdict].means.capitalize()}."}
    return {
        "entry": entry,
        "means": meaning(evidence),
        "left_behind": left_behind(evidence.final_indices, evidence.forest),
    }


def _report(name: str, entry: Entry, artifact: bytes) -> dict[str, bytes]:
    """The whole report of a published kernel; its schedule can be read back from it."""
    from ...view.report.html import report_page

    if entry.row.evidence is None:
        return {}
    path = Path(f"{name}.kernel.json")
    loaded = LoadedArtifact(path, artifact, decode(artifact, path.name))
    page = report_page(analyse(loaded.decoded), entry.row.evidence, None, [], path.name)
    return {f"{name}.report.html": page}


def _render(environment: Environment, name: str, context: Mapping[str, Any]) -> bytes:
    return environment.get_template(name).render(context).encode()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _groups(board: Board, known: Sequence[Known]) -> dict[str, dict[Word, list[Entry | Known]]]:
    """The rows of both boards by class, empty classes left out; published counts among them."""
    groups: dict[str, dict[Word, list[Entry | Known]]] = {}
    for name, entries in {"all": board.entries, "indices": board.indexed}.items():
        groups[name] = {}
        for verdict in CLASSES:
            found: list[Entry | Known] = [e for e in entries if e.verdict is verdict]
            if found and verdict is Word.PROVED and name == "all":
                found = sorted([*found, *known], key=lambda row: row.cycles or 0)
            if found:
                groups[name][verdict] = found
    return groups


def _identity(row: Row, *of: str) -> uuid.UUID:
    """A name for a submission, or for what is said ``of`` it, that never changes."""
    return uuid.uuid5(uuid.NAMESPACE_OID, json.dumps([*of, row.place, row.content]))


def _feed_identity(board: Board) -> uuid.UUID:
    """By the submission that was entered first: later ones leave it as it is (RFC 4287, 4.2.6)."""
    rows = [row for entry in board.entries for row in (entry.row, *entry.same)]
    if not rows:
        return uuid.UUID(int=0)
    return _identity(min(rows, key=lambda row: row.id), "feed")


def _items(board: Board) -> list[dict[str, Any]]:
    """The feed's entries, the latest first."""
    latest = sorted(board.entries, key=lambda e: (e.row.seen, e.row.id), reverse=True)
    return [
        {
            "entry": entry,
            "id": _identity(entry.row),
            "page": page_name(entry.row),
        }
        for entry in latest[:FEED_ENTRIES]
    ]
