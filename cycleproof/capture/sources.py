"""A submission's files, read once: what a generator is given, and the digest of its sources."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from ..base.errors import Unreadable
from ..base.files import read_regular

ENTRY = "perf_takehome.py"
# Never handed over: the judge's own names, and what tools leave behind.
LEFT_OUT = frozenset(("problem.py", "tests", "trace.json", "__pycache__", "node_modules"))
MAX_FILES = 4000
MAX_TOTAL = 64 << 20
_CRLF, _LF = b"\r\n", b"\n"


class Submission(NamedTuple):
    """The file with ``KernelBuilder``, and every file by its path relative to the folder."""

    entry: str
    files: dict[str, bytes]

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


def read_submission(path: Path) -> Submission:
    """Read a generator and the folder that it lies in; ``path`` is either of the two.

    Hidden files, virtual environments and ``LEFT_OUT`` are passed over. Raises ``Unreadable`` on a
    symbolic link that leaves the folder or names a folder, and on more than ``MAX_FILES`` files or
    ``MAX_TOTAL`` bytes.
    """
    folder, entry = (path, ENTRY) if path.is_dir() else (path.parent, path.name)
    if not _wanted(entry):
        raise Unreadable(f"{path}: a file of this name is never handed over; give it another one")
    if not (folder / entry).is_file():
        raise Unreadable(f"{path}: " + (f"holds no {entry}" if path == folder else "no such file"))
    root = folder.resolve()
    files: dict[str, bytes] = {}
    total = 0
    for parent, folders, names in os.walk(root):
        if "pyvenv.cfg" in names:  # a virtual environment
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if _wanted(name))
        for name in [*folders, *filter(_wanted, sorted(names))]:
            place = Path(parent, name)
            relative = place.relative_to(root).as_posix()
            target = _inside(place, root, relative)
            if target.is_file():
                files[relative] = read_regular(target, MAX_TOTAL)
                total += len(files[relative])
            if len(files) > MAX_FILES or total > MAX_TOTAL:
                raise Unreadable(
                    f"{path}: its folder holds more than {MAX_FILES} files or"
                    f" {MAX_TOTAL >> 20} MB; give the generator a folder of its own"
                )
    return Submission(entry, files)


def _wanted(name: str) -> bool:
    return name not in LEFT_OUT and not name.startswith(".")


def _inside(place: Path, root: Path, relative: str) -> Path:
    """The place itself, or the file in the same folder that a link there names."""
    if not place.is_symlink():
        return place
    target = place.resolve()
    if not target.is_relative_to(root):
        raise Unreadable(f"{relative}: a symbolic link that leaves the submission's folder")
    if target.is_dir():
        raise Unreadable(f"{relative}: a symbolic link to a folder; put the files in its place")
    return target
