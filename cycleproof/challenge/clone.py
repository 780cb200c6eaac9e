"""Reading a clone: the bytes of its pinned files, and their modes in its history.

A folder that is no clone of the challenge's repository is a slip of the pen: ``Unreadable``. One
that is, and differs in a pinned file, is ``FrozenAltered``.
"""

import shlex
from pathlib import Path
from typing import NamedTuple

from ..base.errors import FrozenAltered, Unreadable
from ..base.files import read_regular, unfit
from ..base.git import GIT_SECONDS, git
from ..base.text import mismatch
from .facts import FILE_MODE, Pins

MAX_FILE = 1 << 20
_WANTED = "--upstream takes a clone of the challenge's own repository, with its files checked out"
_UNTOUCHED = "point --upstream at an untouched clone (git clone -c core.autocrlf=false)"


class Clone(NamedTuple):
    """The pinned files' bytes by path, and the commit whose modes were checked, if one was."""

    files: dict[str, bytes]
    commit: str
    note: str  # why no commit was looked at; "" if one was


def read_clone(folder: Path, pins: Pins) -> Clone:
    """Read each pinned file once and hold it against its pin.

    Raises ``FrozenAltered`` at the first file that is a link, missing or different, in the
    working tree or in the commit that is checked out, and ``Unreadable`` if ``folder`` holds none
    of them or the system does not let one be read.
    """
    if not folder.is_dir():
        raise Unreadable(f"{folder}: not a folder", _WANTED)
    if not any((folder / name).exists() for name in pins.files):
        raise _no_clone(folder, pins)
    files = {}
    for name, pin in pins.files.items():
        _refuse_links(folder, name)
        if fault := unfit(folder / name, MAX_FILE):
            raise FrozenAltered(f"upstream {folder / name}: {fault}", _UNTOUCHED)
        files[name] = read_regular(folder / name, MAX_FILE)
        if different := mismatch(files[name], pin.sha256):
            raise FrozenAltered(f"upstream {folder / name}: {different}", _UNTOUCHED)
    if not (folder / ".git").exists():
        return Clone(files, "", "not a git clone: the modes in its history were not checked")
    return Clone(files, _check_history(folder, pins), "")


def _no_clone(folder: Path, pins: Pins) -> Unreadable:
    """What a folder is that holds no pinned file, and what to name instead."""
    name = next(iter(pins.files))
    for parent in folder.resolve().parents:
        if all((parent / file).is_file() for file in pins.files):
            hint = shlex.join(["--upstream", str(parent)])
            return Unreadable(f"{folder}: a folder inside a clone, not the clone", hint)
    if not any(folder.iterdir()):
        return Unreadable(f"{folder}: an empty folder", _WANTED)
    if all((folder / part).exists() for part in ("HEAD", "objects", "refs")):
        hint = f"{shlex.join(['git', 'clone', str(folder), 'NEW-FOLDER'])}, then name that"
        return Unreadable(f"{folder}: a bare repository, without files", hint)
    if (folder / ".git").exists() and name in _entries(folder):
        hint = shlex.join(["git", "-C", str(folder), "checkout", "HEAD", "--", "."])
        return Unreadable(f"{folder}: a clone in which nothing is checked out", hint)
    return Unreadable(f"{folder}: no clone of the challenge's repository: no {name}", _WANTED)


def _refuse_links(folder: Path, name: str) -> None:
    for place in (Path(name), *Path(name).parents):
        if place != Path() and (folder / place).is_symlink():
            raise FrozenAltered(
                f"upstream {folder / place}: is a symbolic link; the official repository has none",
                _UNTOUCHED,
            )


def _check_history(folder: Path, pins: Pins) -> str:
    """Hold modes and blobs of the commit that is checked out against the pins; return its id."""
    entries = _entries(folder)
    wanted = {name: f"{FILE_MODE} blob {pin.blob}" for name, pin in pins.files.items()}
    wanted |= {name: f"040000 tree {tree}" for name, tree in pins.trees.items()}
    for name in entries:
        if name not in wanted and any(name.startswith(f"{tree}/") for tree in pins.trees):
            raise FrozenAltered(
                f"upstream {name}: in the commit checked out, and not in the official repository",
                "point --upstream at an untouched clone; your own tests belong elsewhere",
            )
    for name, want in wanted.items():
        found = entries.get(name, "missing")
        if found.startswith("120000"):
            raise FrozenAltered(
                f"upstream {name}: is a symbolic link in the commit checked out", _UNTOUCHED
            )
        if found != want:
            raise FrozenAltered(
                f"upstream {name}: is {found} in the commit checked out; the pin is {want}",
                _UNTOUCHED,
            )
    return _git(folder, "rev-parse", "HEAD").strip()


def _entries(folder: Path) -> dict[str, str]:
    """Mode, kind and id by path of all that the commit checked out holds."""
    listing = _git(folder, "ls-tree", "-r", "-t", "-z", "--full-tree", "HEAD")
    rows = (line.partition("\t") for line in listing.split("\0") if line)
    return {path: head for head, _, path in rows}


def _git(folder: Path, *arguments: str) -> str:
    try:
        result = git(folder, *arguments)
    except FileNotFoundError:
        raise Unreadable(f"{folder}: is a git clone, but git is not installed") from None
    except TimeoutError:
        raise Unreadable(f"{folder}: git did not end in {GIT_SECONDS} s") from None
    if result.returncode:
        last = result.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason"]
        raise Unreadable(f"{folder}: git cannot read it: {last[0]:.200}")
    return result.stdout.decode(errors="surrogateescape")
