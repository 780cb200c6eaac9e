"""A generator's files, read once: what the child is given, and the digest of the sources."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from ..artifact.format import BUNDLE_NAME
from ..base.errors import Unreadable
from ..base.files import read_regular, similar
from ..base.text import printable

ENTRY = "perf_takehome.py"
# Never handed over: the judge's own names, and what tools leave behind.
PROBLEM = "problem.py"
LEFT_OUT = frozenset((PROBLEM, "tests", "trace.json", "__pycache__", "node_modules"))
MAX_FILES = 10_000
MAX_TOTAL = 64 << 20
_CRLF, _LF = b"\r\n", b"\n"


class Sources(NamedTuple):
    """The file with ``KernelBuilder``, and every file by its path relative to the folder."""

    entry: str
    files: dict[str, bytes]
    left_out: frozenset[str] = frozenset()  # modules of ``LEFT_OUT`` that the folder has
    set_aside: tuple[str, ...] = ()  # other files that are not handed over, each with the reason

    @property
    def name(self) -> str:
        """The entry file's stem in printable ASCII; no folder's name, so no user's."""
        stem = Path(self.entry).stem.encode("ascii", "backslashreplace").decode()
        return "".join(char if char.isprintable() else "?" for char in stem)[:100]

    @property
    def sources_sha256(self) -> str:
        """SHA-256 over the names and digests of the Python files, line ends normalised to LF."""
        lines = [
            f"{hashlib.sha256(data.replace(_CRLF, _LF)).hexdigest()}  {name}\n"
            for name, data in sorted(self.files.items())
            if name.endswith(".py")
        ]
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def read_sources(path: Path, own_problem: bool = False) -> Sources:
    """Read a generator and the folder that it lies in; ``path`` is either of the two.

    Hidden files, virtual environments, folders with a bundle, so those that `submit` wrote, and
    ``LEFT_OUT`` are passed over; the folder's ``problem.py``
    is handed over if ``own_problem``. Set aside, with the reason, are links that leave the folder
    or name a folder, files that cannot be read, and files other than Python's past the limits of
    ``MAX_FILES`` and ``MAX_TOTAL`` bytes, those deepest in the folder first. Raises ``Unreadable``
    where the generator itself or a Python file past a limit would be set aside.
    """
    folder, entry = (path, ENTRY) if path.is_dir() else (path.parent, path.name)
    if not _wanted(entry):
        raise Unreadable(f"{path}: a file of this name is never handed over; give it another one")
    if not (folder / entry).is_file():
        reason = f"holds no {entry}" if path == folder else "no such file"
        raise Unreadable(f"{path}: {reason}", similar(folder / entry))
    root = folder.resolve()
    left_out = frozenset(Path(name).stem for name in LEFT_OUT if (root / name).exists())
    if own_problem and not (root / PROBLEM).is_file():
        raise Unreadable(f"{path}: --problem theirs, but there is no {PROBLEM} beside it")
    files: dict[str, bytes] = {}
    set_aside: dict[str, str] = {}
    total = 0
    for relative in _names(root, [PROBLEM] if own_problem else []):
        try:
            target = _inside(root / relative, root)
            if not target.is_file():
                continue
            data = read_regular(target, MAX_TOTAL)
        except Unreadable as error:
            if relative == entry:
                raise Unreadable(f"{relative}: {error}") from None
            set_aside[relative] = str(error).removeprefix(f"{root / relative}: ")
            continue
        past = ""
        if len(files) == MAX_FILES:
            past = f"past the limit of {MAX_FILES:,} files"
        elif total + len(data) > MAX_TOTAL:
            past = f"past the limit of {MAX_TOTAL >> 20} MB for all files together"
        if past and relative.endswith(".py"):
            hint = "give the generator a folder of its own"
            raise Unreadable(f"{path}: {relative} is {past}", hint)
        if past:
            set_aside[relative] = past
            continue
        files[relative] = data
        total += len(data)
    told = tuple(printable(f"{name}: {reason}") for name, reason in sorted(set_aside.items()))
    return Sources(entry, files, left_out, told)


def _wanted(name: str) -> bool:
    return name not in LEFT_OUT and not name.startswith(".")


def _names(root: Path, more: list[str]) -> list[str]:
    """The names of files to hand over, and ``more``: Python's first, then those near the top."""
    found = list(more)
    for parent, folders, names in os.walk(root):
        handed_over = BUNDLE_NAME in names and parent != str(root)
        if handed_over or "pyvenv.cfg" in names:  # the latter is in a virtual environment
            folders.clear()
            continue
        folders[:] = filter(_wanted, folders)
        links = [name for name in folders if Path(parent, name).is_symlink()]
        found += [
            Path(parent, name).relative_to(root).as_posix()
            for name in [*links, *filter(_wanted, names)]
        ]
    return sorted(found, key=lambda name: (not name.endswith(".py"), name.count("/"), name))


def _inside(place: Path, root: Path) -> Path:
    """The place itself, or the file in the same folder that a link there names."""
    if not place.is_symlink():
        return place
    target = place.resolve()
    if not target.is_relative_to(root):
        raise Unreadable("a symbolic link that leaves the submission's folder")
    if target.is_dir():
        raise Unreadable("a symbolic link to a folder; put the files in its place")
    return target
