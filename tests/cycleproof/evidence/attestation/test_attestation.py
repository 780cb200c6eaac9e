"""Attestations: believed only as signed statements about exactly these bytes."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from cycleproof.base.errors import MissingDependency, Unreadable
from cycleproof.checks import Subject
from cycleproof.checks.attestation import Options, run
from cycleproof.evidence.attestation.envelope import MAX_FILE, read_envelopes, verify
from cycleproof.evidence.attestation.keys import load_public, load_signer, new_key_pair
from cycleproof.evidence.attestation.statement import SUMMARY, TEST_RESULT, read_statement
from cycleproof.evidence.model import Found, Verdict
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from tests.support import signed

from ....support import samples

RESULT, VSA = signed.statements()
OTHER = "0" * 64


def check(folder: Path, data: bytes, keys: tuple[int, ...] = (0,), threshold: int = 1) -> Found:
    file = folder / "k.intoto.jsonl"
    file.write_bytes(data)
    subject = Subject(
        samples.artifact(),
        read_frozen(installed_folder()),
        (Options(file, tuple(signed.public_file(folder, n) for n in keys), threshold),),
    )
    return run(subject)


def test_sound_statements_pass_and_claim_no_more(tmp_path: Path) -> None:
    finding = check(tmp_path, signed.envelope(RESULT, 0) + signed.envelope(VSA, 0))
    assert finding.verdict is Verdict.PASS
    assert finding.figures["statements"] == [TEST_RESULT, SUMMARY]
    assert finding.figures["keys"] == [signed.keyid()]
    assert "a signature does not make a statement true" in finding.established


def test_not_given_is_not_run() -> None:
    assert run(Subject(samples.artifact(), read_frozen(installed_folder()))).verdict == "skipped"


@pytest.mark.parametrize(
    ("signers", "keys", "threshold", "passes"),
    [
        ((0, 1), (0, 1), 2, True),
        ((0, 1), (0,), 1, True),
        ((0,), (0, 1), 1, True),
        ((0,), (0, 1), 2, False),
        ((1,), (0,), 1, False),
        ((0, 1), (0, 1, 2), 3, False),
    ],
)
def test_threshold_counts_distinct_named_keys(
    tmp_path: Path, signers: tuple[int, ...], keys: tuple[int, ...], threshold: int, passes: bool
) -> None:
    finding = check(tmp_path, signed.envelope(RESULT, *signers), keys, threshold)
    assert finding.verdict is (Verdict.PASS if passes else Verdict.FAIL)
    assert passes or finding.established.startswith("not signed by")


def test_one_bad_line_spoils_the_file(tmp_path: Path) -> None:
    finding = check(tmp_path, signed.envelope(RESULT, 0) + signed.envelope(VSA, 1))
    assert finding.verdict is Verdict.FAIL
    assert finding.established == "line 2: not signed by 1 of the 1 named keys"


def test_every_flipped_byte_of_the_payload_is_noticed(tmp_path: Path) -> None:
    key = load_public(signed.public_file(tmp_path))
    (envelope,) = read_envelopes(signed.envelope(RESULT, 0), "x")
    assert verify(envelope, [key], 1) == [signed.keyid()]
    for at in range(0, len(RESULT), 7):
        flipped = bytearray(RESULT)
        flipped[at] ^= 1
        assert verify(envelope._replace(payload=bytes(flipped)), [key], 1) == []


def test_no_flipped_bit_of_the_file_goes_unnoticed(tmp_path: Path) -> None:
    data = signed.envelope(RESULT, 0)
    for at in range(0, len(data) - 1, 5):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        try:
            verdict = check(tmp_path, bytes(flipped)).verdict
        except Unreadable:
            continue
        assert verdict is Verdict.FAIL, at


def test_nothing_of_an_unsigned_payload_is_read(tmp_path: Path) -> None:
    """A payload that no parser takes is still a matter only of its signature."""
    finding = check(tmp_path, signed.envelope(b'{"a":1,"a":2', 1))
    assert finding.verdict is Verdict.FAIL
    assert "not signed" in finding.established


@pytest.mark.parametrize(
    ("statement", "verdict", "says"),
    [
        (signed.edited(0, "subject", 0, "digest", to={"sha256": OTHER}), "fail", "it is about"),
        (signed.edited(1, "subject", 0, "digest", to={"sha256": OTHER}), "fail", "it is about"),
        (signed.edited(0, "subject", 0, "digest", to={"sha1": OTHER}), "fail", "named by 'sha1'"),
        (
            signed.edited(0, "subject", 0, "digest", to={"md5": "0", "sha256": OTHER}),
            "fail",
            "named by 'md5, sha256'",
        ),
        (signed.edited(0, "subject", 0, "digest", to=[]), "fail", "named by 'nothing'"),
        (signed.edited(0, "subject", 0, "digest", "sha256", to=7), "fail", "it is about 7"),
        (signed.edited(0, "subject", to=[]), "fail", "it names 0 subjects"),
        (signed.edited(0, "subject", to=[{}, {}]), "fail", "it names 2 subjects"),
        (signed.edited(0, "subject", to=["x"]), "fail", "it names 1 subjects"),
        (signed.edited(0, "predicate", "result", to="FAILED"), "fail", "result is 'FAILED'"),
        (signed.edited(0, "predicate", "result", to=["PASSED"]), "fail", "result is ['PASSED']"),
        (signed.edited(0, "predicate", "failedTests", to=["seeds"]), "fail", "failed checks"),
        (signed.edited(0, "predicate", "passedTests", to=["decode"]), "fail", "frozen, seeds"),
        (signed.edited(0, "predicate", "passedTests", to=None), "fail", "name as passed: decode"),
        (signed.edited(1, "predicate", "verificationResult", to="FAILED"), "fail", "'FAILED'"),
        (signed.edited(1, "predicate", "verifiedLevels", to=[]), "fail", "CYCLEPROOF_SEEDS"),
        (signed.edited(1, "predicate", to={}), "fail", "its result is None"),
        (signed.edited(0, "predicate", "configuration", to=[7]), "unknown", "another frozen base"),
        (
            signed.edited(1, "predicate", "policy", "digest", to={"sha256": OTHER}),
            "unknown",
            "another frozen base",
        ),
    ],
)
def test_signed_and_still_not_enough(
    tmp_path: Path, statement: bytes, verdict: str, says: str
) -> None:
    finding = check(tmp_path, signed.envelope(statement, 0))
    assert finding.verdict == verdict
    assert says in finding.established


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"[]", "not an in-toto statement"),
        (b"{", "not JSON"),
        (signed.edited(0, "_type", to="https://in-toto.io/Statement/v0.1"), "_type is"),
        (signed.edited(0, "predicateType", to="https://e.org/mine"), "is not known"),
        (signed.edited(0, "predicate", to=[]), "not an in-toto statement"),
        (signed.edited(0, "more", to=1), "not an in-toto statement"),
        (RESULT.replace(b'"_type"', b'"_type":"x","_type"'), "stands twice"),
    ],
)
def test_refuses_other_payloads(payload: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_statement(payload, "k, line 1")
    assert says in str(caught.value)


def _row(**change: Any) -> list[dict[str, Any]]:
    (row,) = json.loads(signed.envelope(RESULT, 0))["signatures"]
    return [row | change]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "0 lines"),
        (signed.envelope(RESULT, 0) * 9, "9 lines"),
        (b"{}", "not a DSSE envelope"),
        (b"[]", "not a DSSE envelope"),
        (signed.envelope(RESULT, 0, more=1), "not a DSSE envelope"),
        (signed.envelope(RESULT, 0, kind="application/json"), "payloadType is 'application/json'"),
        (signed.envelope(RESULT, 0, payloadType=None), "payloadType is None"),
        (signed.envelope(RESULT, 0, payload="***"), "payload is not base64"),
        (signed.envelope(RESULT, 0, payload=7), "payload is not base64"),
        (signed.envelope(RESULT), "1 to 8 signatures"),
        (signed.envelope(RESULT, *[0] * 9), "1 to 8 signatures"),
        (signed.envelope(RESULT, 0, 0), "there twice"),
        (signed.envelope(RESULT, 0, signatures=[7]), "a keyid and a sig"),
        (signed.envelope(RESULT, 0, signatures=_row(cert="x")), "a keyid and a sig"),
        (signed.envelope(RESULT, 0, signatures=_row(keyid="")), "is empty"),
        (signed.envelope(RESULT, 0, signatures=_row(keyid=None)), "is empty"),
        (signed.envelope(RESULT, 0, signatures=_row(sig="AAAA")), "3 bytes is none of ed25519"),
        (signed.envelope(RESULT, 0, signatures=_row(sig="é")), "sig is not base64"),
        (signed.envelope(RESULT, 0, payload="e31="), "payload is base64 with stray bits"),
    ],
)
def test_refuses_other_envelopes(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_envelopes(data, "k.intoto.jsonl")
    assert says in str(caught.value)


def test_refuses_thresholds_and_keys_that_make_no_sense(tmp_path: Path) -> None:
    key = load_public(signed.public_file(tmp_path))
    (envelope,) = read_envelopes(signed.envelope(RESULT, 0), "x")
    for threshold in (0, -1, 2):
        with pytest.raises(Unreadable, match="makes no sense"):
            verify(envelope, [key], threshold)
    with pytest.raises(Unreadable, match="named twice"):
        verify(envelope, [key, key], 2)
    with pytest.raises(Unreadable, match=f"larger than {MAX_FILE:,}"):
        check(tmp_path, b" " * (MAX_FILE + 1))


def test_a_key_id_is_a_hint_and_proves_nothing(tmp_path: Path) -> None:
    """Another key's signature under the named key's id."""
    rows = json.loads(signed.envelope(RESULT, 1))["signatures"]
    rows[0]["keyid"] = signed.keyid(0)
    finding = check(tmp_path, signed.envelope(RESULT, signatures=rows))
    assert finding.verdict is Verdict.FAIL


def test_statements_are_what_the_formats_say() -> None:
    """in-toto's own definitions take the statements and both predicates, every key of them."""
    for payload, message in (
        (RESULT, test_result_pb2.TestResult()),
        (VSA, vsa_pb2.VerificationSummary()),
    ):
        document = json.loads(payload)
        Statement.copy_from_pb(
            json_format.ParseDict(document, statement_pb2.Statement())
        ).validate()
        predicate = document["predicate"]
        # A list by the VSA's specification; the library's definition has it as one string.
        levels = predicate.pop("verifiedLevels", [""])
        assert all(type(level) is str for level in levels)
        json_format.ParseDict(predicate, message)


