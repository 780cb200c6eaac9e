"""One file for boards: it passes the tests by itself, and building it gives the program back."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cycleproof.artifact.format import digest, load
from cycleproof.base.errors import Unreadable
from cycleproof.challenge import export as room
from cycleproof.challenge.export import MAX_EXPORT, export
from cycleproof.challenge.official import Outcome, read_outcome
from cycleproof.commands.making import Options, make
from tests.support import samples
from tests.support.clones import clone

FILE = "perf_takehome.py"


def test_building_it_gives_the_same_program(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(export(samples.artifact().decoded))
    made = make(tmp_path / FILE, Options(shape=samples.SHAPE)).build
    assert digest(made.stripped.program) == samples.artifact().decoded.program_sha256
    assert made.cycles == samples.artifact().decoded.cycles


def test_it_passes_the_challenges_tests_by_itself(tmp_path: Path) -> None:
    """The stand-in repository with this one file, run as the challenge says."""
    folder = clone(tmp_path / "up")
    (folder / FILE).write_bytes(export(samples.artifact().decoded))
    assert "test_right (__main__.RightTests.test_right)" in outcome_in(folder).passed
    assert outcome_in(folder).cycles == [samples.artifact().decoded.cycles]
    (folder / FILE).write_bytes(b"class KernelBuilder:\n    pass\n")
    assert outcome_in(folder).passed == []


def outcome_in(folder: Path) -> Outcome:
    command = [sys.executable, "-S", "tests/submission_tests.py", "-v"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return read_outcome(run.stdout, run.stderr, run.returncode)


def test_it_imports_only_the_standard_library_and_takes_no_other_shape() -> None:
    text = export(samples.artifact().decoded).decode("ascii")
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
    assert {alias.name for node in imports for alias in node.names} <= sys.stdlib_module_names
    assert max(map(len, text.splitlines())) <= 100
    names: dict[str, Any] = {}
    exec(text, names)
    with pytest.raises(ValueError, match="this kernel is for"):
        names["KernelBuilder"]().build_kernel(10, 2047, 256, 16)


def test_the_shipped_kernel_fits_and_what_does_not_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = load(root / "artifacts" / "kernel.json").decoded
    assert len(export(shipped)) <= MAX_EXPORT
    monkeypatch.setattr(room, "MAX_EXPORT", 1000)
    with pytest.raises(Unreadable, match="as one file; 1,000 fit"):
        export(shipped)


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    shown = samples.run("export", "kernel.json", "-o", FILE, cwd=tmp_path)
    assert shown.returncode == 0
    assert samples.artifact().decoded.program_sha256 in shown.stdout
    assert (tmp_path / FILE).read_bytes() == export(samples.artifact().decoded)
