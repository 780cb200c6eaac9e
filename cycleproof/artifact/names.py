"""Names beside an artifact: one label per slot, for people who read traces; never judged.

A generator may give labels parallel to its program: per bundle, engine to one label per slot.
They are stored in ``STEM.names.json`` beside the artifact, bound to the program by its digest.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frozen.artifact import MAX_BYTES, Artifact, read_json
from frozen.errors import Malformed
from frozen.ops import Program

from ..base.errors import Unreadable
from ..base.files import is_stream, read_regular, write_whole
from .strip import ships

NAMES_FORMAT = "cycleproof-names/1"
MAX_LABEL = 200

Names = Sequence[Mapping[str, Sequence[str]]]
"""Per bundle: engine to labels, one per slot."""


def names_path(artifact: Path) -> Path:
    """Where the names of an artifact lie: ``k.json`` has ``k.names.json``."""
    return artifact.with_suffix(".names.json")


def check_names(names: Any, program: Program, at: str) -> Names:
    """Hold labels against a program. Raises ``Unreadable`` where they are not parallel to it."""
    if not isinstance(names, list) or len(names) != len(program):
        raise Unreadable(f"{at}: expected one object per bundle, {len(program)} in all")
    for number, (labels, bundle) in enumerate(zip(names, program, strict=True)):
        if not isinstance(labels, dict) or not labels.keys() <= bundle.keys():
            raise Unreadable(f"{at}: bundle {number}: expected engines of that bundle")
        for engine, row in labels.items():
            if not isinstance(row, list) or len(row) != len(bundle[engine]):
                raise Unreadable(
                    f"{at}: bundle {number}, {engine}: expected {len(bundle[engine])} labels"
                )
            if not all(isinstance(label, str) and len(label) <= MAX_LABEL for label in row):
                raise Unreadable(
                    f"{at}: bundle {number}, {engine}: labels are text, {MAX_LABEL} characters"
                )
    return names


def strip_names(names: Any, program: Program) -> Names | None:
    """The labels of what ``strip`` leaves of ``program``. Raises ``Unreadable``."""
    if names is None:
        return None
    kept = []
    for labels, bundle in zip(check_names(names, program, "names"), program, strict=True):
        engines = {
            engine: [index for index, slot in enumerate(slots) if ships(engine, slot)]
            for engine, slots in bundle.items()
        }
        if any(engines.values()):
            kept.append(
                {
                    engine: [row[index] for index in engines[engine]]
                    for engine, row in labels.items()
                    if engines[engine]
                }
            )
    return kept


def write_names(artifact: Path, names: Names | None, program_sha256: str) -> None:
    """Write the names beside an artifact; with none, take away those of an earlier build.

    An artifact that goes to a device, a pipe or standard output has nothing beside it.
    """
    if is_stream(artifact):
        return
    path = names_path(artifact)
    if names is None:
        path.unlink(missing_ok=True)
        return
    rows = ",\n".join(json.dumps(row, sort_keys=True, separators=(",", ":")) for row in names)
    head = f'{{"format":"{NAMES_FORMAT}","program_sha256":"{program_sha256}","names":[\n'
    write_whole(path, f"{head}{rows}\n]}}\n".encode("ascii"))


def load_names(artifact: Path, decoded: Artifact) -> Names | None:
    """The names beside an artifact, or ``None`` if there are none or they are another program's.

    Raises ``Unreadable`` if the file is there and is not what it should be.
    """
    path = names_path(artifact)
    if not path.exists():
        return None
    try:
        document = read_json(read_regular(path, MAX_BYTES))
    except Malformed as error:
        raise Unreadable(f"{path}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != NAMES_FORMAT:
        raise Unreadable(f"{path}: not a names file; remove it or build again")
    if document.get("program_sha256") != decoded.program_sha256:
        return None
    return check_names(document.get("names"), decoded.program, str(path))


def label(names: Names | None, bundle: int, engine: str, index: int) -> str:
    """The label of one slot, or nothing."""
    if names is None:
        return ""
    row = names[bundle].get(engine)
    return row[index] if row else ""