def test_open_checks_are_warned_of() -> None:
    from cycleproof.evidence.attestation.statement import summary, test_result

    findings = [
        dataclasses.replace(finding, verdict=Verdict.UNKNOWN)
        if finding.check == "lint"
        else finding
        for finding in samples.evidence().findings
    ]
    evidence = dataclasses.replace(samples.evidence(), findings=findings)
    predicate = json.loads(test_result(evidence))["predicate"]
    assert predicate["result"] == "WARNED"
    assert predicate["warnedTests"] == ["lint"]
    assert "lint" not in predicate["passedTests"]
    levels = json.loads(summary(evidence, b""))["predicate"]["verifiedLevels"]
    assert "CYCLEPROOF_LINT" not in levels
    assert "CYCLEPROOF_SEEDS" in levels
    assert not any(name.startswith("SLSA_") for name in levels)


def test_without_the_library_it_is_code_5(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    data = signed.envelope(RESULT, 0)
    monkeypatch.setitem(sys.modules, "securesystemslib.dsse", None)
    for call in (
        lambda: check(tmp_path, data),
        lambda: new_key_pair(tmp_path / "me.key"),
        lambda: load_signer(tmp_path / "me.key"),
    ):
        with pytest.raises(MissingDependency) as caught:
            call()
        assert caught.value.exit_code == 5
        assert "[attest]'" in caught.value.hint
