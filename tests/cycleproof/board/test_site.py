"""The board's pages: their bytes, their escaping, and as a browser meets them."""

import csv
import io
import json
import re
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.board.database import opened
from cycleproof.board.discover import discover
from cycleproof.board.rank import CLASSES, RANKED, ranked
from cycleproof.board.run import Place, judge_all
from cycleproof.board.site import pages as of_pages
from cycleproof.board.site.chart import Known, record_chart, records
from cycleproof.board.site.pages import PARTS, _groups, page_name, site
from cycleproof.board.site.write import write_site
from cycleproof.challenge.facts import RECORDS
from cycleproof.evidence.leftovers import left_behind
from cycleproof.evidence.model import Verdict
from cycleproof.evidence.wording import CHECK_WORDS, Word, meaning
from tests.support import axe
from tests.support.browser import browser, needed

from .entries import NONCE, TERMS, Ready, board_of, kernel
from .pages import Files, Page, pages

HOSTILE = "</title><script>window.hacked=1</script><img src=x onerror=alert(1)>"
STYLE = "javascript:alert(1)' onmouseover='alert(1)"
DAYS = ("2026-11-01T08:00:00Z", "2026-11-09T08:00:00Z", "2026-11-26T18:00:00Z")


def fill(folder: Path) -> None:
    """A board of three evenings: records, ties, a copy, a wrong kernel, a refused file."""
    evenings = (
        {"ann": kernel(40), "ben": kernel(25)},
        {
            "cat": kernel(12),
            "dan": kernel(12, maker="x"),
            "ann": kernel(9),
            "liar": kernel(1, True),
        },
        {"eve": kernel(3), "liar": kernel(1, True), "fay": kernel(25, maker="late"), "bad": b"[]"},
    )
    with opened(folder / "b", make=True) as database:
        for number, (evening, seen) in enumerate(zip(evenings, DAYS, strict=True)):
            inbox = board_of(folder / f"in{number}", **evening)
            (inbox / "eve.submit.toml").write_text(f'name = "{HOSTILE}"\nauthor = "{STYLE}"\n')
            for name in evening:
                if name not in ("eve", "bad"):
                    side = inbox / f"{name}.submit.toml"
                    side.write_text(f'name = "Kernel of {name}"\nauthor = "{name.title()} Doe"\n')
            place = Place(Ready(), 1)
            judge_all(database, discover([inbox]), TERMS, place, seen=seen, nonce=NONCE)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("board")
    fill(folder)
    return folder / "b"


def files_of(board: Path, **options: Any) -> Files:
    with opened(board) as database:
        return site(database, ranked(database.rows(), database.terms), "A board", **options)


@pytest.fixture(scope="module")
def files(board: Path) -> Files:
    return files_of(board)


@pytest.mark.slow
def test_the_same_bytes_for_the_same_board(board: Path, files: Files) -> None:
    assert files_of(board) == files


@pytest.mark.slow
def test_a_strangers_text_is_never_markup_style_or_address(files: Files) -> None:
    for name, data in files.items():
        if not name.endswith((".html", ".svg", ".xml")):
            continue
        assert b"<script>window" not in data, name
        assert b"<img" not in data
        if not name.endswith(".html"):
            ElementTree.fromstring(data)
    for name, page in pages(files).items():
        for tag, attributes in page.tags:
            for key, value in attributes.items():
                assert not key.startswith("on"), (name, tag, key)
                if key in ("href", "src"):
                    ours = r"(#[\w-]+|(\.\./)?(entries/)?[0-9a-z]+(\.[a-z]+){1,2})"
                    assert re.fullmatch(ours, value), (name, value)
    assert HOSTILE in Page(files["index.html"]).text


@pytest.mark.slow
def test_no_kernel_is_published_by_default(board: Path, files: Files) -> None:
    program = json.loads(kernel(40))["program"]
    needle = json.dumps(program[-3], separators=(",", ":")).encode()
    assert needle in kernel(40)
    assert not any(needle in data for data in files.values())
    assert not any(name.endswith("kernel.json") for name in files)
    published = files_of(board, publish_kernels=True)
    assert kernel(40) in published.values()
    assert sum(name.endswith(".report.html") for name in published) == 6


def test_the_check_page_is_part_of_the_site_where_asked_for(board: Path, files: Files) -> None:
    with_check = files_of(board, check={"index.html": b"x"})
    assert with_check["check/index.html"] == b"x"
    linked = [name for name in files if b"check/index.html" in with_check[name]]
    assert "index.html" in linked
    assert len(linked) == 7  # and each page of a program
    assert not any(b"check/index.html" in data for data in files.values())


def test_the_policy_allows_only_our_own_style_and_script(files: Files) -> None:
    for page in pages(files).values():
        policies = [a["content"] for t, a in page.tags if "http-equiv" in a]
        assert len(policies) == 1
        form = r"default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'"
        assert re.fullmatch(form, policies[0])


