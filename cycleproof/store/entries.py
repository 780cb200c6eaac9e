"""Reading and writing entries: one file for each key, checked whenever it is read."""

import hashlib
import hmac
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..artifact.format import LoadedArtifact
from ..base.errors import ExitCode, Unreadable
from ..base.files import read_regular, write_whole
from ..base.strictjson import read_strict
from ..evidence.model import Evidence, Verdict, read_evidence
from .key import key_of, name_of
from .secret import account_secret, cache_folder
from .share import renamed, shared

MAX_ENTRY = 16 << 20
_KEYS = ("key", "path", "evidence", "code")
MAX_ENTRIES = 500  # beyond that the oldest are deleted


class _Entry(NamedTuple):
    """What is stored: evidence, and the path under which its file was verified."""

    path: str
    evidence: Evidence


class Store(NamedTuple):
    """A folder of entries, and the secret that authenticates them."""

    folder: Path
    secret: bytes

    def find(self, artifact: LoadedArtifact) -> Evidence | None:
        """The evidence about this file, or ``None``: none there, or not of our making.

        It may have been found of another file with the same program, shape and claim.
        """
        kept = self._read(key_of(artifact))
        if kept is None:
            return None
        return shared(renamed(kept.evidence, kept.path, artifact.path), artifact)

    def _read(self, key: dict[str, Any]) -> _Entry | None:
        """What is stored under a key."""
        path = self.folder / name_of(key)
        try:
            document = read_strict(read_regular(path, MAX_ENTRY), path.name)
            body = json.dumps(document["evidence"]).encode()
            code = str(document["code"])
            named = str(document["path"])
            if document.keys() != {*_KEYS} or document["key"] != key:
                return None
            right = self.code(key, named, document["evidence"])
            if not hmac.compare_digest(code.encode(), right.encode()):
                return None
            return _Entry(named, read_evidence(body, path.name))
        except (Unreadable, KeyError, TypeError, AttributeError):
            return None

    def keep(self, artifact: LoadedArtifact, evidence: Evidence) -> None:
        """Store evidence, unless what is stored says more of the kernel.

        A stored failure stays: another draw of seeds mends no kernel. A pass stays where a later
        run left something open. What was held against an altered file is not stored at all.
        Where the folder cannot be written, nothing is stored and nothing is said.
        """
        key = key_of(artifact)
        kept = self._read(key)
        if evidence.altered or (kept and _weight(kept.evidence) > _weight(evidence)):
            return
        path, document = str(artifact.path), evidence.as_json()
        code = self.code(key, path, document)
        entry = dict(zip(_KEYS, (key, path, document, code), strict=True))
        with suppress(Unreadable, OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / name_of(key), json.dumps(entry, indent=1).encode() + b"\n")
            self._forget_the_oldest()

    def code(self, key: object, path: str, document: object) -> str:
        """The code of an entry: HMAC-SHA-256 over key, path and evidence, in hex."""
        message = json.dumps([key, path, document], sort_keys=True).encode()
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()

    def _forget_the_oldest(self) -> None:
        files = sorted(self.folder.glob("*.json"), key=lambda path: path.lstat().st_mtime)
        for path in files[:-MAX_ENTRIES]:
            path.unlink(missing_ok=True)


def _need_writable(folder: Path) -> None:
    """Write there and take it back: nothing is left of the attempt."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Unreadable(f"--store {folder}: cannot be written: {error.strerror}") from None
    finally:
        for each in missing:
            with suppress(OSError):
                each.rmdir()


def _weight(evidence: Evidence) -> int:
    """How much it says of the kernel: most where it fails, least where something stayed open."""
    if evidence.named(Verdict.FAIL):
        return 2
    return 1 if evidence.exit_code == ExitCode.PASSED else 0


def open_store(folder: Path | None) -> Store | None:
    """The store in ``folder``, or in the account's cache; ``None`` where it has no secret.

    Raises ``Unreadable`` for a ``folder`` that was asked for and cannot be written.
    """
    if folder is not None:
        _need_writable(folder)
    secret = account_secret()
    return None if secret is None else Store(folder or cache_folder(), secret)
