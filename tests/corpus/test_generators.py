"""Every cheating generator ends with its documented exit code; none yields a passing verdict."""

import shutil
from pathlib import Path

import pytest

from cycleproof.capture.sandbox import NO_SANDBOX, best_sandbox
from tests.support.fixtures import CommandLine

from .case import Case
from .generators import CASES, FOLDER, SOURCES, header

ROOT = Path(__file__).parents[2]
HONEST = ROOT / "tests" / "data" / "upstream_style" / "perf_takehome.py"
SHAPE = "3,3,8"
TIMEOUT = "20"
FEW = ("--seeds", "2", "--skip", "directed", "--skip", "proof")


def _submission(case: Case, place: Path) -> Path:
    """Lay the case out as a submission's folder."""
    source = SOURCES[case.name]
    folder = place / "submission"
    if source.parent == FOLDER:
        folder.mkdir()
        shutil.copy(source, folder / "perf_takehome.py")
    else:
        shutil.copytree(source.parent, folder)
    for support in (FOLDER / "support").glob("*.py"):
        shutil.copy(support, folder)
    shutil.copy(HONEST, folder / "honest.py")
    (place / "outside.txt").write_text("not yours\n")
    if link := header(source).get("link"):
        name, target = link.split()
        (folder / name).symlink_to(target)
    return folder


def _survivors(place: Path) -> list[str]:
    """Processes whose working directory lies, or lay, below ``place``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            where = str((process / "cwd").readlink())
        except OSError:
            continue
        if where.startswith(str(place)):
            found.append(f"{process.name} {where}")
    return found


def _try(cycleproof: CommandLine, case: Case, place: Path, *options: str) -> None:
    fields = header(SOURCES[case.name])
    command, code = fields["ends"].split()
    artifact = place / "kernel.json"
    submission = _submission(case, place)
    limits = ("--shape", SHAPE, "--timeout", fields.get("timeout", TIMEOUT))
    run = cycleproof("build", submission, *limits, *options, "-o", artifact, TMPDIR=str(place))
    if command == "verify":
        assert run.returncode == 0, run.stderr
        run = cycleproof("verify", artifact, *FEW, COLUMNS="300")
    else:
        assert not artifact.exists()
    output = run.stdout + run.stderr
    assert run.returncode == int(code), output
    assert fields["says"] in output
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "Traceback" not in output
    if case.attack == 6:
        assert _survivors(place) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(cycleproof: CommandLine, case: Case, tmp_path: Path) -> None:
    _try(cycleproof, case, tmp_path)


@pytest.mark.skipif(best_sandbox() is NO_SANDBOX, reason="that is what test_case did")
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.attack == 6], ids=lambda case: case.name
)
def test_case_without_a_sandbox(cycleproof: CommandLine, case: Case, tmp_path: Path) -> None:
    _try(cycleproof, case, tmp_path, "--sandbox", "none")


def test_only_controls_pass() -> None:
    passing = {case.name for case in CASES if case.exit_code == 0}
    assert passing == {"control_good", "control_exotic"}
    assert len([case for case in CASES if case.attack]) >= 25
