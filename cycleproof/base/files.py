"""Reading once and writing whole: the only two ways in which the project touches user files."""

import errno
import os
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO

from .errors import Unreadable
from .signals import held, let_through

STANDARD_OUTPUT = STANDARD_INPUT = Path("-")


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes, read once.

    A symbolic link in the last place, a device, a pipe or a folder is refused (``Unreadable``),
    so what is hashed afterwards is what was there at one moment.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise Unreadable(f"{path}: is a symbolic link; name the file itself") from None
        raise refusal(path, error) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable(f"{path}: not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise refusal(path, error) from None
    if len(data) > limit:
        raise Unreadable(f"{path}: larger than {limit:,} bytes")
    return data


def unfit(path: Path, limit: int) -> str:
    """Why ``path`` is no regular file of at most ``limit`` bytes; "" if it is one.

    What it is, unlike what the system lets a process read of it. Raises ``OSError`` if it refuses.
    """
    try:
        state = path.lstat()
    except (FileNotFoundError, NotADirectoryError) as error:
        return f"{error.strerror}"
    if stat.S_ISLNK(state.st_mode):
        return "is a symbolic link"
    if not stat.S_ISREG(state.st_mode):
        return "not a regular file"
    return f"larger than {limit:,} bytes" if state.st_size > limit else ""


def refusal(path: Path, error: OSError) -> Unreadable | MemoryError:
    """The exception for a path that the system does not read; no memory left is not its fault."""
    if error.errno == errno.ENOMEM:
        return MemoryError()
    hint = similar(path) if error.errno == errno.ENOENT else ""
    return Unreadable(f"{path}: {error.strerror}", hint)


def similar(path: Path) -> str:
    """A hint at the file in the same folder whose name is most like one that is not there."""
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), 1000)]
    except OSError:
        return ""
    found = get_close_matches(path.name, names, 1, 0.8)
    return f"did you mean {shlex.quote(str(path.with_name(found[0])))}?" if found else ""


def read_input(path: Path, limit: int) -> bytes:
    """The bytes of a regular file, or of standard input for ``-``. Raises ``Unreadable``."""
    if path != STANDARD_INPUT:
        return read_regular(path, limit)
    if sys.stdin is None:
        raise Unreadable("-: there is no standard input")
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"-: larger than {limit:,} bytes")
    return data


def is_standard_output(path: Path) -> bool:
    """Whether ``path`` is ``-`` or another name of what standard output goes to."""
    if path == STANDARD_OUTPUT:
        return True
    with suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(1))
    return False


def check_output(path: Path) -> None:
    """Raise ``Unreadable`` where ``path`` could not be written: no work is done for nothing."""
    if is_stream(path):
        if path.is_dir():
            raise Unreadable(f"{path}: is a folder; name a file in it")
        return
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise Unreadable(f"{path}: cannot write: there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Unreadable(f"{path}: cannot write: the folder {folder} takes no files")


def is_stream(path: Path) -> bool:
    """Whether ``path`` is written through: a device, a pipe, standard output."""
    return is_standard_output(path) or (path.exists() and not path.is_file())


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write ``path`` piece by piece; at the end all of it is there, or nothing.

    ``-`` is standard output. A device or a pipe is written through. A symbolic link is followed:
    the file that it names is replaced, and the link stays. Raises ``Unreadable`` where it cannot
    be written, and ``BrokenPipeError`` where the reader of standard output has left.
    """
    try:
        with (_through if is_stream(path) else _replacing)(path) as file:
            yield file
    except OSError as error:
        if isinstance(error, BrokenPipeError) and is_standard_output(path):
            raise
        raise Unreadable(f"{path}: cannot write: {error.strerror}") from None


@contextmanager
def _through(path: Path) -> Iterator[IO[bytes]]:
    """What is written goes to a device, a pipe or standard output in one piece, at the end."""
    whole = BytesIO()
    yield whole
    if is_standard_output(path):
        if sys.stdout is not None:
            sys.stdout.flush()
        descriptor = os.dup(1)
    else:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(whole.getbuffer())


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A temporary name beside the file, renamed at the end."""
    path = Path(os.path.realpath(path))
    if path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    with held():
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file, let_through():
                yield file
            umask = os.umask(0)
            os.umask(umask)
            Path(temporary).chmod(0o666 & ~umask)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write ``data`` to a file that must not exist yet, whole and with ``mode`` from the start.

    Raises ``Unreadable`` where the file exists or cannot be written.
    """
    try:
        with held():
            _write_new(path, data, mode)
    except FileExistsError:
        raise Unreadable(f"{path}: is there already and is not overwritten") from None
    except OSError as error:
        raise Unreadable(f"{path}: cannot write: {error.strerror}") from None


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
        os.link(temporary, path)  # unlike a rename, this fails where the name is taken
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` as the file ``path``: all of it or nothing. Raises ``Unreadable``."""
    with writing(path) as file:
        file.write(data)


@contextmanager
def temporary_folder(near: Path | None = None) -> Iterator[Path]:
    """An empty folder; at the end of the block it is removed, with what a stranger left in it.

    ``near``: the folder beside which it lies, for a rename at the end; raises its ``OSError``.
    Not a ``TemporaryDirectory``: in many Pythons its end follows a stranger's links when it mends
    permissions (CVE-2023-6597).
    """
    prefix, parent = (f".{near.name}.", near.parent) if near else ("cycleproof-", None)
    with held():
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            with let_through():
                yield folder
        finally:
            remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder that a stranger filled: locked folders too, and no link is followed."""
    with suppress(FileNotFoundError):  # whoever was given it has removed it
        folder.chmod(0o700)
    for inside, names, _ in os.walk(folder):
        for inner in (Path(inside, name) for name in names):
            if not inner.is_symlink():
                with suppress(OSError):
                    inner.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