def test_the_ranking_on_the_page_is_the_board(files: Files) -> None:
    rows = [row for row in Page(files["index.html"]).rows if row and row[0].isdigit()]
    main = [(row[0], int(row[1]), row[3].strip()) for row in rows]
    least = len(json.loads(kernel())["program"])
    ranking = [
        ("1", least + 3, STYLE),
        ("2", least + 9, "Ann Doe"),
        ("3", least + 12, "Cat Doe"),
        ("4", least + 25, "Ben Doe"),
        ("5", least + 40, "Ann Doe"),
    ]
    assert main == ranking * 2  # every one of them leaves the final indices right
    assert "same program later: Kernel of dan (Dan Doe)" in Page(files["index.html"]).text


def test_records_are_the_steps(board: Path, files: Files) -> None:
    with opened(board) as database:
        entries = ranked(database.rows(), database.terms).entries
    best = [entry.cycles for entry in records(entries)]
    least = len(json.loads(kernel())["program"])
    assert best == [least + 25, least + 9, least + 3]  # one for each evening
    chart = record_chart(
        entries, [Known(10, "tiny"), Known(10**6, "far")], {e.row.id: "p" for e in entries}
    )
    assert [mark.cycles for mark in chart.marks] == best
    assert [line.text for line in chart.known] == ["10: tiny"]
    heights = [mark.y for mark in chart.marks]
    assert heights == sorted(heights)
    assert record_chart([], [], {}) is None


def test_public_records_stand_among_the_proved_at_the_judged_shape(board: Path) -> None:
    with opened(board) as database:
        found = ranked(database.rows(), database.terms)
    known = [Known(200, "claimed"), Known(150, "baseline")]
    rows = _groups(found, known)["all"][Word.PROVED]
    assert [row.cycles for row in rows] == sorted(row.cycles for row in rows)
    assert {row.text for row in rows if isinstance(row, Known)} == {"claimed", "baseline"}
    assert not any(isinstance(row, Known) for row in _groups(found, known)["indices"][Word.PROVED])


@pytest.mark.parametrize("records", [True, False])
def test_public_records_can_be_kept_off_the_pages(
    board: Path, monkeypatch: pytest.MonkeyPatch, records: bool
) -> None:
    with opened(board) as database:
        monkeypatch.setattr(of_pages, "JUDGED", database.terms.shape)
        made = site(database, ranked(database.rows(), database.terms), "Cup", records=records)
    index = made["index.html"].decode()
    assert ("not judged here" in index) is records
    assert any(record.described in index for record in RECORDS) is records


def test_an_entry_says_what_a_report_says(board: Path, files: Files) -> None:
    with opened(board) as database:
        entries = ranked(database.rows(), database.terms).entries
    told = [entry for entry in entries if entry.row.evidence is not None]
    assert {entry.verdict for entry in told} >= {Word.PROVED, Word.FAILED}
    for entry in told:
        page = files[f"entries/{page_name(entry.row)}.html"].decode()
        found = entry.row.evidence
        assert escape(meaning(found)) in page
        assert escape(left_behind(found.final_indices, found.forest), quote=False) in page


def test_feed_and_data(files: Files) -> None:
    feed = ElementTree.fromstring(files["feed.xml"])
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [entry.find(f"{atom}title").text for entry in feed.findall(f"{atom}entry")]
    assert len(titles) == 7
    assert any(HOSTILE in title for title in titles)
    rows = json.loads(files["results.json"])["rows"]
    table = list(csv.DictReader(io.StringIO(files["results.csv"].decode())))
    assert [row["name"] for row in rows] == [row["name"] for row in table]


def test_a_feed_keeps_its_name_as_submissions_come(board: Path, files: Files) -> None:
    """A reader knows a feed by its id (RFC 4287, 4.2.6)."""

    def ids(feed: bytes) -> list[str]:
        return [each.text for each in ElementTree.fromstring(feed).iter(f"{atom}id")]

    atom = "{http://www.w3.org/2005/Atom}"
    with opened(board) as database:
        rows = database.rows()
        later, sooner = (
            site(database, ranked(some, database.terms), "A board")["feed.xml"]
            for some in (rows, [row for row in rows if row.seen != DAYS[-1]])
        )
    assert later == files["feed.xml"]
    assert ids(later)[0] == ids(sooner)[0]
    assert set(ids(sooner)) < set(ids(later))
    assert len(set(ids(later))) == len(ids(later)) == 8


