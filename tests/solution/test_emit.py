"""The command line: what ``cycleproof build`` reads, and how it refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from solution.__main__ import main

ROOT = Path(__file__).parents[2]


def emit(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        status = main(["emit", *arguments])
    except SystemExit as stop:
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def test_dump(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = emit(capsys, "--recipe", "vector", "--shape", "3,2,13")
    dump = json.loads(out)
    assert (status, dump["params"]) == (0, {"forest_height": 3, "rounds": 2, "batch_size": 13})
    assert dump.keys() == {"params", "generator", "instrs", "names"}
    assert dump["generator"].keys() == {"name", "version", "sources_sha256"}
    assert dump["generator"]["name"] == "solution/vector"
    assert len(out.splitlines()) == 2 * len(dump["instrs"]) + 6
    for bundle, labels in zip(dump["instrs"], dump["names"], strict=True):
        assert {e: len(row) for e, row in bundle.items()} == {e: len(r) for e, r in labels.items()}
    assert "lane 8 round 1 child" in dump["names"][-9]["flow"]
    assert err == "note: batch tail: 5 lanes are loaded and stored one by one\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--recipe", "nope"], "error: no recipe 'nope'; there are: "),
        (["--shape", "10,16"], "expected three numbers H,R,B, got '10,16'"),
        (["--shape", "10,16,-1"], "expected three numbers"),
        (["--shape", "10,16,²"], "expected three numbers"),
        (["--shape", "10,16,513"], "batch_size is 513; recipes cover 1..512"),
        (["--recipe", "vector", "-o", "/nonexistent/k.json"], "error: /nonexistent/k.json"),
    ],
)
def test_refusals(capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str) -> None:
    status, out, err = emit(capsys, *arguments)
    assert (status, out) == (2, "")
    assert complaint in err
    assert "Traceback" not in err


def test_output_file_is_whole_or_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "k.json"
    assert emit(capsys, "--recipe", "vector", "--shape", "1,1,1", "-o", str(target))[0] == 0
    _, out, _ = emit(capsys, "--recipe", "vector", "--shape", "1,1,1")
    assert target.read_text() == out
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["packed", "vector"])
def test_bytes_do_not_depend_on_the_hash_seed(name: str) -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-m", "solution", "emit", "--recipe", name, "--shape", "4,5,77"],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
