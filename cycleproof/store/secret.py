"""The account's secret: each stored entry carries a code (HMAC) that only this secret can make.

It lies apart from the store, so that entries of a store that travels (``--store``, a cache that a
CI service restores) are not believed elsewhere.
"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from ..base.errors import Unreadable
from ..base.files import read_regular, write_new

SECRET_BYTES = 32


def account_secret() -> bytes | None:
    """The secret, made where there is none; ``None`` where no file of this account can hold it."""
    path = _folder("XDG_STATE_HOME", ".local/state") / "secret"
    with suppress(OSError, Unreadable):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with suppress(Unreadable):  # somebody else of this account made it meanwhile
                write_new(path, secrets.token_bytes(SECRET_BYTES), 0o600)
        found = path.lstat()
        private = not stat.S_IMODE(found.st_mode) & 0o077 and found.st_uid == os.getuid()
        data = read_regular(path, SECRET_BYTES)
        if private and len(data) == SECRET_BYTES:
            return data
    return None


def cache_folder() -> Path:
    """Where the store lies unless ``--store`` names a folder."""
    return _folder("XDG_CACHE_HOME", ".cache") / "evidence"


def _folder(variable: str, below_home: str) -> Path:
    """A folder of ours by the XDG base directory specification: the variable must be absolute."""
    given = os.environ.get(variable, "")
    base = Path(given) if given.startswith("/") else Path.home() / below_home
    return base / "cycleproof"
