"""Reading a submission bundle: in memory, by a fixed list of names, never extracted.

The reader first refuses what it can name (a foreign, doubled or linked member, compression,
absurd sizes), then encodes what it read and compares: a bundle is exactly the bytes that
``layout.encode`` writes, so nothing can hide between, before or behind the members.
"""

import io
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

from frozen.artifact import MAX_BYTES

from ..artifact.format import ARTIFACT_NAME, ZIP_MAGIC, LoadedArtifact, decode, refuse_source
from ..base.errors import Unreadable
from ..base.files import read_input
from ..challenge.loader import LOADER, LOADER_NAME
from ..evidence.model import Evidence, read_evidence
from .layout import EVIDENCE_NAME, MAX_BUNDLE, MAX_EXTRAS, MEMBERS, SUMS_NAME, encode, limit, sums

_END = struct.Struct("<4s4H2IH")  # the end of central directory record (APPNOTE 4.3.16)
_MAX_DIRECTORY = 1 << 14


class SubmissionBundle(NamedTuple):
    """A bundle that was read: its members' bytes, its artifact, the evidence that it ships."""

    members: Mapping[str, bytes]
    artifact: LoadedArtifact
    evidence: Evidence


def is_bundle(data: bytes) -> bool:
    """Whether ``data`` starts as a zip file does; an artifact starts with a brace."""
    return data.startswith(ZIP_MAGIC)


def load_any(path: Path) -> LoadedArtifact:
    """The artifact in a file: itself, or the one inside a submission bundle.

    Raises ``Unreadable``.
    """
    refuse_source(path)
    data = read_input(path, MAX_BUNDLE)
    if is_bundle(data):
        return parse_bundle(data, path).artifact
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{path}: larger than {MAX_BYTES:,} bytes")
    return LoadedArtifact(path, data, decode(data, str(path)))


def parse_bundle(data: bytes, path: Path) -> SubmissionBundle:
    """Read a bundle's bytes strictly. Raises ``Unreadable`` naming the member at fault."""
    members = _members(data, path)
    for member in MEMBERS:
        if member.name not in members:
            raise Unreadable(f"{path}: {member.name} is missing")
    if encode(members) != data:
        raise Unreadable(
            f"{path}: not byte for byte what `cycleproof pack` writes of its members"
            " (other order, times, modes, comments or hidden bytes)",
            "pack it again",
        )
    if members[SUMS_NAME] != sums(members):
        raise Unreadable(f"{path}: {SUMS_NAME} does not list exactly these files")
    if members[LOADER_NAME] != LOADER:
        raise Unreadable(f"{path}: {LOADER_NAME} is not the known loader")
    inside = f"{path}: {ARTIFACT_NAME}"
    artifact = LoadedArtifact(path, members[ARTIFACT_NAME], decode(members[ARTIFACT_NAME], inside))
    evidence = read_evidence(members[EVIDENCE_NAME], f"{path}: {EVIDENCE_NAME}")
    if not evidence.is_about(artifact):
        raise Unreadable(f"{path}: {EVIDENCE_NAME} is about another artifact")
    return SubmissionBundle(members, artifact, evidence)


def _members(data: bytes, path: Path) -> dict[str, bytes]:
    def refuse(problem: str) -> NoReturn:
        raise Unreadable(f"{path}: {problem}")

    # The directory is measured before the library builds an object for each of its entries.
    if len(data) < _END.size:
        refuse("not a zip file")
    magic, _, _, _, entries, directory, _, comment = _END.unpack(data[-_END.size :])
    if magic != b"PK\x05\x06" or comment:
        refuse("not a zip file without a comment; a submission bundle has none")
    if data[-42:-38] == b"PK\x06\x07":
        refuse("a zip64 file; no submission bundle needs that")
    if entries > len(MEMBERS) + MAX_EXTRAS or directory > _MAX_DIRECTORY:
        refuse(f"more than {len(MEMBERS) + MAX_EXTRAS:,} members")
    members: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                name = info.filename
                most = limit(name)
                if most is None:
                    refuse(f"{name!a:.80} does not belong in a submission bundle")
                if name in members:
                    refuse(f"{name} is there twice")
                if not stat.S_ISREG(info.external_attr >> 16):
                    refuse(f"{name} is not a regular file")
                if info.compress_type != zipfile.ZIP_STORED or info.flag_bits:
                    refuse(f"{name} is compressed or encrypted; members are stored as they are")
                if info.file_size > most or info.compress_size != info.file_size:
                    refuse(f"{name}: larger than {most:,} bytes, or of two sizes")
                members[name] = archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, struct.error, ValueError) as error:
        refuse(f"not a well-formed zip file: {error}")
    return members
