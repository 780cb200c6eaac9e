"""The isolated run: nothing from outside reaches it, nothing but its framed answer is believed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cycleproof.base.errors import RunnerFailed, Unreadable
from cycleproof.simulator import runner
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from cycleproof.simulator.runner import Answer, run_frozen
from frozen.ops import Program

BASE = read_frozen(installed_folder())
REQUESTS = [{"seed": 0}]


def judge(data: bytes) -> list[Answer]:
    return run_frozen(BASE, data, REQUESTS)


def test_a_right_kernel(small_kernel: bytes) -> None:
    (answer,) = judge(small_kernel)
    assert answer["pass"] is True


POISON = "import os; os._exit(7)"


@pytest.mark.parametrize("name", ["json.py", "hashlib.py", "sitecustomize.py", "usercustomize.py"])
def test_modules_in_the_working_directory_and_path_have_no_effect(
    small_kernel: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_text(POISON)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert judge(small_kernel)[0]["pass"] is True


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PYTHONOPTIMIZE", "2"),
        ("PYTHONSTARTUP", "/nonexistent"),
        ("PYTHONHASHSEED", "not a number"),
        ("PYTHONINSPECT", "1"),
        ("PYTHONHOME", "/nonexistent"),
        ("PYTHONWARNINGS", "error"),
        ("LD_PRELOAD", "/nonexistent.so"),
    ],
)
def test_the_environment_has_no_effect(
    small_kernel: bytes, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert judge(small_kernel)[0]["pass"] is True


def test_a_pth_file_is_not_read(small_kernel: bytes, tmp_path: Path) -> None:
    """A ``.pth`` line runs under ``-I``; with ``-S`` it does not."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "v"], check=True)
    (site,) = (tmp_path / "v" / "lib").glob("python*/site-packages")
    (site / "evil.pth").write_text(f"import sys; open({str(tmp_path / 'ran')!r}, 'w')\n")
    python = tmp_path / "v" / "bin" / "python"
    subprocess.run([python, "-I", "-c", ""], check=True)
    assert (tmp_path / "ran").exists()  # the attack works without -S
    (tmp_path / "ran").unlink()
    script = (
        "import sys; sys.path[:0] = sys.argv[1:2]\n"
        "from cycleproof.simulator.frozenbase import *\n"
        "from cycleproof.simulator.runner import run_frozen\n"
        "import pathlib; data = pathlib.Path(sys.argv[2]).read_bytes()\n"
        "print(run_frozen(read_frozen(installed_folder()), data, [{'seed': 0}])[0]['pass'])\n"
    )
    (tmp_path / "k.json").write_bytes(small_kernel)
    root = installed_folder().parent
    done = subprocess.run(
        [python, "-I", "-S", "-c", script, root, tmp_path / "k.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "True\n", done.stderr
    assert not (tmp_path / "ran").exists()


def test_poisoned_bytecode_has_no_effect(small_kernel: bytes, tmp_path: Path, root: Path) -> None:
    """An unchecked-hash ``.pyc`` beside a clean source would win over it in an import."""
    import importlib.util
    import marshal
    import shutil

    folder = tmp_path / "frozen"
    shutil.copytree(root / "frozen", folder, ignore=lambda *_: {"__pycache__"})
    (folder / "__pycache__").mkdir()
    code = marshal.dumps(compile("raise SystemExit(7)", "x", "exec"))
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)
    for name in ("machine", "harness", "ops"):
        pyc = importlib.util.cache_from_source(str(folder / f"{name}.py"))
        Path(pyc).write_bytes(header + code)
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-B",
            "-c",
            f"import sys; sys.path[:0] = [{str(tmp_path)!r}]\nimport frozen.ops",
        ],
        check=False,
    )
    assert done.returncode == 7  # the attack works on an import
    (answer,) = run_frozen(read_frozen(folder), small_kernel, REQUESTS)
    assert answer["pass"] is True


