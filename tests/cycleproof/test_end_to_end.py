"""From a stranger's generator to a signed bundle that a reviewer verifies: one command each."""

import shutil
from pathlib import Path

import pytest

from tests.support.fixtures import CommandLine

pytest.importorskip("securesystemslib")
pytest.importorskip("detect_secrets")


@pytest.mark.slow
def test_captured_verified_packed_attested_and_verified_again(
    cycleproof: CommandLine, root: Path, tmp_path: Path
) -> None:
    shutil.copy(root / "tests" / "data" / "upstream_style" / "perf_takehome.py", tmp_path)

    def run(*arguments: object) -> str:
        result = cycleproof(*arguments, cwd=tmp_path, COLUMNS="300")
        assert result.returncode == 0, result.stdout + result.stderr
        assert str(root) not in result.stdout
        return result.stdout

    run("build", "perf_takehome.py", "--shape", "3,3,8", "-o", "kernel.json")
    run("verify", "kernel.json")
    run("pack", "kernel.json", "--any-shape", "-o", "bundle.zip")
    run("key", "new", "-o", "author.key")
    run("attest", "bundle.zip", "--any-shape", "--key", "author.key", "-o", "kernel.intoto.jsonl")
    shown = run(
        *("verify", "bundle.zip", "--attestation", "kernel.intoto.jsonl"),
        *("--key", "author.key.pub"),
    )
    assert "2 statements about exactly these bytes" in shown
    assert "PROVED for all inputs" in shown
