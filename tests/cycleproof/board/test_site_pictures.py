"""The pictures of an entry, to show elsewhere: there are some for every verdict."""

from pathlib import Path
from xml.etree import ElementTree

from cycleproof.board.database import opened
from cycleproof.board.discover import discover
from cycleproof.board.rank import CLASSES, Board, ranked
from cycleproof.board.run import Place, judge_all
from cycleproof.board.site.pages import page_name, site
from cycleproof.evidence.wording import WORDS

from .entries import NONCE, TERMS, Ready, board_of, kernel

SEEN = "2026-11-01T08:00:00Z"


def test_every_verdict_has_its_page_and_pictures(tmp_path: Path) -> None:
    inbox = board_of(tmp_path / "in", ann=kernel())
    with opened(tmp_path / "b", make=True) as database:
        judge_all(database, discover([inbox]), TERMS, Place(Ready(), 1), seen=SEEN, nonce=NONCE)
        (entry,) = ranked(database.rows(), database.terms).entries
        name = f"entries/{page_name(entry.row)}"
        for word in CLASSES:
            files = site(database, Board((entry._replace(verdict=word),), ()), "A board")
            for end in ("html", "badge.svg", "card.svg"):
                assert word.encode() in files[f"{name}.{end}"]
            shown = [each.text for each in ElementTree.fromstring(files[f"{name}.card.svg"]).iter()]
            assert WORDS[word].means in shown
            assert f"program {entry.program}" in shown
