"""The frozen base: any change of its folder is seen, whoever also edited the sums."""

import os
import shutil

import pytest

from cycleproof.errors import FrozenAltered
from cycleproof.frozenbase import (
    SUMS,
    digests,
    folder_for,
    installed_folder,
    installed_pins,
    parse_pins,
    read_folder,
    read_frozen,
    render_pins,
)


@pytest.fixture
def folder(root, tmp_path):
    shutil.copytree(root / "frozen", tmp_path / "frozen", ignore=lambda *_: {"__pycache__"})
    return tmp_path / "frozen"


def test_the_shipped_folder_is_the_pinned_one(root):
    base = read_frozen(root / "frozen")
    assert base.files[SUMS].decode() == render_pins(base.version, base.pins)
    assert set(base.files) == set(base.pins) | {SUMS}


def test_a_copy_is_as_good(folder):
    assert read_frozen(folder).digest == read_frozen(installed_folder()).digest


def test_every_single_byte_counts(folder):
    """One flipped bit at the start, the middle and the end of each file."""
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for at in (0, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(FrozenAltered, match=path.name):
                read_frozen(folder)
        path.write_bytes(whole)
    read_frozen(folder)


def edit_with_sums(folder):
    source = folder / "machine.py"
    source.write_text(source.read_text().replace("cycles += cost", "cycles += 0"))
    pins = digests(read_folder(folder))
    (folder / SUMS).write_text(render_pins(installed_pins()[0], pins))


def as_link(folder):
    (folder.parent / "mine.py").write_bytes((folder / "machine.py").read_bytes())
    (folder / "machine.py").unlink()
    (folder / "machine.py").symlink_to(folder.parent / "mine.py")


def whole_folder_as_link(folder):
    folder.rename(folder.parent / "real")
    folder.symlink_to(folder.parent / "real")


def crlf(folder):
    (folder / "ops.py").write_bytes((folder / "ops.py").read_bytes().replace(b"\n", b"\r\n"))


def huge(folder):
    with (folder / "ops.py").open("ab") as file:
        file.truncate(2 << 20)


TAMPERED = {
    "edited together with the sums": (edit_with_sums, "machine.py: is "),
    "a symbolic link to the same bytes": (as_link, "machine.py: is a symbolic link"),
    "the folder is a link": (whole_folder_as_link, "is a symbolic link"),
    "an extra module": (lambda f: (f / "json.py").write_text(""), "json.py: does not belong"),
    "an extra folder": (lambda f: (f / "x").mkdir(), "not a regular file"),
    "a pipe": (lambda f: os.mkfifo(f / "x"), "not a regular file"),
    "a missing file": (lambda f: (f / "ops.py").unlink(), "ops.py: missing"),
    "no sums": (lambda f: (f / SUMS).unlink(), f"{SUMS}: differs"),
    "CRLF line ends": (crlf, "ops.py: has CRLF line ends"),
    "another letter case": (lambda f: (f / "ops.py").rename(f / "OPS.py"), "OPS.py"),
    "a huge file": (huge, "ops.py: larger than"),
    "no folder": (shutil.rmtree, "No such file"),
}


@pytest.mark.parametrize(("tamper", "message"), TAMPERED.values(), ids=TAMPERED)
def test_tampering_is_named(folder, tamper, message):
    tamper(folder)
    with pytest.raises(FrozenAltered, match=message):
        read_frozen(folder)


def test_a_hard_link_to_the_pinned_bytes_is_harmless(folder):
    """The bytes are read once and hashed; where else they are linked does not matter."""
    os.link(folder / "ops.py", folder.parent / "other.py")
    read_frozen(folder)


def test_pycache_is_never_looked_into(folder):
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "machine.cpython-311.pyc").write_bytes(b"poison")
    read_frozen(folder)


def test_folder_for_prefers_the_artifact_s_project(tmp_path, folder):
    (tmp_path / "artifacts").mkdir()
    assert folder_for(tmp_path / "artifacts" / "kernel.json") == folder
    assert folder_for(tmp_path.parent / "kernel.json") == installed_folder()


@pytest.mark.parametrize(
    "line", ["x", "ab  ops.py", f"{'0' * 64}  ../ops.py", f"{'0' * 64} ops.py"]
)
def test_pins_files_are_read_strictly(line):
    with pytest.raises(FrozenAltered, match="not a list of pins"):
        parse_pins(f"# frozen 1\n{line}\n", "pins")


def test_one_name_cannot_have_two_pins():
    line = f"{'0' * 64}  ops.py\n"
    with pytest.raises(FrozenAltered):
        parse_pins(line * 2, "pins")
