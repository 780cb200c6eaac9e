"""Reading a clone: the bytes of its pinned files, and their modes in its history."""

import hashlib
import stat
from pathlib import Path
from typing import NamedTuple

from ..base.errors import FrozenAltered, Unreadable
from ..base.files import read_regular
from ..base.git import GIT_SECONDS, git
from .pins import FILE_MODE, Pins

MAX_FILE = 1 << 20


class Clone(NamedTuple):
    """The pinned files' bytes by path, and the commit whose modes were checked, if one was."""

    files: dict[str, bytes]
    commit: str
    note: str  # why no commit was looked at; "" if one was


def read_clone(folder: Path, pins: Pins) -> Clone:
    """Read each pinned file once and hold it against its pin.

    Raises ``FrozenAltered`` at the first file that is a link, missing or different, in the
    working tree or in the commit that is checked out, and ``Unreadable`` if ``folder`` is none.
    """
    if not folder.is_dir():
        raise Unreadable(
            f"{folder}: not a folder", "--upstream takes a clone of the official repository"
        )
    files = {}
    for name, pin in pins.files.items():
        _refuse_linked_folders(folder, name)
        try:
            files[name] = read_regular(folder / name, MAX_FILE)
        except Unreadable as error:
            raise FrozenAltered(f"upstream {error}") from None
        found = hashlib.sha256(files[name]).hexdigest()
        if found != pin.sha256:
            unix = hashlib.sha256(files[name].replace(b"\r\n", b"\n")).hexdigest()
            reason = "has CRLF line ends" if unix == pin.sha256 else f"is {found}"
            raise FrozenAltered(
                f"upstream {folder / name}: {reason}; the official file is {pin.sha256}",
                "point --upstream at an untouched clone (git clone -c core.autocrlf=false)",
            )
    if not (folder / ".git").exists():
        return Clone(files, "", "not a git clone: the modes in its history were not checked")
    return Clone(files, _check_history(folder, pins), "")


def _refuse_linked_folders(folder: Path, name: str) -> None:
    for parent in Path(name).parents:
        at = folder / parent
        if parent != Path() and at.exists() and stat.S_ISLNK(at.lstat().st_mode):
            raise FrozenAltered(f"upstream {at}: is a symbolic link")


def _check_history(folder: Path, pins: Pins) -> str:
    """Hold modes and blobs of the commit that is checked out against the pins; return its id."""
    listing = _git(folder, "ls-tree", "-r", "-t", "-z", "--full-tree", "HEAD")
    entries = {}
    for line in listing.split("\0"):
        head, _, path = line.partition("\t")
        entries[path] = head
    wanted = {name: f"{FILE_MODE} blob {pin.blob}" for name, pin in pins.files.items()}
    wanted |= {name: f"040000 tree {tree}" for name, tree in pins.trees.items()}
    for name, want in wanted.items():
        found = entries.get(name, "missing")
        if found.startswith("120000"):
            raise FrozenAltered(f"upstream {name}: is a symbolic link in the commit checked out")
        if found != want:
            raise FrozenAltered(
                f"upstream {name}: is {found} in the commit checked out; the pin is {want}"
            )
    return _git(folder, "rev-parse", "HEAD").strip()


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
