"""A clone of the challenge's repository: what is read, and what is refused."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from cycleproof.base.errors import FrozenAltered, Unreadable
from cycleproof.challenge.clone import read_clone
from cycleproof.challenge.facts import OFFICIAL
from tests.support.clones import NAMES, SIMULATOR, clone, commit, pins_for, tree_of


@pytest.mark.parametrize("name", NAMES)
def test_altered_missing_or_linked_files_are_code_3(tmp_path: Path, name: str) -> None:
    good = clone(tmp_path / "good")
    for kind, says in [
        ("altered", "is not the pinned file: SHA-256 [0-9a-f]{16}…, pinned [0-9a-f]{16}…"),
        ("crlf", "has CRLF line ends"),
        ("missing", "No such file"),
        ("linked", "is a symbolic link"),
    ]:
        folder = tmp_path / kind
        shutil.copytree(good, folder)
        (folder / name).unlink()
        if kind == "altered":
            (folder / name).write_text((good / name).read_text() + "\n")
        elif kind == "crlf":
            (folder / name).write_bytes((good / name).read_bytes().replace(b"\n", b"\r\n"))
        elif kind == "linked":
            (folder / name).symlink_to(good / name)
        with pytest.raises(FrozenAltered, match=says) as caught:
            read_clone(folder, pins_for())
        assert caught.value.exit_code == 3


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    folder = clone(tmp_path / "up")
    (folder / "tests").rename(tmp_path / "elsewhere")
    (folder / "tests").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FrozenAltered, match="tests: is a symbolic link"):
        read_clone(folder, pins_for())


def test_history_counts_too(tmp_path: Path) -> None:
    """A clean working tree over a commit that holds a link, another mode or another file."""
    for kind, says in [
        ("link", "tests/frozen_problem.py: is a symbolic link in the commit"),
        ("mode", "tests/frozen_problem.py: is 100755 blob"),
        ("extra", "tests/conftest.py: in the commit checked out, and not in the official"),
        ("gone", "problem.py: is missing in the commit"),
    ]:
        folder = clone(tmp_path / kind)
        frozen = folder / "tests" / "frozen_problem.py"
        if kind == "link":
            frozen.unlink()
            frozen.symlink_to("../problem.py")
        elif kind == "mode":
            frozen.chmod(0o755)
        elif kind == "extra":
            (folder / "tests" / "conftest.py").write_text("")
        else:
            (folder / "problem.py").unlink()
        commit(folder)
        frozen.unlink()
        frozen.write_text(SIMULATOR)
        (folder / "problem.py").write_text(SIMULATOR)
        with pytest.raises(FrozenAltered) as caught:
            read_clone(folder, pins_for())
        assert says in str(caught.value)


def test_a_clones_own_configuration_starts_nothing(tmp_path: Path) -> None:
    """Hooks, monitors, pagers; and a partial clone whose missing tree is "fetched" by a command."""
    folder = clone(tmp_path / "up", git=True)
    ran = tmp_path / "ran"
    with (folder / ".git" / "config").open("a") as file:
        file.write(
            f"[core]\n\tfsmonitor = touch {ran}\n\tpager = touch {ran}\n\trepositoryformatversion"
            f' = 1\n[extensions]\n\tpartialClone = origin\n[protocol "ext"]\n\tallow = always\n'
            f'[remote "origin"]\n\tpromisor = true\n\turl = ext::touch {ran}\n'
        )
    assert len(read_clone(folder, pins_for()).commit) == 40
    tree = pins_for().trees["tests"]
    (folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(Unreadable, match="git cannot read it"):
        read_clone(folder, pins_for())
    assert not ran.exists()
    subprocess.run(
        ["git", "-C", str(folder), "ls-tree", "-r", "HEAD"], capture_output=True, check=False
    )
    assert ran.exists(), "the trap does not work, so nothing was shown"


def test_no_folder_and_a_broken_clone_are_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not a folder"):
        read_clone(tmp_path / "none", pins_for())
    folder = clone(tmp_path / "up")
    (folder / ".git").mkdir()
    with pytest.raises(Unreadable, match="git cannot read it"):
        read_clone(folder, pins_for())


@pytest.mark.parametrize(
    ("kind", "says", "hint"),
    [
        ("empty", "an empty folder", "with its files checked out"),
        ("other", "no clone of the challenge's repository: no problem.py", "--upstream takes a"),
        ("bare", "a bare repository, without files", "git clone "),
        ("inside", "a folder inside a clone, not the clone", "--upstream /"),
        ("unchecked", "a clone in which nothing is checked out", " checkout HEAD -- ."),
    ],
)
def test_a_slip_of_the_pen_is_not_an_altered_base(
    tmp_path: Path, kind: str, says: str, hint: str
) -> None:
    good = clone(tmp_path / "good", git=True)
    folder = tmp_path / "up"
    if kind == "inside":
        folder = good / "tests" / "deep"
    if kind in ("bare", "unchecked"):
        option = "--bare" if kind == "bare" else "--no-checkout"
        subprocess.run(["git", "clone", "-q", option, str(good), str(folder)], check=True)
    else:
        folder.mkdir()
    if kind == "other":
        (folder / "README.md").write_text("another project\n")
    with pytest.raises(Unreadable) as caught:
        read_clone(folder, pins_for())
    assert str(caught.value) == f"{folder}: {says}"
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


def test_the_hint_of_a_clone_without_files_works(tmp_path: Path) -> None:
    good, folder = clone(tmp_path / "good", git=True), tmp_path / "new one"
    subprocess.run(["git", "clone", "-q", "--no-checkout", str(good), str(folder)], check=True)
    with pytest.raises(Unreadable) as caught:
        read_clone(folder, pins_for())
    subprocess.run(shlex.split(caught.value.hint), check=True)
    assert read_clone(folder, pins_for()).commit


def test_the_official_pins_fit_each_other() -> None:
    """The tree of tests/ follows from its two blobs: no other file and no other mode is in it."""
    blobs = {
        name.removeprefix("tests/"): pin.blob
        for name, pin in OFFICIAL.files.items()
        if name.startswith("tests/")
    }
    assert OFFICIAL.trees == {"tests": tree_of(blobs)}
    assert OFFICIAL.files["problem.py"] == OFFICIAL.files["tests/frozen_problem.py"]
    assert len(OFFICIAL.thresholds) == 8
