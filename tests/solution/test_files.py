"""What ``python -m solution`` writes: whole, through devices and links, and nothing left behind."""

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from solution import files

ROOT = Path(__file__).parents[2]
EMIT = ["emit", "--recipe", "baseline", "--shape", "1,1,1", "-o"]


def emit(output: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "solution", *EMIT, str(output)],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> str:
    return emit("-", tmp_path_factory.mktemp("there")).stdout


def test_a_file_is_replaced_whole_with_the_mode_of_new_files(tmp_path: Path, dump: str) -> None:
    (tmp_path / "k.json").write_text("old")
    assert emit("k.json", tmp_path).returncode == 0
    assert (tmp_path / "k.json").read_text() == dump
    assert dump.startswith("{")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "k.json").stat().st_mode) == 0o666 & ~umask
    assert [path.name for path in tmp_path.iterdir()] == ["k.json"]


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "link").symlink_to("to/k.json")
    for text in ("one\n", "two\n"):
        files.write(tmp_path / "link", [text])
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "to/k.json").read_text() == text
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="loop"):
        files.write(tmp_path / "loop", ["text"])
    assert (tmp_path / "loop").is_symlink()


def test_devices_and_pipes_are_written_through(tmp_path: Path, dump: str) -> None:
    for name in ("-", "/dev/stdout"):
        assert emit(name, tmp_path).stdout == dump
    null = tmp_path / "null"
    null.symlink_to(os.devnull)
    files.write(null, ["text"])
    assert stat.S_ISCHR(null.stat().st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    files.write(pipe, ["te", "xt"])
    reader.join(60)
    assert got == ["text"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["null", "pipe"]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    for output, says in (
        ("/dev/full", "/dev/full: No space left"),
        ("none/k.json", "none/k.json: No such file"),
        (".", ".: Is a directory"),
    ):
        done = emit(output, tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: {says}")
        assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_no_file(tmp_path: Path, number: int) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from solution import __main__, emit, files\n"
        f"signal.signal({int(number)}, signal.SIG_DFL)\n"  # a background job ignores SIGINT
        "def lines(*_):\n    yield '{'\n"
        f"def chmod(*_):\n    os.kill(os.getpid(), {int(number)})\n"
        "emit.dump, Path.chmod = lines, chmod\n"
        f"sys.exit(__main__.program({[*EMIT, 'k.json']}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (128 + number, "error: interrupted\n")
    assert list(tmp_path.iterdir()) == []
