"""Pyodide, from a copy that the user has: every file of it is held against these pins."""

import hashlib
import tarfile
from pathlib import Path

from ...base.errors import Unreadable
from ...base.files import read_regular

VERSION = "314.0.7"
PINS = {
    "pyodide.mjs": "6f1d60f7bf529beb300f0f47983c921d3982363640ba20af0e38efdddbc66109",
    "pyodide.asm.mjs": "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635",
    "pyodide.asm.wasm": "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6",
    "python_stdlib.zip": "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a",
    "pyodide-lock.json": "5dc2fc119108bc148c7457dc86e7675b5c87e1cafd420b9c34c1eaef7b36c010",
}
HINT = f"npm pack pyodide@{VERSION} fetches it; then --pyodide pyodide-{VERSION}.tgz"
_MAX_FILE = 32 << 20


def read_pyodide(path: Path) -> dict[str, bytes]:
    """The files of ``PINS`` from a folder or from the package's ``.tgz``.

    Raises ``Unreadable`` where one is missing or is not the pinned one.
    """
    files = {}
    for name, pin in PINS.items():
        data = _member(path, name) if path.is_file() else read_regular(path / name, _MAX_FILE)
        if hashlib.sha256(data).hexdigest() != pin:
            raise Unreadable(f"{path}: {name} is not that of Pyodide {VERSION}", HINT)
        files[name] = data
    return files


def _member(path: Path, name: str) -> bytes:
    try:
        with tarfile.open(path) as archive:
            member = archive.getmember(f"package/{name}")
            file = archive.extractfile(member) if member.size <= _MAX_FILE else None
            if file is None:
                raise Unreadable(f"{path}: {name} is no file of this package", HINT)
            return file.read()
    except (tarfile.TarError, KeyError, OSError, EOFError) as error:
        raise Unreadable(f"{path}: no package of Pyodide: {error!s:.100}", HINT) from None
