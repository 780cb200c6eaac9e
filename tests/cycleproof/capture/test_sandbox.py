"""The tools that make a sandbox, and the folder that goes with it."""

from pathlib import Path

import pytest

from cycleproof.base.files import remove
from cycleproof.capture.sandbox import SANDBOXES


@pytest.mark.parametrize(("name", "tool"), [("bwrap", "bwrap"), ("namespaces", "unshare")])
def test_the_tool_is_named_by_its_full_path(
    name: str, tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child's environment has no PATH, so a bare name would be sought elsewhere."""
    (tmp_path / tool).write_text("")
    (tmp_path / tool).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert SANDBOXES[name].command(tmp_path)[0] == str(tmp_path / tool)


def test_locked_folders_go_and_links_out_of_them_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("stays")
    (tmp_path / "outside").chmod(0o555)
    deep = tmp_path / "filled" / "locked" / "deeper"
    deep.mkdir(parents=True)
    (deep / "link").symlink_to(tmp_path / "outside")
    (deep / "file").symlink_to(tmp_path / "outside" / "file")
    deep.chmod(0)
    deep.parent.chmod(0o500)
    remove(tmp_path / "filled")
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (tmp_path / "outside").stat().st_mode & 0o777 == 0o555
    assert (tmp_path / "outside" / "file").read_text() == "stays"
