"""The folder of a submission: replaced whole where it is ours, and otherwise left alone."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.bundle.folder import claimed
from cycleproof.bundle.layout import SUMS_NAME
from tests.support import cli

NAMES = ("kernel.json", "report.html", "bundle.zip")
OLD, NEW = {"kernel.json": b"old", "report.html": b"why"}, {"kernel.json": b"new"}


def held_by(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != SUMS_NAME}


def put(
    folder: Path, files: dict[str, bytes], meanwhile: Callable[[], object] = lambda: None
) -> None:
    with claimed(folder, NAMES) as claim:
        meanwhile()
        claim.put(files)


@pytest.mark.parametrize("there", ["absent", "below", "empty", "working", "link", "ours"])
def test_a_folder_is_written_whole_and_nothing_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    out = tmp_path / "out"
    if there == "below":
        out = tmp_path / "a" / "b" / "out"
    elif there == "link":
        (tmp_path / "real").mkdir()
        out.symlink_to("real")
        put(out, OLD)
    elif there != "absent":
        out.mkdir()
    if there == "working":
        monkeypatch.chdir(out)
    if there == "ours":
        put(out, OLD)
    put(out, NEW)
    assert held_by(out) == NEW
    assert (there == "link") == out.is_symlink()
    assert out.resolve().stat().st_mode & 0o777 == 0o777 & ~cli_umask()
    assert len([*out.parent.iterdir()]) == (2 if there == "link" else 1)
    assert subprocess.run(["sha256sum", "-c", SUMS_NAME], cwd=out, check=False).returncode == 0


def cli_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


STRANGERS = {
    "a file": lambda out: (out / "mine.txt").write_text("stays"),
    "a file of our name": lambda out: (out / "bundle.zip").write_text("mine"),
    "an edited file": lambda out: (out / "report.html").write_text("with my notes"),
    "a lost file": lambda out: (out / "report.html").unlink(),
    "no sums": lambda out: (out / SUMS_NAME).unlink(),
    "a link": lambda out: ((out / "kernel.json").unlink(), (out / "kernel.json").symlink_to("k")),
    "a folder": lambda out: (out / "bundle.zip").mkdir(),
}


@pytest.mark.parametrize("kind", STRANGERS)
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_what_others_put_there_stays(tmp_path: Path, kind: str, when: str) -> None:
    out = tmp_path / "out"
    put(out, OLD)
    (tmp_path / "k").write_bytes(b"old")

    def seen() -> list[tuple[str, bytes | None]]:
        return sorted((p.name, p.read_bytes() if p.is_file() else None) for p in out.iterdir())

    change = partial(STRANGERS[kind], out)
    if when == "before":
        change()
    with pytest.raises(Unreadable, match=r"/out: is not empty|symbolic link|not a regular"):
        put(out, NEW, change if when == "meanwhile" else lambda: None)
    left = seen()
    assert {p.name for p in tmp_path.iterdir()} == {"out", "k"}
    out.rename(tmp_path / "left")
    put(out, OLD)
    change()
    assert seen() == left


def test_what_others_put_into_an_empty_folder_stays(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not empty"):
        put(tmp_path, NEW, lambda: (tmp_path / "kernel.json").write_text("mine"))
    assert held_by(tmp_path) == {"kernel.json": b"mine"}


def test_the_working_folder_is_not_taken_from_under_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, OLD)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable, match="in use"):
        put(tmp_path, NEW)
    assert held_by(tmp_path) == OLD


@pytest.mark.parametrize("there", [True, False])
def test_work_that_ends_leaves_what_was_there(tmp_path: Path, there: bool) -> None:
    out = tmp_path / "a" / "out"
    if there:
        put(out, OLD)
    with pytest.raises(KeyboardInterrupt), claimed(out, NAMES):
        raise KeyboardInterrupt
    assert out.exists() is there is (tmp_path / "a").exists()
    assert not there or held_by(out) == OLD


def test_without_the_one_step_two_do_it_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    out = tmp_path / "out"
    put(out, OLD)
    put(out, NEW)
    assert held_by(out) == NEW
    rename = type(out).rename

    def full(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(type(out), "rename", full)
    with pytest.raises(Unreadable, match="No space left"):
        put(out, OLD)
    assert held_by(out) == NEW


KILLED_AT = """
import os, signal, sys
from pathlib import Path
from cycleproof.bundle import folder
count, out = int(sys.argv[1]), Path(sys.argv[2])
seen = 0

def hook(event, _):
    global seen
    if event in ("open", "os.rename", "os.mkdir", "ctypes.dlsym", "os.rmdir", "os.remove"):
        seen += 1
        if seen == count:
            os.kill(os.getpid(), signal.SIGKILL)

with folder.claimed(out, ("kernel.json", "report.html", "bundle.zip")) as claim:
    sys.addaudithook(hook)
    claim.put({"kernel.json": b"new"})
"""


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_old_folder_or_the_new_one(tmp_path: Path) -> None:
    left = []
    for count in range(1, 40):
        out = tmp_path / str(count) / "out"
        put(out, OLD)
        words = [sys.executable, "-c", KILLED_AT, str(count), str(out)]
        ended = subprocess.run(words, env=cli.environment(), check=False)
        left.append(held_by(out))
        if ended.returncode == 0:
            break
    assert ended.returncode == 0
    assert OLD in left
    assert all(each in (OLD, NEW) for each in left)
    assert left[-1] == NEW
    assert NEW in left[:-1]  # killed while the old one was removed
