"""The installed wheel without any optional dependency: all works, or says what is missing."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import cycleproof
from cycleproof.cli import COMMANDS

# Arguments that need an optional dependency, and the extra that brings it.
NEEDS: list[tuple[list[str], str]] = [
    (["attest", "{artifact}", "--key", "{artifact}", "-o", "{artifact}.jsonl"], "attest"),
    (["key", "new", "-o", "{artifact}.key"], "attest"),
    (["pack", "{artifact}", "-o", "{artifact}.zip"], "pack"),
    (["profile", "{artifact}", "-o", "{artifact}.html"], "profile"),
    (["report", "{artifact}", "-o", "{artifact}.html"], "report"),
    (["submit", "{artifact}", "-o", "{artifact}.all"], "submit"),
    (["trace", "{artifact}", "-o", "{artifact}.pftrace"], "trace"),
]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = Path(sys.executable).with_name("cycleproof")
    return subprocess.run([script, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "kernel.json"
    built = run("build", "--recipe", "vector", "--shape", "3,4,16", "-o", str(path))
    assert built.returncode == 0, built.stderr
    return path


def test_it_is_the_wheel_that_is_tested() -> None:
    assert "site-packages" in cycleproof.__file__


def test_nothing_optional_is_installed() -> None:
    requirements = metadata.requires("cycleproof") or []
    optional = {re.split(r"[^\w-]", line)[0] for line in requirements if "extra ==" in line}
    assert optional - {"cycleproof"}
    for name in optional - {"cycleproof"}:
        with pytest.raises(metadata.PackageNotFoundError):
            metadata.distribution(name)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    shown = run(name, "--help")
    assert shown.returncode == 0, shown.stderr
    assert "Exit codes" in shown.stdout


def test_a_kernel_is_built_and_verified(artifact: Path) -> None:
    verified = run("verify", str(artifact))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_broken_kernel_is_not(artifact: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(artifact.read_bytes().replace(b'"cycles":', b'"cycles":1', 1))
    assert run("verify", str(broken)).returncode == 1


@pytest.mark.parametrize(("arguments", "extra"), NEEDS)
def test_what_is_missing_is_named(arguments: list[str], extra: str, artifact: Path) -> None:
    answer = run(*(part.format(artifact=artifact) for part in arguments))
    assert answer.returncode == 5
    assert f"[{extra}]'" in answer.stderr
    assert "Traceback" not in answer.stderr
