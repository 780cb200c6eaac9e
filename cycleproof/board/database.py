"""The board's memory: an SQLite file that loses nothing when its writer is killed.

Every answer is one transaction. A judgement is kept under the digest of the submission's content
and a key (base, versions, terms); a program that is there under the same key with the same shape
and claim is not judged again. A submission whose content changes is a new one beside the old.
"""

import fcntl
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ..base.errors import Unreadable
from ..evidence.model import Evidence, read_evidence
from .discover import Submission
from .judging import Answer
from .terms import Terms

FILE = "board.db"
VERSION = 1
_SCHEMA = """
CREATE TABLE keys (key TEXT PRIMARY KEY, about TEXT NOT NULL);
CREATE TABLE current (one INTEGER PRIMARY KEY CHECK (one = 1), key TEXT NOT NULL);
CREATE TABLE submissions (
  id INTEGER PRIMARY KEY, place TEXT NOT NULL, content TEXT NOT NULL, name TEXT NOT NULL,
  author TEXT NOT NULL, kind TEXT NOT NULL, note TEXT NOT NULL, seen TEXT NOT NULL,
  here INTEGER NOT NULL, UNIQUE (place, content));
CREATE TABLE judgements (
  content TEXT NOT NULL, key TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
  program TEXT, shape TEXT, claimed INTEGER, described TEXT, evidence BLOB, artifact BLOB,
  seconds REAL NOT NULL, PRIMARY KEY (content, key));
CREATE INDEX programs ON judgements (program, key);
CREATE TABLE findings (
  content TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,
  verdict TEXT NOT NULL, established TEXT NOT NULL, PRIMARY KEY (content, key, number));
"""


class Row(NamedTuple):
    """A submission with its judgement under the current key; without one its ``status`` is ""."""

    id: int
    place: str
    content: str
    name: str
    author: str
    kind: str
    note: str
    seen: str
    status: str
    reason: str
    described: dict[str, Any] | None
    evidence: Evidence | None
    seconds: float


