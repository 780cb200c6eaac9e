"""Putting a site in place: all of it or nothing, and never over someone else's folder."""

from collections.abc import Mapping
from pathlib import Path

from ...base.errors import Unreadable
from ...base.files import temporary_folder
from ...base.signals import held
from ..results import FORMAT
from .pages import MARKER


def write_site(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make ``folder`` hold exactly ``files``.

    Raises ``Unreadable`` where the folder holds something that is no site of ours, or cannot be
    written; what was there is there still then.
    """
    folder = folder.absolute()
    if folder.is_symlink() or (folder.exists() and not _is_ours(folder)):
        raise Unreadable(f"{folder}: is there already and is no site; name another folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(folder) as made:
            _fill(made / "new", files)
            with held():
                _swap(folder, made / "new", made / "old")
    except OSError as error:
        raise Unreadable(f"{folder}: cannot write: {error.strerror}") from None


def _swap(folder: Path, new: Path, old: Path) -> None:
    """Put ``new`` in the place of ``folder``; the old one becomes ``old``, or is put back."""
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
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
