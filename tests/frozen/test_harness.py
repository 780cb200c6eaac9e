"""``python3 -I frozen/__main__.py``: verdicts, exit codes and messages, run as a stranger would."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cycleproof.artifact.format import encode
from frozen.artifact import parse
from frozen.harness import judge
from frozen.ops import Program
from frozen.problem import HASH_STAGES, Shape
from tests.support.programs import Bundles, scalar_kernel

Write = Callable[[bytes], Path]
ROOT = Path(__file__).parents[2]
SHAPE = Shape(2, 3, 4)
GENERATOR = {"name": "test", "version": "1", "sources_sha256": "0"}


def artifact(program: Program, cycles: int | None = None) -> bytes:
    return encode(SHAPE, program, len(program) if cycles is None else cycles, GENERATOR)


def wrong_kernel() -> Bundles:
    program = scalar_kernel(SHAPE)
    program[4] = {"load": [["const", 16, HASH_STAGES[0][1] ^ 1]]}
    return program


def frozen(
    path: Path, *options: str, start: Path = ROOT / "frozen/__main__.py"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(start), str(path), *options],
        capture_output=True,
        text=True,
        env={},
        check=False,
        timeout=60,
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(data: bytes) -> Path:
        (tmp_path / "k.json").write_bytes(data)
        return tmp_path / "k.json"

    return write


def test_a_right_kernel_passes(write: Write) -> None:
    program = scalar_kernel(SHAPE)
    done = frozen(write(artifact(program)), "--seeds", "3")
    expected = f"PASS: {len(program)} cycles on 3 seeds at H=2 R=3 B=4, values below 2^30\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


def test_one_seed_by_name(write: Write) -> None:
    done = frozen(write(artifact(wrong_kernel())), "--seeds", "5,")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("seed 5: 4 lanes wrong; lane 0: expected")
    assert "on 1 seed at H=2" in done.stdout


def test_what_is_reported_and_not_judged() -> None:
    (answer,) = judge(parse(artifact(scalar_kernel(SHAPE))), [{"seed": 5}])
    assert answer == {"pass": True, "cycles": 356, "indices": "right", "forest_preserved": True}


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
def test_what_does_not_pass(write: Write, data: bytes, status: int, fragment: str) -> None:
    done = frozen(write(data), "--seeds", "1")
    assert done.returncode == status
    assert fragment in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [["--seeds", "x"], ["--seeds", "0"], []])
def test_wrong_usage_exits_2(tmp_path: Path, options: list[str]) -> None:
    assert frozen(tmp_path / "absent", *options).returncode == 2


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(ROOT / "frozen", tmp_path / "frozen", ignore=lambda *_: {"__pycache__"})


def says_pass(folder: Path, name: str) -> None:
    """Put a module into the folder that ends whatever imports it with a pass."""
    (folder / name).write_text("import os\nprint('PASS', flush=True)\nos._exit(0)\n")


STARTS = [("__main__.py", "the file"), ("", "the folder")]


@pytest.mark.parametrize("start", [start for start, _ in STARTS], ids=[name for _, name in STARTS])
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            lambda folder: (folder / "machine.py").write_text("pass\n"),
            "frozen/machine.py is not the file of SHA256SUMS",
        ),
        (
            lambda folder: (folder / "ops.py").unlink(),
            "frozen/ops.py is not the file of SHA256SUMS",
        ),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "No such file"),
        (lambda folder: says_pass(folder, "hashlib.py"), "'hashlib.py' does not belong"),
        (lambda folder: says_pass(folder, "json.py"), "'json.py' does not belong"),
        (lambda folder: (folder / "json").mkdir(), "'json' does not belong"),
        (lambda folder: (folder / ".x").touch(), "'.x' does not belong"),
    ],
)
def test_an_altered_folder_exits_3(
    write: Write,
    copy: Path,
    start: str,
    spoil: Callable[[Path], object],
    says: str,
) -> None:
    spoil(copy)
    done = frozen(write(artifact([{"flow": [["halt"]]}])), start=copy / start)
    assert done.returncode == 3, done.stdout
    assert done.stdout == ""
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["importlib", "contextlib", "warnings", "types", "hashlib", "os"])
def test_no_extra_module_runs_before_the_first_line(write: Write, copy: Path, name: str) -> None:
    """Python imports the first four by way of a *folder* that it is told to run; not of a file."""
    says_pass(copy, f"{name}.py")
    done = frozen(write(artifact([{"flow": [["halt"]]}])), start=copy / "__main__.py")
    assert (done.returncode, done.stdout) == (3, "")


def test_bytecode_of_an_import_is_neither_refused_nor_used(write: Write, copy: Path) -> None:
    (copy / "__pycache__").mkdir()
    says_pass(copy / "__pycache__", "hashlib.py")
    done = frozen(write(artifact(scalar_kernel(SHAPE))), start=copy / "__main__.py")
    assert (done.returncode, done.stdout[:5]) == (0, "PASS:")


def test_sha256sum_agrees() -> None:
    command = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
    subprocess.run(command, cwd=ROOT / "frozen", check=True, env={"PATH": os.defpath})
