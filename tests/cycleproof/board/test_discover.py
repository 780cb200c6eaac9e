"""What counts as a submission, and what it is called: folders as strangers hand them over."""

from pathlib import Path

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.board.discover import MAX_NAME, discover, hidden, passed_over

BUILDER = "class KernelBuilder:\n    pass\n"


def layout(root: Path, files: dict[str, str]) -> list[tuple[str, str, str, str]]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [(s.place, s.name, s.author, s.kind) for s in discover([root])]


ENTRY = "perf_takehome.py"
ROWS = {
    "a bare folder": ({f"anna/{ENTRY}": BUILDER}, [("anna", "anna", "anna", "generator")]),
    "with a side file": (
        {f"r7/{ENTRY}": BUILDER, "r7/submit.toml": 'name = "Rings"\nauthor = "Ben Okri"\n'},
        [("r7", "Rings", "Ben Okri", "generator")],
    ),
    "a whole repository below": (
        {f"cleo/fork/src/{ENTRY}": BUILDER, "cleo/fork/README.md": "hi"},
        [("cleo", "cleo", "cleo", "generator")],
    ),
    "an artifact in a folder": (
        {"dan/kernel.json": "{}", "dan/kernel.evidence.json": "{}", "dan/notes.txt": ""},
        [("dan", "dan", "dan", "file")],
    ),
    "several in one folder": (
        {"eva/fast.json": "{}", "eva/safe.json": "{}"},
        [
            ("eva/fast.json", "eva: fast", "eva", "file"),
            ("eva/safe.json", "eva: safe", "eva", "file"),
        ],
    ),
    "loose files": (
        {"kernel.json": "{}", "kernel.submit.toml": 'author = "Fay"\n', "b.zip": "PK"},
        [("b.zip", "b", "b", "file"), ("kernel.json", "kernel", "Fay", "file")],
    ),
    "nothing in it": ({"gus/README.md": "soon"}, [("gus", "gus", "gus", "refused")]),
    "tests are not looked into": (
        {f"hal/tests/{ENTRY}": BUILDER},
        [("hal", "hal", "hal", "refused")],
    ),
    "the generator counts, not what lies beside it": (
        {f"ida/{ENTRY}": BUILDER, "ida/trace.json": "{}"},
        [("ida", "ida", "ida", "generator")],
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_layouts(
    row: tuple[dict[str, str], list[tuple[str, str, str, str]]], tmp_path: Path
) -> None:
    files, expected = row
    assert layout(tmp_path, files) == expected


def test_a_path_may_be_the_submission_itself(tmp_path: Path) -> None:
    (tmp_path / ENTRY).write_text(BUILDER)
    assert [s.kind for s in discover([tmp_path])] == ["generator"]
    (tmp_path / "k.json").write_text("{}")
    assert [s.place for s in discover([tmp_path / "k.json"])] == ["k.json"]


@pytest.mark.parametrize(
    ("side", "complaint"),
    [
        ("name = 3", "are texts"),
        ("name = ", "Invalid value"),
        ("\x00", "Invalid statement"),
        ('author = " "', "are texts"),
    ],
)
def test_a_bad_side_file_is_not_used_and_said(tmp_path: Path, side: str, complaint: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "k.json").write_text("{}")
    (tmp_path / "a" / "submit.toml").write_text(side)
    (found,) = discover([tmp_path])
    assert (found.name, found.author) == ("a", "a")
    assert complaint in found.note


def test_a_strangers_name_is_one_short_printable_line(tmp_path: Path) -> None:
    side = f'name = "a\\u202eb\\n\\u001b[31m{"x" * 500}"\nauthor = "  J.   Doe "\n'
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "k.json").write_text("{}")
    (tmp_path / "a" / "submit.toml").write_text(side)
    (found,) = discover([tmp_path])
    assert found.author == "J. Doe"
    assert len(found.name) == MAX_NAME
    assert found.name.isprintable()


def test_links_and_large_files_are_refused_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "a.json").symlink_to(secret)
    (inbox / "b").symlink_to(tmp_path)
    (found,) = discover([inbox])
    assert (found.place, found.kind) == ("a.json", "refused")
    assert "symbolic link" in found.note


def test_what_is_passed_over_is_told(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    (inbox / "jane").mkdir(parents=True)
    (inbox / "jane" / "notes.txt").write_text("")
    for name in ("k.json", "k.evidence.json", "k.submit.toml", "alice.py", "notes.txt", ".hidden"):
        (inbox / name).write_text("{}")
    (inbox / "link").symlink_to(tmp_path)
    assert passed_over([inbox, inbox / "k.json"]) == ["alice.py", "link", "notes.txt"]
    assert passed_over([inbox / "jane"]) == ["notes.txt"]
    (inbox / "jane" / ENTRY).write_text(BUILDER)
    assert passed_over([inbox / "jane"]) == []


def test_others_in_a_folder_that_is_itself_a_submission_are_told(tmp_path: Path) -> None:
    files = ("ben.json", "cleo.zip", "notes.txt", f"dan/{ENTRY}", "data/table.txt", "k.names.json")
    layout(tmp_path, dict.fromkeys(files, ""))
    assert hidden(tmp_path) == []
    assert layout(tmp_path, {ENTRY: BUILDER})[0][3] == "generator"
    assert hidden(tmp_path) == ["ben.json", "cleo.zip", "dan"]
    assert hidden(tmp_path / ENTRY) == []


def test_content_tells_submissions_apart(tmp_path: Path) -> None:
    for name, text in {"a": BUILDER, "b": BUILDER, "c": BUILDER + "#"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / ENTRY).write_text(text)
    one, same, other = discover([tmp_path])
    assert one.content == same.content != other.content


def test_what_is_not_there_or_twice(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(Unreadable, match="holds no submission"):
        discover([tmp_path / "x"])
    with pytest.raises(Unreadable, match="no such"):
        discover([tmp_path / "y"])
    (tmp_path / "x" / "k.json").write_text("{}")
    with pytest.raises(Unreadable, match="two of the paths"):
        discover([tmp_path / "x", tmp_path / "x"])
