"""Submission bundles: the same bytes on every machine, and nothing inside that does not belong."""

import dataclasses
import getpass
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cycleproof.artifact import format as artifact
from cycleproof.base.errors import MissingDependency, Refused, Unreadable
from cycleproof.bundle import hygiene
from cycleproof.bundle.layout import (
    CERTIFICATE_NAME,
    EVIDENCE_NAME,
    MAX_ADDED,
    MAX_TEXT,
    encode,
    order,
    sums,
)
from cycleproof.bundle.pack import members_of, read_extras
from cycleproof.bundle.read import load_any, parse_bundle
from cycleproof.challenge.loader import LOADER
from cycleproof.evidence.model import describe, read_evidence
from cycleproof.evidence.policy import NONE

from ...support import cli, samples


def members(**extras: bytes) -> dict[str, bytes]:
    extra = {f"extra/{name}": data for name, data in extras.items()}
    return members_of(samples.artifact(), samples.evidence(), extra, NONE)


def test_round_trip(tmp_path: Path) -> None:
    packed = encode(members(notes=b"hello\n"))
    read = parse_bundle(packed, Path("b.zip"))
    assert read.members == members(notes=b"hello\n")
    assert read.artifact.data == samples.artifact().data
    assert read.evidence.encode() == samples.evidence().encode()
    (tmp_path / "b.zip").write_bytes(packed)
    assert load_any(tmp_path / "b.zip").decoded == samples.artifact().decoded


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_the_encoding_is_one_for_all(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of Python, of zlib, of this project, systems: a fixed bundle has one digest."""
    monkeypatch.setattr(sys, "platform", platform)
    fixed = {"extra/b.txt": b"two\n", "kernel.json": b"{}\n", "extra/a.txt": b"one\n" * 1000}
    digest = hashlib.sha256(encode(fixed | {"SHA256SUMS": sums(fixed)})).hexdigest()
    assert digest == "8e99939a1ba4852ace69ff5dfd6a40c8d60cf8564f744c04f71a2da59eb2d118"


def test_no_flipped_bit_goes_unnoticed() -> None:
    """In any header, and in every 97th byte of the members."""
    data = encode(members())
    headers = [
        at for start in re.finditer(b"PK[\1-\6][\1-\6]", data) for at in range(*start.span())
    ]
    directory = range(data.index(b"PK\x01\x02"), len(data))
    for at in sorted({*headers, *directory, *range(0, len(data), 97)}):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        with pytest.raises(Unreadable):
            parse_bundle(bytes(flipped), Path("b.zip"))


def test_sha256sum_agrees_after_unpacking(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(encode(members(notes=b"hello\n")))
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        archive.extractall(tmp_path)
    subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_order_of_members_does_not_matter() -> None:
    forwards = members(a=b"1", b=b"2")
    backwards = dict(reversed(forwards.items()))
    assert encode(forwards) == encode(backwards)
    assert sums(forwards) == sums(backwards)
    assert order(forwards)[-2:] == ["extra/a", "extra/b"]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "evidence.json").write_bytes(samples.evidence().encode())
    (tmp_path / "a.txt").write_text("first\n")
    (tmp_path / "b.txt").write_text("second\n")
    return tmp_path


@pytest.mark.slow
def test_same_bytes_on_different_machines(inputs: Path) -> None:
    """Umask, time zone, locale, hash seed, folder, file times, modes and order all vary."""
    digests = set()
    surroundings = [
        ("one", 0o022, {"TZ": "UTC", "PYTHONHASHSEED": "0"}, ("a.txt", "b.txt")),
        ("two/deeper", 0o077, {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}, ("b.txt", "a.txt")),
        ("three", 0o000, {"LC_ALL": "C", "PYTHONUTF8": "0", "COLUMNS": "30"}, ("b.txt", "a.txt")),
    ]
    for number, (folder, umask, environment, names) in enumerate(surroundings):
        there = inputs / folder
        there.mkdir(parents=True)
        for name in ["kernel.json", "evidence.json", *names]:
            shutil.copy(inputs / name, there / name)
            os.utime(there / name, (1e9 + number, 1e9 + number))
            (there / name).chmod((0o600, 0o644, 0o755)[number])
        adds = [word for name in names for word in ("--add", name)]
        script = f'umask {umask:03o}; exec "$0" -m cycleproof "$@"'
        command = [
            "pack",
            "kernel.json",
            "--any-shape",
            "-o",
            "b.zip",
            "--evidence",
            "evidence.json",
            *adds,
        ]
        subprocess.run(
            ["sh", "-c", script, sys.executable, *command],
            cwd=there,
            env={
                "PATH": os.defpath,
                "PYTHONPATH": str(cli.ROOT),
                **cli.NO_STORE,
                **environment,
            },
            check=True,
            capture_output=True,
        )
        digests.add(hashlib.sha256((there / "b.zip").read_bytes()).hexdigest())
    assert len(digests) == 1


@pytest.mark.slow
def test_added_files_leave_room_for_the_certificate(inputs: Path) -> None:
    for number in range(MAX_ADDED):
        (inputs / f"n{number}.txt").write_text("a note\n")
    adds = [word for number in range(MAX_ADDED) for word in ("--add", f"n{number}.txt")]
    made = samples.run(
        "pack", "kernel.json", "--any-shape", "--evidence", "evidence.json", *adds, "-o", "b.zip",
        cwd=inputs,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    members = parse_bundle((inputs / "b.zip").read_bytes(), inputs / "b.zip").members
    assert CERTIFICATE_NAME in members
    assert len([name for name in members if name.startswith("extra/n")]) == MAX_ADDED


@pytest.mark.slow
def test_without_a_file_the_checks_run_now(inputs: Path) -> None:
    result = samples.run("pack", "kernel.json", "--any-shape", "-o", "one.zip", cwd=inputs)
    assert (result.returncode, result.stderr) == (0, "")
    assert "evidence/report.md" in result.stdout
    first, *_, last = result.stdout.splitlines()
    assert first.startswith("PROVED for all inputs")
    assert last == "next: send one.zip to whoever reviews it, who types: cycleproof verify one.zip"
    members = parse_bundle((inputs / "one.zip").read_bytes(), Path("one.zip")).members
    assert b"cycleproof verify one.zip" in members["VERIFY.md"]
    result = samples.run("check-proof", "one.zip", cwd=inputs)
    assert result.stdout.startswith("PROVED for all inputs")
    result = samples.run("verify", "one.zip", cwd=inputs)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("see /srv/kernels/mine/notes", "an absolute path (/srv/kernels/mine/notes)"),
        ("see C:\\Users\\me", "an absolute path (C:\\Users\\me)"),
        ("file://host/share", "an absolute path"),
        ("cd ~/kernels", "a path in a home folder"),
        ("by somebody_local, 2 tries", "your user name (somebody_local)"),
        ("key = AKIAQYLPMN5HHHFPZAM2", "a secret (AWS Access Key)"),  # pragma: allowlist secret
        ("AKIAQYLPMN5HHHFPZAM2 # pragma: allowlist secret", "a secret (AWS Access Key)"),
        ("-----BEGIN PRIVATE KEY-----", "a secret (Private Key)"),  # pragma: allowlist secret
    ],
)
def test_refuses_what_does_not_belong(
    line: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "somebody_local")
    with pytest.raises(Refused) as caught:
        members(notes=f"fine\n{line}\n".encode())
    assert str(caught.value).startswith("extra/notes:2: ")
    assert what in str(caught.value)
    assert "AKIA" not in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "pass/fail, 3 // 4, and/or, a/b/c",
        "https://in-toto.io/Statement/v1",
        "SHA-256 5f7d5983e5cccb75b2c5eeb846ad09bbee8f0ad7662728d369d760a058e2b63a",
        "somebody_locally, kernel, root",
        "tests/submission_tests.py ./run extra/x",
    ],
)
def test_lets_plain_text_through(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "somebody_local")
    assert members(notes=line.encode())


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("notes.md~", b"", "leftover"),
        ("x.swp", b"", "leftover"),
        (".DS_Store", b"", "leftover"),
        ("Thumbs.db", b"", "leftover"),
        ("a b.txt", b"", "use letters"),
        (".hidden", b"", "use letters"),
        ("x" * 65, b"", "use letters"),
        ("tool", b"\x7fELF\0", "not plain UTF-8 text"),
        ("latin.txt", b"\xe9", "not plain UTF-8 text"),
        ("escape.txt", b"\x1b[2J", "not plain UTF-8 text"),
    ],
)
def test_refuses_files(tmp_path: Path, name: str, data: bytes, what: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused, match=what):
        read_extras([tmp_path / name])


def test_refuses_links_doubles_and_sizes(tmp_path: Path) -> None:
    plain = tmp_path / "a.txt"
    plain.write_text("x")
    (tmp_path / "link.txt").symlink_to(plain)
    with pytest.raises(Unreadable, match="symbolic link"):
        read_extras([tmp_path / "link.txt"])
    with pytest.raises(Refused, match="two files of one name"):
        read_extras([plain, plain])
    with pytest.raises(Refused, match="17 files"):
        read_extras([plain] * 17)
    plain.write_bytes(b"x" * (MAX_TEXT + 1))
    with pytest.raises(Unreadable, match="larger than"):
        read_extras([plain])


def test_refuses_evidence_that_does_not_carry_it() -> None:
    with pytest.raises(Unreadable, match="about another artifact"):
        members_of(samples.artifact("vector"), samples.evidence(), {}, NONE)
    unfits: tuple[tuple[dict[str, object], str], ...]
    unfits = ({"exit_code": 1}, "failed: seeds"), ({}, "not passed: seeds")
    for change, says in unfits:
        verdict = "fail" if change else "skipped"
        unfit = read_evidence(samples.edited(change, seeds=verdict), "e.json")
        with pytest.raises(Refused, match=says):
            members_of(samples.artifact(), unfit, {}, NONE)
    frozen = dict(samples.evidence().frozen) | {"version": "0"}
    stale = read_evidence(samples.edited({"frozen": frozen}), "e.json")
    with pytest.raises(Unreadable, match="another frozen base"):
        members_of(samples.artifact(), stale, {}, NONE)


def test_the_generators_own_words_are_looked_at() -> None:
    decoded = samples.artifact().decoded
    generator = dict(decoded.generator) | {"version": "built in /srv/kernels/mine"}
    data = artifact.encode(decoded.shape, decoded.program, decoded.cycles, generator)
    loaded = artifact.LoadedArtifact(Path("k"), data, artifact.decode(data, "k"))
    about = dataclasses.replace(samples.evidence(), artifact=describe(loaded))
    with pytest.raises(Refused, match=r"kernel\.json:\d+: an absolute path"):
        members_of(loaded, about, {}, NONE)


def test_without_the_scanner_it_is_code_5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "detect_secrets.core.scan", None)
    with pytest.raises(MissingDependency) as caught:
        hygiene.need_scanner()
    assert caught.value.exit_code == 5
    assert "[pack]'" in caught.value.hint


def test_nothing_is_written_when_refused(inputs: Path) -> None:
    (inputs / "a.txt").write_text("/opt/mine/secret/place\n")
    result = samples.run(
        "pack", "kernel.json", "--any-shape", "-o", "b.zip",
        "--evidence", "evidence.json", "--add", "a.txt",
        cwd=inputs,
    )  # fmt: skip
    assert result.returncode == 1
    assert "error: extra/a.txt:1: an absolute path" in result.stderr
    assert not (inputs / "b.zip").exists()


def test_the_loader_is_short_and_sets_what_the_artifact_says(tmp_path: Path) -> None:
    assert len(LOADER.splitlines()) <= 15
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "perf_takehome.py").write_bytes(LOADER)
    scope: dict[str, Any] = {"__file__": str(tmp_path / "perf_takehome.py")}
    exec(LOADER, scope)
    builder = scope["KernelBuilder"]()
    builder.build_kernel(3, 15, 8, 4)
    program = samples.artifact().decoded.program
    assert [{e: [list(s) for s in b[e]] for e in b} for b in builder.instrs] == program
    assert all(type(s) is tuple for b in builder.instrs for slots in b.values() for s in slots)
    assert builder.debug_info().scratch_map == {}


def test_the_page_names_every_file_of_the_bundle() -> None:
    made = members(**{"proof.json": b"{}", "report.html": b"<p>", "notes.txt": b"hello\n"})
    table = made["VERIFY.md"].decode().split("## Files")[1]
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", table, re.MULTILINE))
    assert rows.keys() == made.keys()
    assert rows["extra/notes.txt"] == "added by the submitter"
    assert rows["extra/report.html"] != rows["extra/notes.txt"] != rows["extra/proof.json"]


def test_the_page_shows_each_way_once_and_does_not_overclaim() -> None:
    text = members()["VERIFY.md"].decode()
    assert text.count("\n    cycleproof verify bundle.zip\n") == 1
    assert text.count("\n    cp perf_takehome.py kernel.json ") == 1
    assert "python3 -I frozen/__main__.py kernel.json" in text
    assert len(text.splitlines()) < 90
    assert EVIDENCE_NAME in members()
