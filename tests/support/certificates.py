"""Programs of a few bundles, and certificates written by hand."""

import json
from typing import Any

from frozen.artifact import Artifact
from frozen.problem import Shape
from frozen.program import program_digest

TINY = Shape(1, 2, 8)


def program(*bundles: dict[str, Any], shape: Shape = TINY, cycles: int | None = None) -> Artifact:
    """A program as an artifact; its claim is the number of bundles unless given."""
    claim = len(bundles) if cycles is None else cycles
    return Artifact(shape, claim, {}, bundles, program_digest(bundles))


def certificate(of: Artifact, rows: list[Any], expressions: list[Any]) -> bytes:
    return json.dumps(
        {
            "format": "cycleproof-certificate/2",
            "program_sha256": of.program_sha256,
            "problem": of.shape._asdict(),
            "cycles": len(rows),
            "expressions": expressions,
            "rows": rows,
        }
    ).encode()
