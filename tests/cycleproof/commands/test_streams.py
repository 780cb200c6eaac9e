"""What the command line does when its output cannot be written, or its reader has left."""

import subprocess
from pathlib import Path

import pytest

from tests.support import cli
from tests.support.samples import artifact, run

QUICK = ["schema", "--help", "show kernel.json", "diff kernel.json kernel.json"]
ALL = [*QUICK, "prove kernel.json", "verify kernel.json --skip proof", "show kernel.json --json"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "kernel.json").write_bytes(artifact().data)
    return tmp_path


def start(line, folder, **streams):
    return cli.piped(line.split(), folder, **streams)


@pytest.mark.slow
@pytest.mark.parametrize("line", ALL)
def test_a_full_disk_is_one_line_and_no_verdict(folder, line):
    with Path("/dev/full").open("wb") as full:
        ended = start(line, folder, stdout=full, stderr=subprocess.PIPE)
    assert ended.stderr == b"error: cannot write: No space left on device\n"
    assert ended.returncode == 2


def test_a_full_disk_for_errors_changes_no_exit_code(folder):
    with Path("/dev/full").open("wb") as full:
        ended = start("show absent.json", folder, stdout=subprocess.PIPE, stderr=full)
    assert (ended.returncode, ended.stdout) == (2, b"")


@pytest.mark.slow
@pytest.mark.parametrize("line", [*QUICK, "verify kernel.json --skip proof"])
def test_a_reader_that_left_is_no_failed_check(folder, line):
    reader = subprocess.Popen(["/bin/true"], stdin=subprocess.PIPE)
    reader.wait()
    ended = start(line, folder, stdout=reader.stdin, stderr=subprocess.PIPE)
    reader.stdin.close()
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.parametrize("line", ["--help", "show kernel.json", "verify kernel.json --skip proof"])
def test_a_terminal_without_our_characters(folder, line):
    ended = run(*line.split(), cwd=folder, PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_locale_without_our_characters(folder):
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    ended = run("show", "kernel.json", cwd=folder, **plain)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.isascii()
