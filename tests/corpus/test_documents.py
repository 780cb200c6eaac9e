"""Runs the corpus ``documents``: each ends with its code and its message, cheaply, no traceback.

Every document goes through ``cycleproof verify`` in a forked process.
"""

from pathlib import Path

import pytest

from tests.corpus.documents import CASES, ROWS
from tests.corpus.documents.making import Document
from tests.corpus.forked import MEGABYTES, forked


def test_there_are_enough_and_the_controls_come_first() -> None:
    assert len(ROWS) >= 120
    assert [case.attack for case in CASES[:3]].count(0) == 2
    assert [case.exit_code for case in CASES[:2]] == [0, 1]
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case.name)
def test_document(row: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    path = tmp_path / "hostile.json"
    path.write_bytes(row.make())
    status, megabytes = forked(["verify", str(path)], tmp_path / "output")
    said = (tmp_path / "output").read_text()
    assert (status, row.case.says in said) == (row.case.exit_code, True), said
    assert "Traceback" not in said
    assert not any(char in said for char in "\x1b\x07\x00\u202e")
    assert megabytes < MEGABYTES
    if status == 2:
        assert said.startswith(("error: ", "REFUSED: "))
        assert len(said.splitlines()) <= 2
