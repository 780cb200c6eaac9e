"""The evidence store: one run for every product, and no word of anybody else's."""

import json
import os
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.evidence.attestation.keys import new_key_pair
from cycleproof.evidence.model import ALTERED, Evidence, Finding, Verdict, describe
from cycleproof.store import entries
from cycleproof.store.entries import Store, open_store
from cycleproof.store.key import key_of, name_of
from cycleproof.store.secret import account_secret
from tests.corpus.store import SECRET, TRIALS, Trial, failed
from tests.support import samples
from tests.support.clones import clone


def stored(
    folder: Path, evidence: Evidence | None = None, secret: bytes = SECRET
) -> tuple[Store, Path]:
    store = Store(folder, secret)
    store.keep(samples.artifact(), evidence or samples.evidence())
    (file,) = folder.iterdir()
    return store, file


def test_what_was_kept_is_found_as_it_was(tmp_path: Path) -> None:
    store, _ = stored(tmp_path)
    assert store.find(samples.artifact()).encode() == samples.evidence().encode()


def file_of(data: bytes, name: str = "other.json") -> LoadedArtifact:
    return LoadedArtifact(Path(name), data, decode(data, name))


def other_file() -> LoadedArtifact:
    """Another file with the sample's program: by another generator, and spelled in its own way."""
    shape, cycles, generator, program, _ = samples.artifact().decoded
    data = encode(shape, program, cycles, {**generator, "version": "2"})
    return file_of(data.replace(b"{\n", b"{ ", 1))


def with_finding(finding: Finding) -> Evidence:
    rest = [each for each in samples.evidence().findings if each.check != finding.check]
    return replace(samples.evidence(), findings=[*rest, finding])


def test_another_program_or_claim_is_another_key(tmp_path: Path) -> None:
    store, _ = stored(tmp_path)
    shape, cycles, generator, program, _ = samples.artifact().decoded
    for changed in (
        encode(shape, program, cycles + 1, generator),
        encode(shape._replace(rounds=5), program, cycles, generator),
        encode(shape, [*program, {"flow": [["halt"]]}], cycles, generator),
    ):
        assert store.find(file_of(changed)) is None


def test_another_file_of_the_program_shares_what_is_the_programs(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, with_finding(Finding("upstream", Verdict.PASS, "accepted")))
    found = store.find(other_file())
    assert found.is_about(other_file())
    assert found.figures("seeds") == samples.evidence().figures("seeds")
    assert found.figures("decode")["canonical_layout"] is False
    assert "upstream" in found.named(Verdict.SKIPPED)
    assert store.find(samples.artifact()).named(Verdict.PASS)[-1] == "upstream"


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.UNKNOWN])
def test_what_failed_for_one_file_is_no_pass_for_another(tmp_path: Path, verdict: Verdict) -> None:
    """Nor does the other's pass take its place."""
    made = with_finding(Finding("reproduce", verdict, "other bytes"))
    store, _ = stored(tmp_path, made)
    assert store.find(other_file()) is None
    passed = replace(samples.evidence(), artifact=describe(other_file()))
    store.keep(other_file(), passed)
    if verdict is Verdict.FAIL:
        assert store.find(samples.artifact()).exit_code == made.exit_code


def test_a_programs_failure_is_that_of_each_of_its_files(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, failed())
    assert store.find(other_file()).exit_code == 1


def test_a_file_that_was_moved_is_named_as_it_is_now(tmp_path: Path) -> None:
    again = "cycleproof verify kernel.json --seed 3"
    store, _ = stored(
        tmp_path, with_finding(Finding("seeds", Verdict.FAIL, "wrong", {}, (), again))
    )
    for name, shown in (("a b.json", "'a b.json'"), ("-k.json", "./-k.json")):
        found = store.find(samples.artifact()._replace(path=Path(name)))
        assert found.findings[-1].reproduce == f"cycleproof verify {shown} --seed 3"


