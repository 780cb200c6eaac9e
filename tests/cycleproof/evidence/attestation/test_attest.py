"""The commands that sign: from a key to a verified bundle, and what is not signed."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cycleproof.base.errors import CycleproofError
from cycleproof.checks import upstream
from cycleproof.commands import attest
from cycleproof.evidence.attestation.keys import new_key_pair
from frozen.problem import JUDGED
from tests.support import signed
from tests.support.clones import SIMULATOR, clone, pins_for

from ....support import samples

RESULT, _ = signed.statements()


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
        (("--key", "0.pub"), "--key goes with --card or --attestation"),
        (("--attestation", "a"), "a: whose is it? --key PUB says so"),
        (("--card", "a"), "a: whose is it? --key PUB says so"),
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
    assert "upstream (not run)" in str(ended)
    assert not (tmp_path / "a").exists()


def test_failed_evidence_is_not_signed(tmp_path: Path) -> None:
    result = attested_apart(tmp_path, samples.edited({"exit_code": 1}, seeds="fail"))
    assert result.returncode == 1
    assert "failed: seeds" in result.stderr
    assert not (tmp_path / "a").exists()
