"""in-toto statements (v1) about an artifact: what is signed, and what a signed one must say.

Two predicates. *Test result* v0.1 says which checks ran and how they ended. The *verification
summary* (SLSA VSA v1) says that a verifier found a policy met: the policy is the frozen base, by
digest, and what was met is one level per check, of our own (the format reserves ``SLSA_`` for
its track). in-toto's simple verification result was the other candidate: it has no place for the
policy's digest nor for the attestations that went in. Neither predicate carries a time (both
allow that), so the same evidence is the same bytes.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import rfc8785

from ...artifact.format import ARTIFACT_NAME, LoadedArtifact
from ...base.errors import Unreadable
from ...base.strictjson import read_strict
from ..model import Evidence, Verdict
from ..policy import NEEDED, required
from .card import SCORE_CARD, card_complaints, card_predicate

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
SUMMARY = "https://slsa.dev/verification_summary/v1"
VERIFIER = "urn:x-cycleproof:verifier"


def level(check: str) -> str:
    """The name of a passed check or a met requirement among a summary's verified levels."""
    return f"CYCLEPROOF_{check.upper().replace('-', '_')}"


def _statement(evidence: Evidence, predicate_type: str, predicate: Mapping[str, Any]) -> bytes:
    artifact = evidence.artifact
    subject: dict[str, Any] = {
        "name": ARTIFACT_NAME,
        "digest": {"sha256": artifact["file_sha256"]},
        "annotations": {
            "cycles": artifact["cycles"],
            "evidence_sha256": hashlib.sha256(evidence.encode()).hexdigest(),
            "problem": artifact["shape"],
            "program_sha256": artifact["program_sha256"],
        },
    }
    return rfc8785.dumps(
        {
            "_type": STATEMENT_TYPE,
            "subject": [subject],
            "predicateType": predicate_type,
            "predicate": dict(predicate),
        }
    )


def test_result(evidence: Evidence) -> bytes:
    """The statement of how each check ended; those left open are warned of, not passed."""
    warned, failed = evidence.named(Verdict.UNKNOWN), evidence.named(Verdict.FAIL)
    predicate = {
        "result": "FAILED" if failed else "WARNED" if warned else "PASSED",
        "configuration": [
            {"name": "frozen", "digest": {"sha256": evidence.frozen["digest"]}},
            {"name": "cycleproof", "uri": f"{VERIFIER}@{evidence.tool['cycleproof']}"},
        ],
        "passedTests": evidence.named(Verdict.PASS),
        "warnedTests": warned,
        "failedTests": failed,
    }
    return _statement(evidence, TEST_RESULT, predicate)


def summary(evidence: Evidence, input_envelope: bytes, verifier: str = VERIFIER) -> bytes:
    """The statement that the policy is met, on the ground of the signed test result.

    ``verifier`` is the URI by which the signer is known; the policy's URI does not depend on it.
    """
    passed = not evidence.named(Verdict.FAIL)
    met = dict.fromkeys((*evidence.named(Verdict.PASS), *required(evidence)))
    digest = evidence.artifact["file_sha256"]
    predicate = {
        "verifier": {"id": verifier},
        "resourceUri": f"pkg:generic/{ARTIFACT_NAME}?checksum=sha256:{digest}",
        "policy": {
            "uri": f"{VERIFIER}#frozen-{evidence.frozen['version']}",
            "digest": {"sha256": evidence.frozen["digest"]},
        },
        "inputAttestations": [{"digest": {"sha256": hashlib.sha256(input_envelope).hexdigest()}}],
        "verificationResult": "PASSED" if passed else "FAILED",
        "verifiedLevels": [level(name) for name in met],
    }
    return _statement(evidence, SUMMARY, predicate)


def score_card(evidence: Evidence) -> bytes:
    """The statement of what was established, for people who do not get the kernel."""
    return _statement(evidence, SCORE_CARD, card_predicate(evidence))


def read_statement(payload: bytes, name: str) -> dict[str, Any]:
    """A statement from a payload whose signature has been verified. Raises ``Unreadable``."""
    document = read_strict(payload, name)
    keys = {"_type": str, "subject": list, "predicateType": str, "predicate": dict}
    if not isinstance(document, dict) or document.keys() != keys.keys():
        raise Unreadable(f"{name}: not an in-toto statement")
    if not all(type(document[key]) is kind for key, kind in keys.items()):
        raise Unreadable(f"{name}: not an in-toto statement")
    if document["_type"] != STATEMENT_TYPE:
        raise Unreadable(f"{name}: _type is {document['_type']!a:.80}, not {STATEMENT_TYPE}")
    if document["predicateType"] not in (TEST_RESULT, SUMMARY, SCORE_CARD):
        raise Unreadable(f"{name}: predicateType {document['predicateType']!a:.80} is not known")
    return document


def complaints(
    statement: Mapping[str, Any], artifact: LoadedArtifact, base_digest: str
) -> Iterator[tuple[Verdict, str]]:
    """Why a statement does not vouch for these bytes under this base; nothing if it does.

    Only another base leaves it open (unknown); all else is a failure.
    """
    predicate = statement["predicate"]
    if statement["predicateType"] == SCORE_CARD:
        yield from card_complaints(predicate, artifact, base_digest)
        return
    yield from _subject_complaints(statement["subject"], artifact)
    if statement["predicateType"] == TEST_RESULT:
        said, allowed = predicate.get("result"), {"PASSED", "WARNED"}
        passed = predicate.get("passedTests")
        wanted = list(NEEDED)
        bases = [
            entry.get("digest")
            for entry in _list(predicate.get("configuration"))
            if isinstance(entry, dict) and entry.get("name") == "frozen"
        ]
        if predicate.get("failedTests"):
            yield Verdict.FAIL, "it names failed checks"
    else:
        said, allowed = predicate.get("verificationResult"), {"PASSED"}
        passed = predicate.get("verifiedLevels")
        wanted = [level(check) for check in NEEDED]
        policy = predicate.get("policy")
        bases = [policy.get("digest")] if isinstance(policy, dict) else []
    if type(said) is not str or said not in allowed:
        yield Verdict.FAIL, f"its result is {said!a:.40}"
    missing = [name for name in wanted if name not in _list(passed)]
    if missing:
        yield Verdict.FAIL, f"it does not name as passed: {', '.join(missing)}"
    if bases != [{"sha256": base_digest}]:
        yield Verdict.UNKNOWN, "it was made with another frozen base"


def _subject_complaints(
    subjects: list[Any], artifact: LoadedArtifact
) -> Iterator[tuple[Verdict, str]]:
    if len(subjects) != 1 or not isinstance(subjects[0], dict):
        yield Verdict.FAIL, f"it names {len(subjects)} subjects, not one"
        return
    digest = subjects[0].get("digest")
    if not isinstance(digest, dict) or digest.keys() != {"sha256"}:
        algorithms = ", ".join(sorted(map(str, digest))) if isinstance(digest, dict) else "nothing"
        yield Verdict.FAIL, f"its subject is named by {algorithms[:80]!a}, not by SHA-256 alone"
    elif digest["sha256"] != artifact.file_sha256:
        yield (
            Verdict.FAIL,
            f"it is about {digest['sha256']!a:.80}; these bytes are {artifact.file_sha256}",
        )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
