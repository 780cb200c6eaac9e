import dataclasses
import json
import stat
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from cycleproof.base.errors import CycleproofError, MissingDependency, Unreadable
from cycleproof.checks import Subject, upstream
from cycleproof.checks.attestation import Options, run
from cycleproof.commands import attest
from cycleproof.evidence.attestation.envelope import MAX_FILE, read_envelopes, verify
from cycleproof.evidence.attestation.keys import load_public, load_signer, new_key_pair
from cycleproof.evidence.attestation.statement import SUMMARY, TEST_RESULT, read_statement
from cycleproof.evidence.model import Found, Verdict
from cycleproof.simulator.base import installed_folder, read_frozen
from frozen.problem import JUDGED
from tests.support import signed
from tests.support.clones import SIMULATOR, clone, pins_for

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
    assert "whether they are true is left open" in finding.established


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
    assert passes or "line 1: not signed by" in finding.established


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
    """A payload that no parser takes is still a matter of its signature alone."""
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


def test_new_keys_are_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "me.key"
    public, keyid = new_key_pair(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_public(public).keyid == load_signer(path).public_key.keyid == keyid
    before = path.read_bytes(), public.read_bytes()
    with pytest.raises(Unreadable, match="is not overwritten"):
        new_key_pair(path)
    path.unlink()
    with pytest.raises(Unreadable, match=r"me\.key\.pub: is there already"):
        new_key_pair(path)
    assert not path.exists()
    assert public.read_bytes() == before[1]
    assert sorted(tmp_path.iterdir()) == [public]
    target = tmp_path / "elsewhere"
    path.symlink_to(target)
    with pytest.raises(Unreadable, match="is not overwritten"):
        new_key_pair(path)
    assert not target.exists()
    with pytest.raises(Unreadable, match="cannot write"):
        new_key_pair(tmp_path / "no" / "me.key")


def test_refuses_other_keys(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    path = tmp_path / "me.key"
    public, _ = new_key_pair(path)
    curve = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "ec.pub").write_bytes(
        curve.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    locked = serialization.BestAvailableEncryption(b"word")
    for name, secrecy in (("ec.key", serialization.NoEncryption()), ("locked.key", locked)):
        (tmp_path / name).write_bytes(curve.private_bytes(pem, pkcs8, secrecy))
        (tmp_path / name).chmod(0o600)
    (tmp_path / "junk").write_bytes(b"junk")
    (tmp_path / "junk").chmod(0o600)
    for name, says in [
        ("me.key", "is a private key"),
        ("ec.pub", "not an ed25519 key"),
        ("junk", "not a public key in PEM form"),
        ("none", "No such file"),
    ]:
        with pytest.raises(Unreadable, match=says):
            load_public(tmp_path / name)
    for name, says in [
        (public.name, "other users can read"),
        ("ec.key", "not an ed25519 key"),
        ("locked.key", "is encrypted"),
        ("junk", "not a private key in PEM form"),
        ("none", "there is no such key"),
    ]:
        with pytest.raises(Unreadable, match=says):
            load_signer(tmp_path / name)
    path.chmod(0o640)
    with pytest.raises(Unreadable, match="other users can read this private key"):
        load_signer(path)


@pytest.mark.slow
def test_the_commands_from_key_to_verified_bundle(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "ev.json").write_bytes(samples.evidence().encode())

    def run_ok(*words: str) -> str:
        result = samples.run(*words, cwd=tmp_path)
        assert (result.returncode, result.stderr) == (0, ""), words
        return result.stdout

    run_ok("key", "new", "-o", "me.key")
    run_ok("pack", "kernel.json", "--any-shape", "-o", "b.zip", "--evidence", "ev.json")
    for subject, output in (("kernel.json", "one.jsonl"), ("b.zip", "two.jsonl")):
        run_ok(
            "attest",
            subject,
            "--any-shape",
            "--key",
            "me.key",
            "--evidence",
            "ev.json",
            "-o",
            output,
        )
    for name in ("one.jsonl", "two.jsonl"):
        trust = ("--attestation", name, "--key", "me.key.pub")
        answer = json.loads(run_ok("verify", "b.zip", *trust, "--json"))
        verdicts = [f["verdict"] for f in answer["findings"] if f["check"] == "attestation"]
        assert verdicts == ["pass"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--key", "0.pub"), "go together"),
        (("--attestation", "a"), "go together"),
        (("--attestation", "a", "--key", "0.pub", "--threshold", "0"), "--threshold"),
        (
            ("--attestation", "a", "--key", "0.pub", "--threshold", "2"),
            "1 key named",
        ),
        (("--attestation", "a", "--key", "none"), "'none' does not exist"),
        (("--attestation", "none", "--key", "0.pub"), "'none' does not exist"),
    ],
)
def test_wrong_usage_is_code_2(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "a").write_bytes(signed.envelope(RESULT, 0))
    signed.public_file(tmp_path)
    skip = [word for name in ("proof", "seeds", "directed") for word in ("--skip", name)]
    result = samples.run("verify", "kernel.json", *words, *skip, cwd=tmp_path)
    assert result.returncode == 2
    assert says in result.stderr


def attested_apart(folder: Path, evidence: bytes) -> Any:
    """`attest` in a process of its own, with a new key and this evidence."""
    (folder / "kernel.json").write_bytes(samples.artifact().data)
    (folder / "ev.json").write_bytes(evidence)
    samples.run("key", "new", "-o", "me.key", cwd=folder)
    return samples.run(
        "attest", "kernel.json", "--any-shape", "--key", "me.key",
        "--evidence", "ev.json", "-o", "a",
        cwd=folder,
    )  # fmt: skip


@pytest.mark.slow
def test_what_no_run_has_shown_is_not_signed(tmp_path: Path) -> None:
    result = attested_apart(tmp_path, samples.edited({}, upstream="pass"))
    assert result.returncode == 1
    assert "not repeated here: upstream\n  --upstream CLONE runs the challenge's" in result.stderr
    assert not (tmp_path / "a").exists()


def attested(folder: Path, *words: object) -> Result:
    """`attest`, with the key and the artifact that it is given there."""
    (folder / "kernel.json").write_bytes(samples.artifact().data)
    if not (folder / "me.key").exists():
        new_key_pair(folder / "me.key")
    given = [folder / "kernel.json", "--any-shape", "--key", folder / "me.key", "-o", folder / "a"]
    line = [str(word) for word in (*given, *words)]
    return CliRunner().invoke(attest.command, line, standalone_mode=False)


@pytest.mark.slow
def test_the_challenges_own_tests_are_run_before_it_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attest, "OFFICIAL", pins_for())
    monkeypatch.setattr(upstream.run, "__defaults__", (pins_for(),))
    evidence = tmp_path / "ev.json"
    evidence.write_bytes(samples.edited({}, upstream="pass"))
    sound = ("--upstream", clone(tmp_path / "up"), "--evidence", evidence)
    result = attested(tmp_path, *sound)
    assert result.exception is None, result.exception
    first = json.loads((tmp_path / "a").read_bytes().splitlines()[0])
    assert "upstream" in json.loads(b64decode(first["payload"]))["predicate"]["passedTests"]
    (tmp_path / "a").unlink()

    (tmp_path / "empty").mkdir()
    altered = clone(tmp_path / "altered", SIMULATOR + "#")
    for folder, code in ((tmp_path / "empty", 2), (altered, 3)):
        ended = attested(tmp_path, "--upstream", folder).exception
        assert isinstance(ended, CycleproofError)
        assert ended.exit_code == code
    monkeypatch.setattr(upstream.run, "__defaults__", (pins_for()._replace(shape=JUDGED),))
    ended = attested(tmp_path, "--upstream", tmp_path / "up").exception
    assert isinstance(ended, CycleproofError)
    assert "upstream (upstream was not run)" in str(ended)
    assert not (tmp_path / "a").exists()


def test_failed_evidence_is_not_signed(tmp_path: Path) -> None:
    result = attested_apart(tmp_path, samples.edited({"exit_code": 1}, seeds="fail"))
    assert result.returncode == 1
    assert "failed: seeds" in result.stderr
    assert not (tmp_path / "a").exists()


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
