"""Writing files, whole or not at all; devices and pipes are written through, links followed."""

import errno
import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write(path: Path, lines: Iterable[str]) -> None:
    """Write ASCII text with Unix line ends.

    A regular file is replaced by a rename, also the one that a link names; ``-`` and all else that
    standard output goes to is standard output. Raises ``OSError`` that names ``path``.
    """
    text = "".join(lines)
    try:
        if _is_standard_output(path):
            sys.stdout.write(text)
            sys.stdout.flush()
        elif path.exists() and not path.is_file():
            with path.open("w", encoding="ascii", newline="\n") as stream:
                stream.write(text)
        else:
            _replace(Path(os.path.realpath(path)), text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def _is_standard_output(path: Path) -> bool:
    if path == Path("-"):
        return True
    with suppress(OSError, ValueError):
        return os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    return False


def _replace(path: Path, text: str) -> None:
    """A temporary name beside the file, renamed at the end."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(partial).chmod(0o666 & ~umask)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
