"""The pinned copy of Pyodide: what is taken for it, and the documents that name it."""

import hashlib
import tarfile
from pathlib import Path

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.board.browser import vendor
from tests.support.cli import ROOT

Package = tuple[Path, dict[str, bytes]]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    files = {name: name.encode() for name in vendor.PINS}
    pins = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    monkeypatch.setattr(vendor, "PINS", pins)
    (tmp_path / "p").mkdir()
    for name, data in files.items():
        (tmp_path / "p" / name).write_bytes(data)
    return tmp_path / "p", files


def test_a_copy_of_pyodide_is_held_against_its_pins(tmp_path: Path, package: Package) -> None:
    folder, files = package
    assert vendor.read_pyodide(folder) == files
    with tarfile.open(tmp_path / "p.tgz", "w:gz") as archive:
        archive.add(folder, "package")
    assert vendor.read_pyodide(tmp_path / "p.tgz") == files
    (folder / "pyodide.mjs").write_bytes(b"pyodide.mjS")
    with pytest.raises(Unreadable, match=r"pyodide\.mjs is not that"):
        vendor.read_pyodide(folder)
    (folder / "pyodide.mjs").unlink()
    with pytest.raises(Unreadable, match="No such file"):
        vendor.read_pyodide(folder)
    (tmp_path / "x.tgz").write_bytes(b"x")
    with pytest.raises(Unreadable, match="no package of Pyodide"):
        vendor.read_pyodide(tmp_path / "x.tgz")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/judging.md"])
def test_the_documents_name_the_pinned_pyodide(page: str) -> None:
    assert f"pyodide@{vendor.VERSION}" in (ROOT / page).read_text("utf-8")
