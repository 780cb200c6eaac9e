"""Outputs: streams are written through, links followed, files replaced whole or not at all."""

import os
import stat
import threading
from pathlib import Path

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.base.files import check_output, is_stream, temporary_folder, write_whole, writing
from tests.support.samples import run

NULL, FULL = (1, 3), (1, 7)


def device(path: Path, numbers: tuple[int, int]) -> Path:
    """A device of this test's own; the system's are never named as an output."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(*numbers))
        with path.open("wb"):
            return path
    except PermissionError:
        pytest.skip("only root makes device files")


def test_a_device_is_written_through_and_stays(tmp_path: Path) -> None:
    null = device(tmp_path / "null", NULL)
    write_whole(null, b"x" * 100_000)
    assert null.is_char_device()
    assert [path.name for path in tmp_path.iterdir()] == ["null"]


def test_a_full_device_is_one_line_and_stays(tmp_path: Path) -> None:
    full = device(tmp_path / "full", FULL)
    with pytest.raises(Unreadable, match="cannot write: No space left"):
        write_whole(full, b"x")
    assert full.is_char_device()


def test_a_pipe_is_written_through_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    seen = []
    reader = threading.Thread(target=lambda: seen.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_whole(pipe, b"x" * 100_000)
    reader.join(10)
    assert seen == [b"x" * 100_000]
    assert pipe.is_fifo()


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_the_file_that_it_names_is_replaced(tmp_path: Path, there: bool) -> None:
    (tmp_path / "folder").mkdir()
    file, link = tmp_path / "folder" / "file", tmp_path / "link"
    if there:
        file.write_bytes(b"old")
    link.symlink_to("folder/file")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert [path.name for path in file.parent.iterdir()] == ["file"]


def test_a_link_to_itself_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "folder").mkdir()
    for name in ("loop", "folder", "absent/file"):
        with pytest.raises(Unreadable, match="cannot write"):
            write_whole(tmp_path / name, b"")
    assert (tmp_path / "loop").is_symlink()


def test_what_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")

    def break_off() -> None:
        with writing(file) as half:
            half.write(b"ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_regular_file_and_a_new_name_are_no_streams(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not is_stream(tmp_path / "file")
    assert not is_stream(tmp_path / "new")


@pytest.mark.slow
def test_standard_output_holds_only_the_product(tmp_path: Path) -> None:
    link = tmp_path / "stdout"
    link.symlink_to("/proc/self/fd/1")
    for name in ("-", link):
        made = run("build", "--recipe", "baseline", "--shape", "3,4,8", "-o", name, cwd=tmp_path)
        assert made.returncode == 0
        assert made.stdout.startswith("{")
        assert made.stdout.endswith("}\n")
        assert "cycles at" in made.stderr
        assert [path.name for path in tmp_path.iterdir()] == ["stdout"]
        assert link.is_symlink()


def test_a_key_pair_is_no_stream(tmp_path: Path) -> None:
    made = run("key", "new", "-o", "-", cwd=tmp_path)
    assert (made.returncode, list(tmp_path.iterdir())) == (2, [])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none/k.json", "there is no folder"),
        ("file/k.json", "there is no folder"),
        ("folder", "is a folder; name a file in it"),
    ],
)
def test_an_output_that_cannot_be_written_is_told_before(
    tmp_path: Path, name: str, says: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unreadable, match=says):
        check_output(tmp_path / name)


def test_an_output_that_can_be_written_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    (tmp_path / "link").symlink_to("elsewhere")
    for name in ("old", "new", "link"):
        check_output(tmp_path / name)
    check_output(Path("-"))
    check_output(Path(os.devnull))
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link", "old"]
    assert (tmp_path / "old").read_text() == "old"


def test_what_is_locked_is_removed_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x")
    with temporary_folder() as folder:
        (folder / "locked").mkdir()
        (folder / "locked" / "file").write_text("x")
        (folder / "link").symlink_to(tmp_path)
        (folder / "locked").chmod(0)
    assert not folder.exists()
    assert (tmp_path / "kept").exists()
    assert Path(tmp_path).stat().st_mode & 0o700 == 0o700
