"""The frozen base: any change of its folder is seen, even where the sums were edited, too."""

import errno
import os
import re
import shutil
from pathlib import Path

import pytest

from cycleproof.base.errors import FrozenAltered, Unreadable
from cycleproof.simulator.frozenbase import (
    SUMS,
    folder_for,
    installed_folder,
    parse_pins,
    read_folder,
    read_frozen,
    render_pins,
)


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "frozen", tmp_path / "frozen", ignore=lambda *_: {"__pycache__"})
    return tmp_path / "frozen"


def test_the_shipped_folder_is_the_pinned_one(root: Path) -> None:
    base = read_frozen(root / "frozen")
    assert base.files[SUMS].decode() == render_pins(base.version, base.pins)
    assert set(base.files) == set(base.pins) | {SUMS}


def test_a_copy_is_as_good(folder: Path) -> None:
    assert read_frozen(folder).digest == read_frozen(installed_folder()).digest


def test_every_single_byte_counts(folder: Path) -> None:
    """One flipped bit at the start, the middle and the end of each file."""
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for at in (0, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(FrozenAltered, match=path.name):
                read_frozen(folder)
        path.write_bytes(whole)
    read_frozen(folder)


@pytest.mark.parametrize("call", [(os, "open"), (Path, "iterdir"), (Path, "lstat")])
@pytest.mark.parametrize(
    ("refusal", "raised"),
    [(errno.ENOMEM, MemoryError), (errno.EMFILE, Unreadable), (errno.EACCES, Unreadable)],
)
def test_what_the_system_refuses_was_not_altered(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: tuple[object, str],
    refusal: int,
    raised: type[Exception],
) -> None:
    def refused(path: Path, *_args: object, **_options: object) -> None:
        raise OSError(refusal, os.strerror(refusal), path)

    monkeypatch.setattr(*call, refused)
    with pytest.raises(raised):
        read_folder(folder)


@pytest.mark.parametrize("name", ["", "ops.py", SUMS])
def test_what_the_system_refuses_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    state = Path.lstat

    def refused(path: Path) -> os.stat_result:
        if path == folder / name:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return state(path)

    monkeypatch.setattr(Path, "lstat", refused)
    with pytest.raises(Unreadable, match=f"^{re.escape(str(folder / name))}: Input/output error"):
        read_folder(folder)


def test_folder_for_prefers_the_artifact_s_project(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "artifacts").mkdir()
    assert folder_for(tmp_path / "artifacts" / "kernel.json") == folder
    assert folder_for(tmp_path.parent / "kernel.json") == installed_folder()


@pytest.mark.parametrize(
    "line", ["x", "ab  ops.py", f"{'0' * 64}  ../ops.py", f"{'0' * 64} ops.py"]
)
def test_pins_files_are_read_strictly(line: str) -> None:
    with pytest.raises(FrozenAltered, match="not a list of pins"):
        parse_pins(f"# frozen 1\n{line}\n", "pins")


def test_one_name_cannot_have_two_pins() -> None:
    line = f"{'0' * 64}  ops.py\n"
    with pytest.raises(FrozenAltered):
        parse_pins(line * 2, "pins")