@pytest.mark.parametrize("part", ["frozen", "tool", "solvers", "format"])
def test_other_versions_are_another_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    store, _ = stored(tmp_path)
    key = {**key_of(samples.artifact()), part: "other"}
    monkeypatch.setattr(entries, "key_of", lambda _: key)
    assert store.find(samples.artifact()) is None


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.case.name)
def test_a_tampered_store_never_turns_a_fail_into_a_pass(tmp_path: Path, trial: Trial) -> None:
    store, file = stored(tmp_path, failed())
    assert store.find(samples.artifact()).exit_code == trial.case.exit_code
    file.write_text(json.dumps(trial.edit(json.loads(file.read_text()))))
    assert store.find(samples.artifact()) is None


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"null", b'{"evidence":{},"evidence":{}}'])
def test_a_broken_entry_is_as_none(tmp_path: Path, data: bytes) -> None:
    store, file = stored(tmp_path)
    file.write_bytes(data)
    assert store.find(samples.artifact()) is None
    store.keep(samples.artifact(), samples.evidence())
    assert store.find(samples.artifact())


def test_an_entry_of_another_artifact_or_a_link_is_not_read(tmp_path: Path) -> None:
    store, file = stored(tmp_path / "a")
    other = samples.artifact("packed")
    file.rename(file.with_name(name_of(key_of(other))))
    assert store.find(other) is None
    _, file = stored(tmp_path / "b")
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert Store(tmp_path / "b", SECRET).find(samples.artifact()) is None


def test_a_store_that_travelled_brings_nobodys_word(tmp_path: Path) -> None:
    stored(tmp_path, secret=b"1" * 32)
    assert Store(tmp_path, b"2" * 32).find(samples.artifact()) is None


def test_a_failure_stays_and_a_pass_does_not_hide_it(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, failed())
    store.keep(samples.artifact(), samples.evidence())
    assert store.find(samples.artifact()).exit_code == 1
    store, _ = stored(tmp_path / "other")
    store.keep(samples.artifact(), failed())
    assert store.find(samples.artifact()).exit_code == 1


def test_what_says_less_of_the_kernel_does_not_replace_a_pass(tmp_path: Path) -> None:
    store, _ = stored(tmp_path)
    for check, figures in (("proof", {}), ("upstream", {ALTERED: "up/problem.py: is x"})):
        left_open = Finding(check, Verdict.UNKNOWN, "not settled", figures)
        findings = [f for f in samples.evidence().findings if f.check != check]
        less = replace(samples.evidence(), findings=[*findings, left_open])
        store.keep(samples.artifact(), less)
        assert store.find(samples.artifact()).exit_code == 0
    empty = Store(tmp_path / "other", SECRET)
    empty.keep(samples.artifact(), less)
    assert empty.find(samples.artifact()) is None


@pytest.mark.slow
def test_a_run_with_a_wrong_or_altered_clone_leaves_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "empty").mkdir()
    clone(tmp_path / "altered")
    home = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(*words: object) -> CompletedProcess[str]:
        return samples.run(*words, cwd=tmp_path, **home)

    assert run("verify", "kernel.json").returncode == 0
    for folder, code in ("empty", 2), ("altered", 3):
        assert run("verify", "kernel.json", "--upstream", folder).returncode == code
        shown = run("show", "kernel.json", "--brief").stdout
        assert shown.startswith("your verify found: PROVED"), folder


def test_the_oldest_entries_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, file = stored(tmp_path)
    os.utime(file, (1, 1))
    monkeypatch.setattr(entries, "MAX_ENTRIES", 1)
    store.keep(samples.artifact("packed"), samples.evidence())
    assert [path.name for path in tmp_path.iterdir()] == [
        name_of(key_of(samples.artifact("packed")))
    ]


def test_the_secret_is_only_this_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    secret = account_secret()
    assert len(secret) == 32
    assert account_secret() == secret
    file = tmp_path / "cycleproof" / "secret"
    assert file.stat().st_mode & 0o777 == 0o600
    for spoil in (lambda: file.chmod(0o644), lambda: file.write_bytes(b"short")):
        spoil()
        assert account_secret() is None
        assert open_store(tmp_path) is None
        file.unlink()
        assert account_secret()


