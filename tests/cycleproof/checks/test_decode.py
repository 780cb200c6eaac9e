"""The check ``decode``: three readers of one document must agree."""

import json

import pytest

from cycleproof.artifact.format import LoadedArtifact
from cycleproof.checks import Subject
from cycleproof.checks.decode import run
from cycleproof.evidence.model import Found, Verdict
from tests.support import samples


def checked(artifact: LoadedArtifact) -> Found:
    return run(Subject(artifact, samples.subject().base))


def test_a_well_formed_artifact_passes() -> None:
    found = checked(samples.artifact())
    assert found.verdict is Verdict.PASS
    assert found.figures["canonical_layout"] is True
    assert not found.notes


def test_another_layout_passes_with_a_note() -> None:
    artifact = samples.artifact()
    data = json.dumps(json.loads(artifact.data)).encode()
    found = checked(artifact._replace(data=data))
    assert found.verdict is Verdict.PASS
    assert found.figures["canonical_layout"] is False
    assert found.notes == ["not in the canonical layout; `cycleproof build` writes that"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"program_sha256": "0" * 64}, "program_sha256 is not the RFC 8785 digest"),
        ({"program": [{"load": [["const", 0, 0]]}]}, "program_sha256 is not the RFC 8785 digest"),
    ],
)
def test_a_decoder_with_another_digest_fails(change: dict[str, object], said: str) -> None:
    artifact = samples.artifact()
    found = checked(artifact._replace(decoded=artifact.decoded._replace(**change)))
    assert (found.verdict, found.established) == (Verdict.FAIL, said)


def test_a_document_that_the_schema_refuses_fails() -> None:
    artifact = samples.artifact()
    document = json.loads(artifact.data) | {"extra": 1}
    found = checked(artifact._replace(data=json.dumps(document).encode()))
    assert found.verdict is Verdict.FAIL
    assert found.established.startswith("the schema refuses it at $: ")
