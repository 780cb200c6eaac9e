"""The check ``decode``: strict decoder, JSON Schema and canonical digest agree on the document."""

import json

from ..artifact.format import LoadedArtifact, laid_out
from ..artifact.schema import schema_error
from ..evidence.model import Found, Verdict
from . import Subject


def run(subject: Subject) -> Found:
    """Look at the file."""
    return look(subject.artifact)


def look(loaded: LoadedArtifact) -> Found:
    """Decode again from the bytes, by the schema too; compare the two digests of the program."""
    shape, cycles, generator, program, sha256 = loaded.decoded
    error = schema_error(json.loads(loaded.data))
    if error is not None:
        return Found(Verdict.FAIL, f"the schema refuses it at {error}")
    data, digest = laid_out(shape, program, cycles, generator)
    if digest != sha256:
        return Found(Verdict.FAIL, "program_sha256 is not the RFC 8785 digest")
    canonical = loaded.data == data
    slots = sum(len(slots) for bundle in program for slots in bundle.values())
    return Found(
        Verdict.PASS,
        "a well-formed program for this machine; decoder and JSON Schema agree",
        {
            "bytes": len(loaded.data),
            "bundles": len(program),
            "slots": slots,
            "canonical_layout": canonical,
        },
        [] if canonical else ["not in the canonical layout; `cycleproof build` writes that"],
    )
