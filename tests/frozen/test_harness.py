"""``python3 -I frozen``: verdicts, exit codes and messages, run as a stranger would."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cycleproof.artifact.format import encode
from frozen.decode import parse
from frozen.harness import judge
from frozen.problem import HASH_STAGES, Shape
from tests.support.programs import scalar_kernel

ROOT = Path(__file__).parents[2]
SHAPE = Shape(2, 3, 4)
GENERATOR = {"name": "test", "version": "1", "sources_sha256": "0"}


def artifact(program, cycles=None):
    return encode(SHAPE, program, len(program) if cycles is None else cycles, GENERATOR)


def wrong_kernel():
    program = scalar_kernel(SHAPE)
    program[4] = {"load": [["const", 16, HASH_STAGES[0][1] ^ 1]]}
    return program


def frozen(path, *options, folder=ROOT / "frozen"):
    return subprocess.run(
        [sys.executable, "-I", str(folder), str(path), *options],
        capture_output=True,
        text=True,
        env={},
        check=False,
        timeout=60,
    )


@pytest.fixture
def write(tmp_path):
    def write(data):
        (tmp_path / "k.json").write_bytes(data)
        return tmp_path / "k.json"

    return write


def test_a_right_kernel_passes(write):
    program = scalar_kernel(SHAPE)
    done = frozen(write(artifact(program)), "--seeds", "3")
    expected = f"PASS: {len(program)} cycles on 3 seeds at H=2 R=3 B=4, values below 2**30\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


def test_json(write):
    done = frozen(write(artifact(scalar_kernel(SHAPE))), "--seeds", "5,", "--json")
    report = json.loads(done.stdout)
    assert report["pass"] is True
    assert [run["seed"] for run in report["runs"]] == [5]
    assert report["runs"][0]["forest_preserved"] is True
    assert report["runs"][0]["indices"] == "right"  # zeros: every lane has just wrapped


@pytest.mark.parametrize(
    ("data", "status", "fragment"),
    [
        (artifact(wrong_kernel()), 1, "4 lanes wrong; lane 0: expected"),
        (artifact(scalar_kernel(SHAPE), 7), 1, "claimed 7"),
        (artifact([{"alu": [["+", 1, 1, 1]]}, {"flow": [["jump", 0]]}]), 1, "out of fuel"),
        (b"{}", 2, "key 'claims' is missing"),
        (b"", 2, "not JSON"),
    ],
)
def test_what_does_not_pass(write, data, status, fragment):
    done = frozen(write(data), "--seeds", "1")
    assert done.returncode == status
    assert fragment in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [["--seeds", "x"], ["--seeds", "0"], []])
def test_wrong_usage_exits_2(tmp_path, options):
    assert frozen(tmp_path / "absent", *options).returncode == 2


def test_an_altered_file_exits_3(write, tmp_path):
    folder = tmp_path / "frozen"
    shutil.copytree(ROOT / "frozen", folder)
    source = (folder / "machine.py").read_text()
    (folder / "machine.py").write_text(source.replace("cycles += block.cost", "cycles += 0"))
    done = frozen(write(artifact(scalar_kernel(SHAPE))), folder=folder)
    assert done.returncode == 3
    assert "machine.py is not the file of SHA256SUMS" in done.stderr


def test_sha256sum_agrees():
    command = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
    subprocess.run(command, cwd=ROOT / "frozen", check=True, env={"PATH": os.defpath})


def test_a_wrong_round_is_named():
    """From round 1 on the kernel uses another root, so round 1's value is the first missing."""
    program = scalar_kernel(SHAPE)
    loads = [i for i, bundle in enumerate(program) if bundle.get("load") == [["load", 5, 5]]]
    program[loads[1]] = {"load": [["load", 5, 9]]}
    (answer,) = judge(parse(artifact(program)), [{"seed": 1}])
    assert (answer["lane"], answer["round"]) == (0, 1)
