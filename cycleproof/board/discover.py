"""Finding submissions: files and folders as people hand them over, each with a name and an author.

A submission is an artifact, a bundle, a dump, or the folder of an upstream-style generator. Its
name is that of its side file ``submit.toml``, or of its folder, or of its file.
"""

import base64
import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..base.errors import Unreadable
from ..base.files import read_regular, similar
from ..base.text import cut, printable
from ..bundle.layout import MAX_BUNDLE
from ..capture.sources import ENTRY, read_sources

SIDE_FILE = "submit.toml"
MAX_SIDE_FILE = 1 << 16
MAX_NAME = 80  # characters of a name or an author that are kept
MAX_DEPTH = 4  # folders below a submission's own in which its file is looked for
# Beside an artifact, these belong to it; none is a submission.
_ASIDE = (".evidence.json", ".names.json", ".schema.json", ".proof.json", ".card.json")
_BELONGS = (*_ASIDE, SIDE_FILE)
_LEFT_OUT = frozenset(("__pycache__", "node_modules", "tests"))


class Submission(NamedTuple):
    """What is judged. ``place`` is its path below the named folder: the same again next time."""

    place: str
    name: str
    author: str
    kind: str  # "file", "generator" or "refused"
    content: str  # SHA-256 of its bytes, or of its files' names and bytes
    payload: dict[str, bytes]  # one file, or a generator's files by their names
    note: str = ""  # why its side file was not used; of a refused one, why it cannot be read


def discover(paths: Iterable[Path]) -> list[Submission]:
    """The submissions in files and folders, in the order of their places.

    A folder that holds no generator itself is a folder of submissions, one for each entry. Raises
    ``Unreadable`` for a path that is not there or holds nothing, and for one place twice.
    """
    found: dict[str, Submission] = {}
    for path in paths:
        if not path.exists():
            raise Unreadable(f"{path}: no such file or folder", similar(path))
        here = list(_below(path))
        if not here:
            raise Unreadable(f"{path}: holds no submission")
        for submission in here:
            if submission.place in found:
                raise Unreadable(
                    f"{printable(submission.place)}: two of the paths hold a submission here",
                    "put both into one folder, each under a name of its own",
                )
            found[submission.place] = submission
    return [found[place] for place in sorted(found)]


def passed_over(paths: Iterable[Path]) -> list[str]:
    """What lies on top of a folder of submissions, is none and belongs to none, by name."""
    return [
        entry.name
        for path in paths
        if path.is_dir() and not _has_generator(path)
        for entry in _entries(path)
        if not _is_folder(entry) and not _may_be_one(entry) and not entry.name.endswith(_BELONGS)
    ]


def hidden(path: Path) -> list[str]:
    """What looks like submissions of others in a folder that is itself one, by name."""
    if not path.is_dir() or not _has_generator(path):
        return []
    return [
        entry.name
        for entry in _entries(path)
        if entry.name != ENTRY and (_files(entry) if _is_folder(entry) else _may_be_one(entry))
    ]


def _below(path: Path) -> Iterator[Submission]:
    if path.is_file():
        yield _read(path, path.name, path.stem, path.parent / f"{path.stem}.{SIDE_FILE}")
    elif _has_generator(path):
        yield from _folder(path, path.resolve().name)
    else:
        for entry in _entries(path):
            if _is_folder(entry):
                yield from _folder(entry, entry.name)
            elif _may_be_one(entry):
                side = entry.with_name(f"{entry.stem}.{SIDE_FILE}")
                yield _read(entry, entry.name, entry.stem, side)


def _folder(folder: Path, name: str) -> Iterator[Submission]:
    """One author's folder: its generator, or the files nearest to its top."""
    side = folder / SIDE_FILE
    level = [folder]
    for _ in range(MAX_DEPTH):
        files = [
            entry
            for parent in level
            for entry in ([parent] if _has_generator(parent) else _files(parent))
        ]
        if files:
            break
        level = [entry for parent in level for entry in _entries(parent) if _is_folder(entry)]
    else:
        files = []
    for file in files:
        several = len(files) > 1
        own = f"{name}/{file.relative_to(folder).as_posix()}" if several else name
        yield _read(file, own, name if not several else f"{name}: {file.stem}", side, name)
    if not files:
        yield _refused(name, name, name, f"holds no {ENTRY}, artifact, bundle or dump")


def _read(path: Path, place: str, name: str, side: Path, folder: str = "") -> Submission:
    """A submission with its bytes, read once; one that cannot be read is refused by name."""
    author = folder or name
    name, author, note = _described(side, name, author)
    try:
        if path.is_dir() or path.suffix == ".py":
            files = read_sources(path)
            payload = {**files.files, "": files.entry.encode("utf-8", "surrogateescape")}
            kind = "generator"
        else:
            payload, kind = {"": read_regular(path, MAX_BUNDLE)}, "file"
    except Unreadable as error:
        reason = str(error).removeprefix(f"{path}: ")
        return _refused(place, name, author, reason)
    return Submission(place, name, author, kind, _digest(kind, payload), payload, note)


def _refused(place: str, name: str, author: str, reason: str) -> Submission:
    content = hashlib.sha256(f"refused {reason}".encode("utf-8", "backslashreplace")).hexdigest()
    return Submission(place, _short(name), _short(author), "refused", content, {}, reason)


def _digest(kind: str, payload: dict[str, bytes]) -> str:
    if kind == "file":
        return hashlib.sha256(payload[""]).hexdigest()
    lines = [
        [base64.b64encode(name.encode("utf-8", "surrogateescape")).decode(), sha256(data)]
        for name, data in sorted(payload.items())
    ]
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def sha256(data: bytes) -> str:
    """The digest of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def _described(side: Path, name: str, author: str) -> tuple[str, str, str]:
    """Name and author by the side file, or those given; and why the file was not used."""
    note = ""
    if side.exists() or side.is_symlink():
        try:
            given = tomllib.loads(read_regular(side, MAX_SIDE_FILE).decode("utf-8"))
            said = {key: given[key] for key in ("name", "author") if key in given}
            if not all(isinstance(text, str) and text.strip() for text in said.values()):
                raise Unreadable(f"{side}: name and author are texts")
            name, author = said.get("name", name), said.get("author", author)
        except (Unreadable, ValueError, RecursionError) as error:
            note = f"its {SIDE_FILE} was not used: {str(error).removeprefix(f'{side}: ')}"
    return _short(name), _short(author), printable(note)


def _short(text: str) -> str:
    clean = " ".join(printable(text.encode("utf-8", "backslashreplace").decode()).split())
    return cut(clean, MAX_NAME)


def _entries(folder: Path) -> list[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    return [e for e in entries if not e.name.startswith(".") and e.name not in _LEFT_OUT]


def _is_folder(entry: Path) -> bool:
    return entry.is_dir() and not entry.is_symlink()


def _files(folder: Path) -> list[Path]:
    return [entry for entry in _entries(folder) if _may_be_one(entry) and not entry.is_dir()]


def _has_generator(folder: Path) -> bool:
    return (folder / ENTRY).is_file()


def _may_be_one(entry: Path) -> bool:
    name = entry.name.lower()
    return name == ENTRY or (name.endswith((".json", ".zip")) and not name.endswith(_ASIDE))
