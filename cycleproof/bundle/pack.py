"""Packing: an artifact and evidence about it become the bytes of a submission bundle."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..artifact.format import ARTIFACT_NAME, BUNDLE_NAME, LoadedArtifact
from ..base.errors import Refused
from ..base.files import read_regular
from ..challenge.loader import LOADER, LOADER_NAME
from ..evidence.model import Evidence
from ..evidence.policy import GATE, Requirements, require
from ..view.report.junit import junit
from ..view.report.markdown import markdown
from .hygiene import complaints, is_leftover, own_names
from .layout import (
    EVIDENCE_NAME,
    EXTRA,
    JUNIT_NAME,
    MAX_ADDED,
    MAX_TEXT,
    PAGE_NAME,
    REPORT_NAME,
    SUMS_NAME,
    limit,
    sums,
)
from .page import page

_SHOWN = 5


def members_of(
    artifact: LoadedArtifact,
    evidence: Evidence,
    extras: Mapping[str, bytes],
    requirements: Requirements = GATE,
    file: str = BUNDLE_NAME,
) -> dict[str, bytes]:
    """All members of the bundle, by name.

    They depend only on the arguments: the same artifact, evidence, extras and name of the
    bundle's ``file`` give the same members on any machine, and ``layout.encode`` gives the same
    bytes of these. Raises ``Refused`` where something does not belong or the evidence falls
    short of ``requirements``, and ``Unreadable`` where the evidence is about something else.
    """
    evidence = require(artifact, evidence, requirements)
    members = {
        ARTIFACT_NAME: artifact.data,
        LOADER_NAME: LOADER,
        EVIDENCE_NAME: evidence.encode(),
        JUNIT_NAME: junit(evidence),
        REPORT_NAME: markdown(evidence, ARTIFACT_NAME).encode(),
        PAGE_NAME: page(artifact, evidence, extras, file).encode(),
        **extras,
    }
    for name, data in members.items():
        most = limit(name)
        if most is None or len(data) > most:
            raise Refused(f"{name}: {len(data):,} bytes; the limit is {most:,}")
    found = list(_complaints(artifact, members))
    if found:
        more = f"; {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        raise Refused("; ".join(found[:_SHOWN]) + more, "take it out; nothing was written")
    return members | {SUMS_NAME: sums(members)}


def read_extras(paths: Sequence[Path]) -> dict[str, bytes]:
    """Text files of the submitter's, by their member name. Raises ``Refused``, ``Unreadable``."""
    if len(paths) > MAX_ADDED:
        raise Refused(f"{len(paths):,} files to add; the limit is {MAX_ADDED:,}")
    extras: dict[str, bytes] = {}
    for path in paths:
        name = EXTRA + path.name
        if is_leftover(path.name):
            raise Refused(f"{path.name}: an editor's or system's leftover does not belong")
        if limit(name) is None:
            raise Refused(f"{path.name!a}: use letters, digits, dots and dashes, at most 64")
        if name in extras:
            raise Refused(f"{path.name}: two files of one name")
        data = read_regular(path, MAX_TEXT)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = "\0"
        if any(not char.isprintable() and char not in "\n\t" for char in text):
            raise Refused(f"{path.name}: not plain UTF-8 text with Unix line ends")
        extras[name] = data
    return extras


def _complaints(artifact: LoadedArtifact, members: Mapping[str, bytes]) -> Iterator[str]:
    own = own_names()
    # Beside these strings the strict decoder lets nothing but op names and integers in.
    generator = "\n".join(artifact.decoded.generator.values())
    yield from complaints(ARTIFACT_NAME, generator, own)
    for name in sorted(members.keys() - {ARTIFACT_NAME, LOADER_NAME}):
        yield from complaints(name, members[name].decode(), own)
