"""Putting a site in place: all of it or nothing, and never over someone else's files."""

from collections.abc import Mapping
from pathlib import Path

from ...base.errors import Unreadable
from ...base.files import temporary_folder
from ...base.signals import held
from ..results import FORMAT
from .pages import MARKER, PARTS


def write_site(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make ``folder`` hold ``files``, and of an earlier site of ours nothing else.

    What else lies there, such as a host's settings or a repository, stays. Raises
    ``Unreadable`` where the folder holds something and no site of ours, or cannot be written; then
    it keeps what it held.
    """
    folder = folder.absolute()
    if folder.is_symlink() or (folder.exists() and not _is_ours(folder)):
        raise Unreadable(f"{folder}: holds other files, and no site; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary_folder(folder) as made:
            _fill(made / "new", files)
            (made / "old").mkdir()
            with held():
                _swap(folder, made / "new", made / "old")
    except OSError as error:
        raise Unreadable(f"{folder}: cannot write: {error.strerror}") from None


def _swap(folder: Path, new: Path, old: Path) -> None:
    """Put what is in ``new`` in the place of the site's parts in ``folder``; all, or none."""
    parts = {*PARTS, *(path.name for path in new.iterdir())}
    moved: list[tuple[Path, Path]] = []
    try:
        for source, target in ((folder, old), (new, folder)):
            for name in sorted(parts):
                if (source / name).exists() or (source / name).is_symlink():
                    (source / name).rename(target / name)
                    moved.append((source / name, target / name))
    except OSError:
        for was, now in reversed(moved):
            now.rename(was)
        raise


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _is_ours(folder: Path) -> bool:
    """Whether it is empty, or a site that an earlier run wrote."""
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    try:
        with (folder / MARKER).open("rb") as file:
            return FORMAT.encode() in file.read(200)
    except OSError:
        return False