class Database:
    """One open board. Use ``opened``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begin(self, key: str, about: dict[str, Any]) -> None:
        """Make ``key`` the current one; ``about`` says what it stands for."""
        with self._db as db:
            db.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (key, json.dumps(about)))
            db.execute("INSERT OR REPLACE INTO current VALUES (1, ?)", (key,))

    @property
    def begun(self) -> bool:
        """Whether anything was ever judged here."""
        return self._db.execute("SELECT 1 FROM current").fetchone() is not None

    @property
    def key(self) -> str:
        """The current key. Raises ``Unreadable`` for a board that was never judged."""
        row = self._db.execute("SELECT key FROM current").fetchone()
        if row is None:
            raise Unreadable("the board is empty", "judge something first: cycleproof judge")
        return str(row[0])

    @property
    def about(self) -> dict[str, Any]:
        """What the current key means: base, tool and terms."""
        row = self._db.execute("SELECT about FROM keys WHERE key = ?", (self.key,)).fetchone()
        found: dict[str, Any] = json.loads(row[0])
        return found

    @property
    def terms(self) -> Terms:
        """The current terms."""
        return Terms.from_json(self.about["terms"])

    def enter(self, submissions: Iterable[Submission], seen: str) -> None:
        """Note the submissions; those that are there keep the time when they were first seen."""
        with self._db as db:
            db.execute("UPDATE submissions SET here = 0")
            for each in submissions:
                values = (each.place, each.content, each.name, each.author, each.kind, each.note)
                db.execute(
                    "INSERT INTO submissions (place, content, name, author, kind, note, seen, here)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (place, content) DO UPDATE SET"
                    " name = excluded.name, author = excluded.author, note = excluded.note,"
                    " here = 1",
                    (*values, seen),
                )

    def known(self, content: str) -> bool:
        """Whether the content is judged under the current key, itself or as the same program."""
        db, key = self._db, self.key
        if db.execute(
            "SELECT 1 FROM judgements WHERE content = ? AND key = ?", (content, key)
        ).fetchone():
            return True
        row = db.execute(
            "SELECT other.* FROM judgements AS mine JOIN judgements AS other"
            " ON other.program = mine.program AND other.shape = mine.shape"
            " AND other.claimed = mine.claimed"
            " WHERE mine.content = ? AND other.key = ? LIMIT 1",
            (content, key),
        ).fetchone()
        if row is None:
            return False
        self._copy(row["content"], content)
        return True

    def identity(self, content: str) -> str:
        """The name of a content's program, shape and claim; the content itself if not known yet."""
        row = self._db.execute(
            "SELECT program || shape || claimed FROM judgements"
            " WHERE content = ? AND program IS NOT NULL LIMIT 1",
            (content,),
        ).fetchone()
        return str(row[0]) if row else content

    def _copy(self, judged: str, content: str) -> None:
        """Give ``content`` the judgement of ``judged``, the same program."""
        with self._db as db:
            db.execute(
                "INSERT OR REPLACE INTO judgements SELECT ?, key, status, reason, program, shape,"
                " claimed, described, evidence, artifact, seconds FROM judgements"
                " WHERE content = ? AND key = ?",
                (content, judged, self.key),
            )
            db.execute(
                "INSERT OR REPLACE INTO findings SELECT ?, key, number, name, verdict, established"
                " FROM findings WHERE content = ? AND key = ?",
                (content, judged, self.key),
            )

    def left_behind(self) -> list[Submission]:
        """Submissions that are no longer handed in and not judged now, by the artifacts kept."""
        rows = self._db.execute(
            "SELECT s.place, s.name, s.author, s.content, s.note, max(j.artifact) AS artifact"
            " FROM submissions AS s JOIN judgements AS j ON j.content = s.content"
            " WHERE s.here = 0 AND j.artifact IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM judgements AS k WHERE k.content = s.content AND k.key = ?)"
            " GROUP BY s.id ORDER BY s.id",
            (self.key,),
        ).fetchall()
        return [
            Submission(
                *(row["place"], row["name"], row["author"], "file", row["content"]),
                {"": zlib.decompress(row["artifact"])},
                row["note"],
            )
            for row in rows
        ]

    def keep(self, answer: Answer, artifact: bytes) -> None:
        """Keep an answer and its findings, all at once."""
        described = answer.described or {}
        evidence = None
        if answer.evidence is not None:
            evidence = zlib.compress(json.dumps(answer.evidence).encode())
        values = (
            *(answer.content, self.key, answer.status, answer.reason),
            described.get("program_sha256"),
            json.dumps(described["shape"]) if described else None,
            described.get("cycles"),
            json.dumps(described) if described else None,
            evidence,
            zlib.compress(artifact) if artifact else None,
            answer.seconds,
        )
        with self._db as db:
            holes = ",".join("?" * len(values))
            db.execute(f"INSERT OR REPLACE INTO judgements VALUES ({holes})", values)  # noqa: S608
            db.execute("DELETE FROM findings WHERE content = ? AND key = ?", values[:2])
            db.executemany(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (*values[:2], number, each["check"], each["verdict"], each["established"])
                    for number, each in enumerate((answer.evidence or {}).get("findings", []))
                ],
            )

    def forget(self, contents: Iterable[str]) -> None:
        """Drop the judgements of these contents under the current key, to have them made anew."""
        with self._db as db:
            for table in ("judgements", "findings"):
                db.executemany(
                    f"DELETE FROM {table} WHERE content = ? AND key = ?",  # noqa: S608
                    [(content, self.key) for content in contents],
                )

    def rows(self) -> list[Row]:
        """Every submission in the order of its being seen, with its current judgement."""
        found = self._db.execute(
            "SELECT s.*, j.status, j.reason, j.described, j.evidence, j.seconds FROM submissions"
            " AS s LEFT JOIN judgements AS j ON j.content = s.content AND j.key = ?"
            " ORDER BY s.seen, s.id",
            (self.key,),
        )
        return [
            Row(
                **{key: row[key] for key in Row._fields[:8]},
                status=row["status"] or "",
                reason=row["reason"] or "",
                described=json.loads(row["described"]) if row["described"] else None,
                evidence=_evidence(row["evidence"], row["place"]),
                seconds=row["seconds"] or 0.0,
            )
            for row in found
        ]

    def artifact(self, content: str) -> bytes | None:
        """The artifact kept of a content under the current key."""
        row = self._db.execute(
            "SELECT artifact FROM judgements WHERE content = ? AND key = ?", (content, self.key)
        ).fetchone()
        return zlib.decompress(row[0]) if row and row[0] else None


def _evidence(data: bytes | None, place: str) -> Evidence | None:
    return read_evidence(zlib.decompress(data), f"{FILE}: {place}") if data else None


@contextmanager
def opened(folder: Path, *, make: bool = False) -> Iterator[Database]:
    """The board in ``folder``; nobody else writes it meanwhile.

    Raises ``Unreadable`` where there is none (unless ``make``), or it is no board of this
    version, or another process holds it, or it cannot be written.
    """
    path = folder / FILE
    if not make and not path.is_file():
        raise Unreadable(f"{folder}: holds no {FILE}", "make one: cycleproof judge … -o BOARD")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / f".{FILE}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise Unreadable(f"{folder}: cannot write: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        connection = sqlite3.connect(path)
        connection.row_factory = sqlite3.Row
        try:
            _prepare(connection, path)
            yield Database(connection)
        finally:
            connection.close()
    except BlockingIOError:
        raise Unreadable(f"{folder}: another process is at work on this board") from None
    except sqlite3.Error as error:
        raise Unreadable(f"{path}: {error}") from None
    finally:
        os.close(lock)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    elif version != VERSION:
        raise Unreadable(f"{path}: is no board of this version")
