"""The folder that ``submit`` writes: whole, and never over what anybody else put there."""

import ctypes
import errno
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from ..base.errors import Unreadable
from ..base.files import read_regular, temporary_folder
from ..base.signals import held, let_through
from ..base.text import printable, shortlist
from .layout import MAX_BUNDLE, SUMS_NAME, sums

ANOTHER = "name a new folder with -o"
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


class Claim(NamedTuple):
    """A folder that can be written: absent, empty, or as an earlier run left it."""

    path: Path  # as it was named, for messages
    place: Path  # the same without links
    names: Collection[str]  # of the files that it may hold, beside their sums
    staging: Path  # on the same disk

    def put(self, files: Mapping[str, bytes]) -> None:
        """Make the folder hold these files and their sums, and nothing else.

        It is replaced in one step, so a run that is killed leaves the old one or the new one.
        Raises ``Unreadable`` where it cannot be written, or where others have written to it.
        """
        new = self.staging / "new"
        try:
            new.mkdir()
            for name, data in {**files, SUMS_NAME: sums(files)}.items():
                (new / name).write_bytes(data)
            with held():
                if self.staging.parent == self.place:
                    _fill(self.place, new)
                elif not self.place.exists():
                    new.rename(self.place)
                else:
                    _need_own(self)
                    _exchange(new, self.place)
        except OSError as error:
            raise Unreadable(f"{self.path}: cannot write: {error.strerror}") from None


@contextmanager
def claimed(path: Path, names: Collection[str]) -> Iterator[Claim]:
    """Claim the folder ``path`` before the work. Raises ``Unreadable`` where it cannot be had."""
    place = Path(os.path.realpath(path))
    with held(), ExitStack() as stack:
        try:
            # An empty folder may be a mount, or the working folder, and is filled from inside.
            empty = place.is_dir() and not any(place.iterdir())
            stack.callback(_remove_empty, [p for p in place.parents if not p.exists()])
            place.parent.mkdir(parents=True, exist_ok=True)
            near = place / SUMS_NAME if empty else place
            claim = Claim(path, place, names, stack.enter_context(temporary_folder(near)))
            if place.exists() and not empty:
                _need_own(claim)
        except OSError as error:
            raise Unreadable(f"{path}: cannot be made: {error.strerror}", ANOTHER) from None
        with let_through():
            yield claim


def _need_own(claim: Claim) -> None:
    """Raise ``Unreadable`` unless the folder is as ``put`` left it, and can be replaced."""
    names = {entry.name for entry in claim.place.iterdir()}
    others = sorted(names - {*claim.names, SUMS_NAME})
    if others or SUMS_NAME not in names:
        what = printable(shortlist(others)) if others else f"no {SUMS_NAME}, as ours do"
        raise Unreadable(f"{claim.path}: is not empty: it holds {what}", ANOTHER)
    found = {name: read_regular(claim.place / name, MAX_BUNDLE) for name in sorted(names)}
    if found[SUMS_NAME] != sums(found):
        raise Unreadable(f"{claim.path}: is not empty, and not as it was written", ANOTHER)
    if claim.place.samefile(Path()) or claim.place.is_mount():
        raise Unreadable(f"{claim.path}: is in use, and cannot be replaced as a whole", ANOTHER)


def _fill(place: Path, new: Path) -> None:
    if any(entry != new.parent for entry in place.iterdir()):
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))
    for file in sorted(new.iterdir()):
        file.rename(place / file.name)


def _exchange(new: Path, place: Path) -> None:
    """Each takes the other's name: in one step, or in two where the system has no such step."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename and not rename(_HERE, bytes(new), _HERE, bytes(place), _EXCHANGE):
        return
    old = place.rename(new.with_name("old"))
    try:
        new.rename(place)
    except OSError:
        old.rename(place)
        raise


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:  # the innermost first; those that hold something stay
        with suppress(OSError):
            folder.rmdir()
