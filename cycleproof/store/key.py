"""What stored evidence is for: a program and its claim, under exactly these versions."""

import hashlib
from typing import Any

import rfc8785

from ..artifact.format import LoadedArtifact
from ..checks.verify import versions
from ..evidence.model import EVIDENCE_FORMAT
from ..proof.fallback.solver import installed
from ..simulator.frozenbase import installed_pins, pins_digest


def key_of(artifact: LoadedArtifact) -> dict[str, Any]:
    """The program's digest, its shape and claim; frozen pins, tool, Python, libraries, solvers.

    Not the file's digest: see ``share`` for what one file's evidence says of another. Requirements
    have no part in it: they are held against the evidence anew on each use.
    """
    decoded = artifact.decoded
    return {
        "format": EVIDENCE_FORMAT,
        "program_sha256": decoded.program_sha256,
        "shape": decoded.shape._asdict(),
        "cycles": decoded.cycles,
        "frozen": pins_digest(*installed_pins()),
        "tool": versions(),
        "solvers": dict(installed()),
    }


def name_of(key: dict[str, Any]) -> str:
    """The file's name: SHA-256 over the key's RFC 8785 form."""
    return f"{hashlib.sha256(rfc8785.dumps(key)).hexdigest()}.json"
