"""What a submission bundle holds, and its one encoding: the same members give the same bytes.

Members are stored, not compressed (deflate differs between versions of zlib), in the order of
``MEMBERS``, with the zip epoch as time and one mode. Nothing of the machine that writes them gets
in.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

from frozen.artifact import MAX_BYTES

from ..artifact.format import ARTIFACT_NAME
from ..challenge.loader import LOADER_NAME

EVIDENCE_NAME = "evidence/evidence.json"
JUNIT_NAME = "evidence/junit.xml"
REPORT_NAME = "evidence/report.md"
PAGE_NAME = "VERIFY.md"
SUMS_NAME = "SHA256SUMS"
EXTRA = "extra/"
CERTIFICATE_NAME = f"{EXTRA}proof.json"
EXTRAS = {  # what `submit` adds; any other extra is the submitter's own
    CERTIFICATE_NAME: "the proof, written down for a checker",
    f"{EXTRA}report.html": "the submitter's report, with the schedule, for a browser",
    f"{EXTRA}report.md": "the submitter's report as text",
}

MAX_TEXT = 1 << 20
MAX_ADDED = 16  # files of the submitter; they take no room from ours
MAX_EXTRAS = MAX_ADDED + len(EXTRAS)
MAX_BUNDLE = MAX_BYTES + (16 << 20)
_EXTRA_NAME = re.compile(r"extra/[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_EPOCH = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644


class Member(NamedTuple):
    """A member that every bundle has, and the most bytes it may take."""

    name: str
    limit: int
    what: str


MEMBERS = (
    Member(PAGE_NAME, MAX_TEXT, "how to verify this bundle"),
    Member(ARTIFACT_NAME, MAX_BYTES, "the kernel, as data"),
    Member(LOADER_NAME, MAX_TEXT, "reads kernel.json where the official tests expect a builder"),
    Member(EVIDENCE_NAME, MAX_TEXT, "what the submitter's run of the checks established"),
    Member(JUNIT_NAME, MAX_TEXT, "the same for continuous integration"),
    Member(REPORT_NAME, MAX_TEXT, "the same for people"),
    Member(SUMS_NAME, MAX_TEXT, "SHA-256 of every other file"),
)
_LIMITS = {member.name: member.limit for member in MEMBERS}


def limit(name: str) -> int | None:
    """The most bytes that the member ``name`` may take; ``None`` if no bundle has such a member."""
    if _EXTRA_NAME.fullmatch(name):
        return MAX_TEXT
    return _LIMITS.get(name)


def order(names: Mapping[str, bytes]) -> list[str]:
    """The names in the order of the bundle: the fixed members, then the extras by name."""
    fixed = [member.name for member in MEMBERS if member.name in names]
    return fixed + sorted(names.keys() - _LIMITS.keys())


def sums(members: Mapping[str, bytes]) -> bytes:
    """The text of ``SHA256SUMS`` over all other members, for ``sha256sum -c``."""
    names = [name for name in order(members) if name != SUMS_NAME]
    return "".join(f"{hashlib.sha256(members[n]).hexdigest()}  {n}\n" for n in names).encode()


def encode(members: Mapping[str, bytes]) -> bytes:
    """The zip file with these members; equal members give equal bytes, whatever wrote them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in order(members):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # Unix, on every system
            info.external_attr = MODE << 16
            archive.writestr(info, members[name])
    return buffer.getvalue()