def test_a_swap_after_the_hash_has_no_effect(
    small_kernel: bytes, tmp_path: Path, root: Path
) -> None:
    import shutil

    folder = tmp_path / "frozen"
    shutil.copytree(root / "frozen", folder, ignore=lambda *_: {"__pycache__"})
    base = read_frozen(folder)
    for path in folder.iterdir():
        path.write_text("raise SystemExit(7)")
    (answer,) = run_frozen(base, small_kernel, REQUESTS)
    assert answer["pass"] is True


def test_a_changed_file_would_run_if_it_were_not_hashed(small_kernel: bytes) -> None:
    """The bytes given are the bytes run: with other bytes the answer is another."""
    source = BASE.files["machine.py"].replace(b"cycles += block.cost", b"cycles += 0")
    assert source != BASE.files["machine.py"]
    other = type(BASE)(BASE.folder, BASE.version, {**BASE.files, "machine.py": source}, BASE.pins)
    (answer,) = run_frozen(other, small_kernel, REQUESTS)
    assert answer["cycles"] == 0


def test_a_refused_artifact() -> None:
    with pytest.raises(Unreadable, match="key 'claims' is missing"):
        judge(b"{}")


def test_the_child_ends_once_it_has_answered(small_kernel: bytes) -> None:
    """It takes nothing apart: with a large program that would be a seventh of its time."""
    late = b"\nimport atexit\natexit.register(lambda: sys.stdout.buffer.write(b'late'))\n"
    files = {**BASE.files, "harness.py": BASE.files["harness.py"] + late}
    other = type(BASE)(BASE.folder, BASE.version, files, BASE.pins)
    assert run_frozen(other, small_kernel, REQUESTS)[0]["pass"] is True


def test_a_child_that_cannot_write_its_answer_is_not_believed(
    small_kernel: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = b"\nimport os\nos.close(1)\n"
    files = {**BASE.files, "harness.py": BASE.files["harness.py"] + closed}
    other = type(BASE)(BASE.folder, BASE.version, files, BASE.pins)
    with pytest.raises(RunnerFailed, match=r"ended without an answer: .*Bad file descriptor"):
        run_frozen(other, small_kernel, REQUESTS)


def test_time_is_limited(small_kernel: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(small_kernel)
    program: Program = [{"flow": [["jump", 0]]}]
    from cycleproof.artifact.format import encode
    from frozen.problem import Shape

    data = encode(Shape(3, 5, 4), program, 1, document["generator"])
    with pytest.raises(RunnerFailed, match=r"did not end in 1 s|ended without an answer"):
        run_frozen(BASE, data, REQUESTS, fuel=10**12, seconds=1)


def test_memory_is_limited(small_kernel: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "MEMORY_LIMIT", 4 << 20)
    with pytest.raises(RunnerFailed, match="ended without an answer"):
        judge(small_kernel)


ANSWER = b'{"answers": []}'


@pytest.mark.parametrize(
    ("output", "status"),
    [
        (b"", 0),
        (ANSWER, 0),
        (b"other 15\n" + ANSWER, 0),
        (b"nonce 14\n" + ANSWER, 0),
        (b"nonce 15\n" + ANSWER + b"\n", 0),
        (b"noise\nnonce 15\n" + ANSWER, 0),
        (b"nonce 15\n" + ANSWER, 1),
        (b"nonce 15\n" + ANSWER, -9),
    ],
)
def test_only_a_whole_frame_with_the_nonce_is_believed(output: bytes, status: int) -> None:
    assert runner._unframe(b"nonce 15\n" + ANSWER, "nonce", 0, b"") == {"answers": []}
    with pytest.raises(RunnerFailed):
        runner._unframe(output, "nonce", status, b"Traceback\nMemoryError\n")


def test_flags_that_differ_are_refused(
    small_kernel: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "FLAGS", {**runner.FLAGS, "optimize": 1})
    with pytest.raises(RunnerFailed, match="not isolated"):
        judge(small_kernel)


def test_descriptors_are_not_inherited(small_kernel: bytes) -> None:
    descriptor = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        assert judge(small_kernel)[0]["pass"] is True
    finally:
        os.close(descriptor)
