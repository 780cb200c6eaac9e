"""The artifact's bytes: one form, one digest, whole or not at all."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from cycleproof.artifact.format import decode, digest, encode, is_canonical, laid_out, load
from cycleproof.base.errors import Unreadable
from cycleproof.base.files import read_regular, write_whole
from frozen.artifact import FORMAT, MACHINE
from frozen.ops import Program
from frozen.problem import Shape
from frozen.program import canonical, check_program, program_digest
from tests.support.fixtures import Write
from tests.support.programs import ALL_OPS, random_program, seeded

SHIPPED_OPS = [key for key in ALL_OPS if key[1] not in ("pause", "trace_write")]
GENERATOR = {"name": "x", "version": "1", "sources_sha256": "0"}


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_round_trip_and_both_digests(seed: int) -> None:
    program = [bundle for bundle in random_program(seeded(seed), SHIPPED_OPS, 6) if bundle]
    end = len(program)
    for bundle in program:
        for slot in bundle.get("flow", ()):
            if slot[0] in ("jump", "cond_jump"):
                slot[-1] %= end + 1
    if not program:
        return
    check_program(program)
    data = encode(Shape(2, 2, 2), program, 5, GENERATOR)
    decoded = decode(data, "k")
    assert decoded.program == program
    assert (decoded.cycles, decoded.shape) == (5, (2, 2, 2))
    assert canonical(program) == rfc8785.dumps(program)
    assert decoded.program_sha256 == program_digest(program) == digest(program)


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_forms_of_slots_make_the_form_of_the_whole(seed: int) -> None:
    """Byte for byte what the library makes of the program, and a plain layout of the file."""
    draw = seeded(seed)
    some = random_program(draw, SHIPPED_OPS, 6)
    program = [dict(reversed(bundle.items())) for bundle in [*some, *draw.sample(some, 3)]]
    form = rfc8785.dumps(program)
    data, sha256 = laid_out(Shape(2, 2, 2), program, 5, GENERATOR)
    assert digest(program) == sha256 == hashlib.sha256(form).hexdigest()
    head, _, rest = data.partition(b'"program":[\n')
    bundles, _, tail = rest.partition(b"\n],\n")
    assert bundles == b",\n".join(map(rfc8785.dumps, program))
    assert bundles.replace(b"\n", b"") == form[1:-1]
    assert json.loads(b"%b%b" % (head[:-2], b"}")) == {
        "claims": {"cycles": 5},
        "format": FORMAT,
        "generator": GENERATOR,
        "machine": MACHINE,
        "problem": {"forest_height": 2, "rounds": 2, "batch_size": 2},
    }
    assert tail == b'"program_sha256":"%b"\n}\n' % sha256.encode()


def test_one_bundle_a_line(small_kernel: bytes) -> None:
    lines = small_kernel.decode("ascii").splitlines()
    start = lines.index('"program":[')
    program = json.loads(small_kernel)["program"]
    rows = lines[start + 1 : start + 1 + len(program)]
    assert [json.loads(row.rstrip(",")) for row in rows] == program
    assert small_kernel.endswith(b"}\n")


def test_same_bytes_under_any_hash_seed(root: Path) -> None:
    script = (
        "import hashlib, sys; from cycleproof.artifact.format import encode;"
        "from tests.support.programs import scalar_kernel; from frozen.problem import Shape;"
        "s = Shape(2, 2, 2); p = [dict(reversed(b.items())) for b in scalar_kernel(s)];"
        "d = encode(s, p, 1, {'version': '1', 'name': 'x', 'sources_sha256': '0'});"
        "print(hashlib.sha256(d).hexdigest())"
    )
    environment = {"PYTHONPATH": str(root), "PATH": os.environ["PATH"]}
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=environment | {"PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1


def test_key_order_carries_no_meaning() -> None:
    one: Program = [{"alu": [["+", 1, 0, 0]], "load": [["const", 2, 3]]}]
    other: Program = [{"load": [["const", 2, 3]], "alu": [["+", 1, 0, 0]]}]
    shape = Shape(1, 1, 1)
    assert encode(shape, one, 1, GENERATOR) == encode(shape, other, 1, GENERATOR)


def test_canonical_layout_is_recognised(write: Write, small_kernel: bytes) -> None:
    assert is_canonical(load(write(small_kernel)))
    again = json.dumps(json.loads(small_kernel)).encode()
    assert not is_canonical(load(write(again)))


def test_the_digest_is_of_the_bytes_read(write: Write, small_kernel: bytes) -> None:
    assert load(write(small_kernel)).file_sha256 == hashlib.sha256(small_kernel).hexdigest()


def test_only_regular_files_are_read(tmp_path: Path, write: Write) -> None:
    target = write(b"x")
    (tmp_path / "link").symlink_to(target)
    os.mkfifo(tmp_path / "pipe")
    for name, reason in {
        "link": "symbolic link",
        "pipe": "not a regular file",
        ".": "not a regular file",
        "absent": "No such file",
    }.items():
        with pytest.raises(Unreadable, match=reason):
            read_regular(tmp_path / name, 10)
    with pytest.raises(Unreadable, match="larger than 0 bytes"):
        read_regular(target, 0)
    assert read_regular(target, 1) == b"x"


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "k.json"
    write_whole(path, b"old")

    def fail(*_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(Unreadable, match="No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["k.json"]


def test_writing_into_nowhere_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot write"):
        write_whole(tmp_path / "no" / "k.json", b"")
