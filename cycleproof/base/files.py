"""Reading once and writing whole: the only two ways in which the project touches user files."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import Unreadable


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes, read once.

    A symbolic link in the last place, a device, a pipe or a folder is refused (``Unreadable``),
    so what is hashed afterwards is what was there at one moment.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        link = path.is_symlink()
        reason = "is a symbolic link; name the file itself" if link else error.strerror
        raise Unreadable(f"{path}: {reason}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable(f"{path}: not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise Unreadable(f"{path}: {error.strerror}") from None
    if len(data) > limit:
        raise Unreadable(f"{path}: larger than {limit} bytes")
    return data


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write ``path`` piece by piece: a temporary name beside it, renamed at the end.

    All of it or nothing. Raises ``Unreadable`` where it cannot be written.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise Unreadable(f"{path}: cannot write: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise Unreadable(f"{path}: cannot write: {error.strerror}") from None
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write ``data`` to a file that must not exist yet, whole and with ``mode`` from the start."""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise Unreadable(f"{path}: cannot write: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
        os.link(temporary, path)  # unlike a rename, this fails where the name is taken
    except FileExistsError:
        raise Unreadable(f"{path}: is there already and is not overwritten") from None
    except OSError as error:
        raise Unreadable(f"{path}: cannot write: {error.strerror}") from None
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` as the file ``path``: all of it or nothing."""
    with writing(path) as file:
        file.write(data)