@pytest.mark.slow
def test_one_run_for_every_product(tmp_path: Path) -> None:
    """`verify` keeps, the others use it: the same nonce everywhere, and --again draws another."""
    kernel = tmp_path / "kernel.json"
    kernel.write_bytes(samples.artifact().data)
    home = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(*arguments: object, code: int = 0) -> CompletedProcess[str]:
        shown = samples.run(*arguments, cwd=tmp_path, **home)
        assert shown.returncode == code, shown.stderr
        return shown

    assert "not verified here yet: cycleproof verify kernel.json" in run("show", kernel.name).stdout
    run("report", "kernel.json", "--format", "md", "-o", "first.md")
    verified = json.loads(run("verify", "kernel.json", "--json").stdout)
    nonce = next(f for f in verified["findings"] if f["check"] == "seeds")["figures"]["nonce"]
    assert nonce not in (tmp_path / "first.md").read_text()
    told = run("report", "kernel.json", "--format", "md", "-o", "k.md").stderr
    assert told == "the evidence is that of an earlier verify; --again runs it anew\n"
    assert nonce in (tmp_path / "k.md").read_text()
    assert run("show", "kernel.json").stdout.startswith("your verify found: ")
    assert run("diff", "kernel.json", "kernel.json").stdout.count("your verify found: ") == 2
    run("pack", "kernel.json", "--any-shape", "-o", "k.zip")
    assert nonce.encode() in (tmp_path / "k.zip").read_bytes()
    told = run("report", "kernel.json", "--format", "md", "-o", "k.md", "--again").stderr
    assert told == "k.md is there already and is replaced\n"
    assert nonce not in (tmp_path / "k.md").read_text()


@pytest.mark.slow
def test_every_product_says_the_same_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    left_open = Finding("proof", Verdict.UNKNOWN, "not settled")
    findings = [left_open if f.check == "proof" else f for f in samples.evidence().findings]
    made = replace(samples.evidence(), findings=findings)
    open_store(tmp_path / "store").keep(samples.artifact(), made)
    new_key_pair(tmp_path / "me.key")
    key = ("--key", "me.key")
    for command, *words in (
        ("report", "-o", "k.md", "--format", "md"),
        ("pack", "-o", "k.zip", "--any-shape"),
        ("attest", "-o", "k.jsonl", "--any-shape", *key),
        ("card", "-o", "card", "--any-shape", *key),
        ("show", "--brief"),
    ):
        shown = samples.run(
            command, "kernel.json", "--store", "store", *words, cwd=tmp_path,
            XDG_STATE_HOME=str(tmp_path / "state"),
        )  # fmt: skip
        assert shown.returncode == (0 if command == "show" else 4), (command, shown.stderr)
        assert command == "report" or "OPEN" in shown.stdout.splitlines()[0], command


@pytest.mark.slow
def test_a_partial_or_replayed_run_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    state = str(tmp_path / "state")
    base = ["verify", "kernel.json", "--store", "store"]
    for options in (["--skip", "proof"], ["--seed", "1"], ["--nonce", "00" * 16], ["--seeds", "1"]):
        assert samples.run(*base, *options, cwd=tmp_path, XDG_STATE_HOME=state).returncode == 0
        assert not (tmp_path / "store").exists(), options
    samples.run(*base, cwd=tmp_path, XDG_STATE_HOME=state)
    assert len([*(tmp_path / "store").iterdir()]) == 1


@pytest.mark.parametrize("folder", ["/proc/x", "file/x", "/proc"])
def test_a_folder_that_was_asked_for_and_cannot_be_written_is_said(
    tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    shown = samples.run("show", "kernel.json", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    for words in (("verify", "kernel.json"), ("pack", "kernel.json", "-o", "k.zip")):
        shown = samples.run(*words, "--store", folder, cwd=tmp_path)
        assert (shown.returncode, shown.stdout) == (2, "")
        assert shown.stderr.startswith(f"REFUSED: --store {folder}: cannot be written: ")
        assert shown.stderr.count("\n") == 1
