"""The frozen base as bytes: read once, held against this installation's own pins.

The pins are in ``frozen/SHA256SUMS``, for ``sha256sum -c``, and in this package. A verifier trusts
those of the package: a submission that edits its files and its sums together changes nothing here.
"""

import hashlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ..base.errors import FrozenAltered
from ..base.files import read_regular, refusal, unfit
from ..base.text import mismatch

SUMS = "SHA256SUMS"
PINS_FILE = "frozen.pins"
MAX_FILE = 1 << 20
FRESH = "this is not cycleproof's own frozen base, so nothing was run: take a fresh copy"


@dataclass(frozen=True)
class FrozenBase:
    """The pinned bytes, ready to be handed to an interpreter."""

    folder: Path
    version: str
    files: Mapping[str, bytes]
    pins: Mapping[str, str]

    @property
    def digest(self) -> str:
        """One SHA-256 for the whole base: that of the pins' own text."""
        return pins_digest(self.version, self.pins)


def parse_pins(text: str, name: str) -> tuple[str, dict[str, str]]:
    """The version and the digests by file name of a pins file. Raises ``FrozenAltered``."""
    version, pins = "", {}
    for line in text.splitlines():
        if line.startswith("# frozen "):
            version = line.removeprefix("# frozen ")
            continue
        digest, separator, file = line.partition("  ")
        if not separator or len(digest) != 64 or "/" in file or file in pins:
            raise FrozenAltered(
                f"{name}: not a list of pins: {line!a:.80}", "install cycleproof again"
            )
        pins[file] = digest
    return version, pins


def render_pins(version: str, pins: Mapping[str, str]) -> str:
    """The text of a pins file: the version in a comment, then ``sha256sum``'s own format."""
    return f"# frozen {version}\n" + "".join(f"{pins[name]}  {name}\n" for name in sorted(pins))


def pins_digest(version: str, pins: Mapping[str, str]) -> str:
    """SHA-256 of a pins file's text, in hex."""
    return hashlib.sha256(render_pins(version, pins).encode()).hexdigest()


def installed_pins() -> tuple[str, dict[str, str]]:
    """The pins of this installation of cycleproof. Raises ``FrozenAltered``."""
    text = resources.files("cycleproof.simulator").joinpath(PINS_FILE).read_text("ascii")
    return parse_pins(text, PINS_FILE)


def installed_folder() -> Path:
    """Where this installation keeps its own copy of the frozen base."""
    import frozen

    return Path(frozen.__path__[0])


def folder_for(artifact: Path) -> Path:
    """The frozen folder of the project that holds an artifact, else the installed copy."""
    for parent in artifact.resolve().parents:
        if (parent / "frozen" / SUMS).is_file() and (parent / "artifacts").is_dir():
            return parent / "frozen"
    return installed_folder()


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a frozen folder, each read once. ``__pycache__`` is never looked into.

    Raises ``FrozenAltered`` on links and anything else that is not a plain file, ``Unreadable``
    where the system does not let a file be read, which does not mean that it was altered.
    """
    files = {}
    try:
        if stat.S_ISLNK(folder.lstat().st_mode):
            raise FrozenAltered(f"{folder}: is a symbolic link", FRESH)
        for path in sorted(folder.iterdir()):
            if path.name == "__pycache__":
                continue
            if fault := unfit(path, MAX_FILE):
                raise FrozenAltered(f"{path}: {fault}; the pins are of plain files", FRESH)
            files[path.name] = read_regular(path, MAX_FILE)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FrozenAltered(f"{error.filename}: {error.strerror}", FRESH) from None
    except OSError as error:
        raise refusal(Path(error.filename or folder), error) from None
    return files


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 by file name, of every file but the sums themselves."""
    return {name: hashlib.sha256(files[name]).hexdigest() for name in files if name != SUMS}


def read_frozen(folder: Path) -> FrozenBase:
    """Read a frozen folder and hold it against the installed pins.

    Raises ``FrozenAltered`` naming the first file that is missing, extra or different.
    """
    version, pins = installed_pins()
    files = read_folder(folder)
    for name in sorted(pins.keys() | files.keys() - {SUMS}):
        if name not in files:
            raise FrozenAltered(f"{folder / name}: missing", FRESH)
        if name not in pins:
            raise FrozenAltered(f"{folder / name}: does not belong to the frozen base", "remove it")
        if different := mismatch(files[name], pins[name]):
            raise FrozenAltered(f"{folder / name}: {different}", FRESH)
    if files.get(SUMS) != render_pins(version, pins).encode():
        raise FrozenAltered(f"{folder / SUMS}: differs from the installed pins", FRESH)
    return FrozenBase(folder, version, files, pins)