def test_a_site_replaces_a_site_and_nothing_else(tmp_path: Path, files: Files) -> None:
    write_site(tmp_path / "s", files)
    write_site(tmp_path / "s", {"results.json": files["results.json"]})
    assert [p.name for p in (tmp_path / "s").iterdir()] == ["results.json"]
    for name in (".git", "CNAME", "entries.txt"):  # of a host; a link is not followed
        (tmp_path / "s" / name).write_text("mine")
    (tmp_path / "s" / "link").symlink_to(tmp_path)
    for made in (files, {"results.json": files["results.json"]}):
        write_site(tmp_path / "s", made)
        kept = {".git", "CNAME", "entries.txt", "link"}
        assert {p.name for p in (tmp_path / "s").iterdir()} == kept | {
            n.split("/")[0] for n in made
        }
        assert (tmp_path / "s" / "CNAME").read_text() == "mine"
    assert {name.split("/")[0] for name in files} | {"check"} == PARTS
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.tex").write_text("x")
    with pytest.raises(Unreadable, match="and no site"):
        write_site(mine, files)
    (tmp_path / "link").symlink_to(tmp_path / "s")
    with pytest.raises(Unreadable, match="and no site"):
        write_site(tmp_path / "link", files)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "mine", "s"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, files: Files) -> Path:
    folder = tmp_path_factory.mktemp("site") / "s"
    write_site(folder, files)
    return folder


@pytest.mark.slow
@needed
def test_sorting_filtering_and_the_keyboard(written: Path) -> None:
    from selenium.webdriver import Keys
    from selenium.webdriver.common.by import By

    with browser() as driver:
        driver.get(f"file://{written}/index.html")
        first = "#ranking ~ [data-table] tbody tr:not([hidden])"

        def column(number: int) -> list[str]:
            rows = driver.find_elements(By.CSS_SELECTOR, first)
            return [row.find_elements(By.CSS_SELECTOR, "td, th")[number].text for row in rows[:5]]

        assert column(0) == ["1", "2", "3", "4", "5"]
        button = driver.find_element(By.CSS_SELECTOR, "th[data-sort]:nth-child(2) button")
        button.send_keys(Keys.ENTER)
        button.send_keys(Keys.ENTER)
        assert button.find_element(By.XPATH, "..").get_attribute("aria-sort") == "descending"
        assert column(0) == ["5", "4", "3", "2", "1"]
        button.send_keys(Keys.ENTER)
        best = driver.find_element(By.ID, "best")
        best.send_keys(Keys.SPACE)
        assert column(0)[:4] == ["1", "2", "3", "4"]
        assert len(set(column(3)[:4])) == 4
        words = driver.find_element(By.ID, "words")
        words.send_keys("ben")
        assert driver.find_element(By.ID, "shown").text == "1 of 7 entries shown"
        assert driver.execute_script("return window.hacked") is None
        assert driver.execute_script("return performance.getEntriesByType('resource').length") == 0
        driver.find_element(By.LINK_TEXT, "Kernel of ben").click()
        assert "Kernel of ben" in driver.title
        assert driver.get_log("browser") == []


@needed
@axe.needed
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_accessible_and_no_sideways_scrolling(
    written: Path, files: Files, scheme: str, width: int
) -> None:
    entry = next(name for name in files if name.startswith("entries/") and name.endswith(".html"))
    with browser(width, scheme) as driver:
        for page in ("index.html", entry):
            driver.get(f"file://{written}/{page}")
            assert axe.violations(driver) == []
            size = driver.execute_script("return document.documentElement.scrollWidth")
            assert size <= width
            cut, broken = driver.execute_script(
                "const all = (query) => [...document.querySelectorAll(query)];"
                "return [all('.wide').filter((box) => box.scrollWidth > box.clientWidth).length,"
                " all('.checks tbody th').filter((name) => name.getClientRects().length > 1"
                " || name.scrollWidth > name.clientWidth).length]"
            )
            assert (cut, broken) == (0, 0)
            paper = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
            dark = sum(map(int, re.findall(r"\d+", paper)[:3])) < 120
            assert dark == (scheme == "dark")


@pytest.mark.slow
def test_an_entry_has_the_words_of_every_other_output_and_folds_what_passed(
    board: Path, files: Files
) -> None:
    words = {said.word for said in CHECK_WORDS.values()}
    with opened(board) as database:
        shown = ranked(database.rows(), database.terms)
    for entry in shown.entries:
        page = Page(files[f"entries/{page_name(entry.row)}.html"])
        text = " ".join(page.text.split())
        mark = "" if entry.verdict in RANKED else ":"
        assert f"{entry.verdict}{mark} {' '.join(entry.reason.split())}" in text
        assert {row[1] for row in page.rows[1:]} <= words
        raw = files[f"entries/{page_name(entry.row)}.html"].decode()
        for finding in entry.row.evidence.findings if entry.row.evidence else ():
            for note in map(escape, finding.notes):
                before = raw[: raw.index(note)]
                folded = before.rindex("<td") < before.rfind("<details>")
                assert folded is (finding.verdict is Verdict.PASS), note
    assert set(CLASSES) == set(Word)  # what has no class would not be shown


@needed
@pytest.mark.slow
def test_the_checks_of_an_entry_stack_on_a_phone(written: Path, files: Files) -> None:
    (name, *_) = (n for n in files if n.startswith("entries/") and b'"stack"' in files[n])
    with browser(390) as driver:
        driver.get((written / name).as_uri())
        script = "return document.querySelector('.stack td:last-child').offsetWidth"
        assert driver.execute_script(script) > 300
