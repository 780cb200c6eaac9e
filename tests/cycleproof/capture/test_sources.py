"""Which files of a folder are handed over, and which are refused."""

from pathlib import Path

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.capture import sources
from cycleproof.capture.sources import read_sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "perf_takehome.py").write_text("import lanes\n")
    (folder / "lanes.py").write_text("LANES = 8\n")
    return folder


def test_a_folder_and_its_file_give_the_same_sources(folder: Path) -> None:
    assert read_sources(folder) == read_sources(folder / "perf_takehome.py")
    assert read_sources(folder).name == "perf_takehome"


def test_any_python_file_may_hold_the_generator(folder: Path) -> None:
    found = read_sources(folder / "lanes.py")
    assert (found.entry, found.name) == ("lanes.py", "lanes")


def test_what_is_never_handed_over(folder: Path) -> None:
    for name in ("tests", ".git", "__pycache__", "search"):
        (folder / name).mkdir()
        (folder / name / "inside.py").write_text("")
    (folder / "env").mkdir()
    (folder / "env" / "pyvenv.cfg").write_text("")
    (folder / "env" / "numpy.py").write_text("")
    for name in ("problem.py", "trace.json", ".secret", "data.bin", "search/problem.py"):
        (folder / name).write_text("")
    names = ["data.bin", "lanes.py", "perf_takehome.py", "search/inside.py"]
    assert sorted(read_sources(folder).files) == names


def test_the_digest_is_of_only_the_python_files(folder: Path) -> None:
    digest = read_sources(folder).sources_sha256
    (folder / "kernel.json").write_text("{}")
    assert read_sources(folder).sources_sha256 == digest
    (folder / "lanes.py").write_bytes(b"LANES = 8\r\n")
    assert read_sources(folder).sources_sha256 == digest
    (folder / "lanes.py").write_bytes(b"LANES = 9\n")
    changed = read_sources(folder).sources_sha256
    (folder / "lanes.py").rename(folder / "lane.py")
    assert len({digest, changed, read_sources(folder).sources_sha256}) == 3


def test_the_digest_holds_no_place(folder: Path, tmp_path: Path) -> None:
    digest = read_sources(folder).sources_sha256
    assert read_sources(folder.rename(tmp_path / "elsewhere")).sources_sha256 == digest


def test_a_link_to_a_file_within_is_that_file(folder: Path) -> None:
    (folder / "alias.py").symlink_to("lanes.py")
    assert read_sources(folder).files["alias.py"] == b"LANES = 8\n"


def test_what_was_handed_over_before_is_no_source(folder: Path) -> None:
    before = read_sources(folder)
    made = folder / "submission"
    made.mkdir()
    for name in ("bundle.zip", "kernel.json", "perf_takehome.py"):
        (made / name).write_text("")
    assert read_sources(folder) == before
    (made / "bundle.zip").unlink()
    assert "submission/perf_takehome.py" in read_sources(folder).files
    (folder / "bundle.zip").write_text("")  # beside the generator it hides nothing
    assert "lanes.py" in read_sources(folder).files


@pytest.mark.parametrize(
    ("name", "target", "message"),
    [
        ("out.py", "../other.py", "out.py: a symbolic link that leaves"),
        ("out.py", "/etc/hostname", "out.py: a symbolic link that leaves"),
        ("out", "..", "out: a symbolic link that leaves"),
        ("round", "search", "round: a symbolic link to a folder"),
        ("search/deep.py", "../../other.py", "search/deep.py: a symbolic link that leaves"),
    ],
)
def test_other_links_are_set_aside(folder: Path, name: str, target: str, message: str) -> None:
    (folder.parent / "other.py").write_text("")
    (folder / "search").mkdir()
    (folder / name).symlink_to(target)
    found = read_sources(folder)
    assert sorted(found.files) == ["lanes.py", "perf_takehome.py"]
    (told,) = found.set_aside
    assert told.startswith(message)


def test_a_linked_entry_is_refused(folder: Path) -> None:
    (folder / "perf_takehome.py").rename(folder.parent / "elsewhere.py")
    (folder / "perf_takehome.py").symlink_to("../elsewhere.py")
    with pytest.raises(Unreadable, match="leaves"):
        read_sources(folder)


def test_what_is_not_there_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"holds no perf_takehome\.py"):
        read_sources(tmp_path)
    with pytest.raises(Unreadable, match=r"missing\.py: no such file"):
        read_sources(folder / "missing.py")
    for name in ("problem.py", ".hidden.py"):
        (folder / name).write_text("")
        with pytest.raises(Unreadable, match="is never handed over"):
            read_sources(folder / name)


def test_what_is_past_a_limit_is_set_aside_but_no_python(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_FILES", 2)
    (folder / "third.txt").write_text("")
    found = read_sources(folder)
    assert sorted(found.files) == ["lanes.py", "perf_takehome.py"]
    assert found.set_aside == ("third.txt: past the limit of 2 files",)
    (folder / "more.py").write_text("")
    with pytest.raises(Unreadable, match=r"perf_takehome\.py is past the limit of 2 files"):
        read_sources(folder)
    monkeypatch.setattr(sources, "MAX_FILES", 9)
    monkeypatch.setattr(sources, "MAX_TOTAL", 1 << 20)
    (folder / "big.bin").write_bytes(bytes((1 << 20) - 10))
    (told,) = read_sources(folder).set_aside
    assert told == "big.bin: past the limit of 1 MB for all files together"


def test_their_own_problem_is_handed_over_where_asked_for(folder: Path) -> None:
    with pytest.raises(Unreadable, match=r"there is no problem\.py"):
        read_sources(folder, own_problem=True)
    (folder / "problem.py").write_text("")
    assert read_sources(folder).left_out == {"problem"}
    assert "problem.py" not in read_sources(folder).files
    assert "problem.py" in read_sources(folder, own_problem=True).files


def test_names_are_printable_ascii(tmp_path: Path) -> None:
    (tmp_path / "k\x1b[2Jé.py").write_text("")
    assert read_sources(tmp_path / "k\x1b[2Jé.py").name == "k?[2J\\xe9"
