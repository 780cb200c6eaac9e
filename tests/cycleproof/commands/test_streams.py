"""What the command line does when its output cannot be written, or its reader has left."""

import ast
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cycleproof.base.text import IN_PLAIN
from tests.support import cli
from tests.support.samples import artifact, run

QUICK = ["schema", "--help", "show kernel.json", "diff kernel.json kernel.json"]
ALL = [*QUICK, "prove kernel.json", "verify kernel.json --skip proof", "show kernel.json --json"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kernel.json").write_bytes(artifact().data)
    return tmp_path


def start(line: str, folder: Path, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    return cli.piped(line.split(), folder, **streams)


@pytest.mark.slow
@pytest.mark.parametrize("line", ALL)
def test_a_full_disk_is_one_line_and_no_verdict(folder: Path, line: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = start(line, folder, stdout=full, stderr=subprocess.PIPE)
    assert ended.stderr == b"error: cannot write: No space left on device\n"
    assert ended.returncode == 2


def test_a_full_disk_for_errors_changes_no_exit_code(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = start("show absent.json", folder, stdout=subprocess.PIPE, stderr=full)
    assert (ended.returncode, ended.stdout) == (2, b"")


@pytest.mark.slow
@pytest.mark.parametrize("line", [*QUICK, "verify kernel.json --skip proof"])
def test_a_reader_that_left_is_no_failed_check(folder: Path, line: str) -> None:
    reader = subprocess.Popen(["/bin/true"], stdin=subprocess.PIPE)
    reader.wait()
    assert reader.stdin
    ended = start(line, folder, stdout=reader.stdin, stderr=subprocess.PIPE)
    reader.stdin.close()
    assert (ended.returncode, ended.stderr) == (141, b"")


OTHERS = ["--help", "history", "diff kernel.json other.json", "verify kernel.json --skip proof"]
PLAIN = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.mark.parametrize("plain", [{"PYTHONIOENCODING": "ascii"}, PLAIN], ids=["stream", "locale"])
@pytest.mark.parametrize("line", ["show kernel.json", *OTHERS])
def test_a_terminal_without_our_characters(folder: Path, line: str, plain: dict[str, str]) -> None:
    """Each has something that it can show instead: no escape is left to read."""
    (folder / "other.json").write_bytes(artifact("packed").data)
    (folder / "artifacts").mkdir()
    shutil.copy(cli.ROOT / "artifacts" / "history.jsonl", folder / "artifacts")
    ended = run(*line.split(), cwd=folder, **plain)
    assert ended.returncode == (1 if line.startswith("diff") else 0)
    assert ended.stdout.isascii()
    assert "\\" not in ended.stdout + ended.stderr


def test_all_characters_of_ours_have_plain_ones() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in (cli.ROOT / "cycleproof").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    texts = [n.value for n in nodes if isinstance(n, ast.Constant) and id(n) not in said]
    written = {char for text in texts if isinstance(text, str) for char in text} - set(
        map(chr, range(128))
    )
    assert len(written) > 10
    plain = "".join(sorted(written)).encode("ascii", IN_PLAIN)
    assert b"\\" not in plain, plain
    assert "β".encode("ascii", IN_PLAIN) == rb"\u03b2"
