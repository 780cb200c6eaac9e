"""The HTML report: its figures, its bytes and its escaping."""

import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cycleproof.analysis.summary import Analysis
from cycleproof.challenge.facts import RECORDS, THRESHOLDS
from cycleproof.evidence.model import Verdict
from cycleproof.view.history import Rung
from cycleproof.view.report.charts import history_chart, standing_chart
from cycleproof.view.report.html import report_page, schedule_page
from cycleproof.view.templates import environment_of
from tests.support import cli, samples

from .hostile import hostile_names

CAPACITY = {"alu": 12, "valu": 6, "load": 2, "store": 2, "flow": 1}


@pytest.mark.slow
@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.SKIPPED])
def test_a_count_is_a_claim_until_the_outputs_are_established(
    small: Analysis, page: str, verdict: Verdict
) -> None:
    assert "cycles claimed" not in page
    checks = {"proof", "seeds", "directed"}
    findings = [
        replace(finding, verdict=verdict) if finding.check in checks else finding
        for finding in samples.evidence().findings
    ]
    evidence = replace(samples.evidence(), findings=findings)
    text = report_page(small, evidence, None, [], "k.json").decode()
    assert f"{small.cycles:,} cycles claimed" in text
    failed = verdict is Verdict.FAIL
    assert ("A check failed, so this cycle count does not count." in text) is failed
    assert ("Not everything was settled, so this cycle count does not count yet." in text) != failed


class Tables(HTMLParser):
    """The cells of every table row, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows, self.open = [], False
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        self.open = tag in ("td", "th")
        if self.open:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.open = False

    def handle_data(self, data: str) -> None:
        if self.open:
            self.rows[-1][-1] += data


def test_the_engine_table_is_what_the_program_holds(page: str) -> None:
    program = json.loads(samples.artifact().data)["program"]
    rows = {row[0]: row for row in Tables(page).rows if len(row) == 8}
    for engine, capacity in CAPACITY.items():
        slots = sum(len(bundle.get(engine, ())) for bundle in program)
        assert rows[engine][1:4] == [
            f"{slots:,}",
            f"{-(-slots // capacity):,}",
            f"{slots / capacity / len(program):.1%}",
        ]


def test_the_evidence_stands_at_the_top_with_what_did_not_run(page: str) -> None:
    evidence = samples.evidence()
    first = page[: page.index('<h2 id="why"')]
    for finding in evidence.findings:
        assert finding.check in first
    assert "not run" in first
    for digest in (*evidence.frozen["files"].values(), evidence.artifact["program_sha256"]):
        assert digest in page


def head(page: str) -> str:
    return re.search(r"<header>(.*)</header>", page, re.DOTALL)[1]


def test_the_head_says_what_was_proved_and_what_did_not_run(page: str, small: Analysis) -> None:
    (proof,) = (each for each in samples.evidence().findings if each.check == "proof")
    claim = proof.established[1:].replace("'", "&#39;")
    assert claim in head(page)
    assert "Not run: bulk, upstream, reproduce and attestation." in head(page)
    open_ = [replace(proof, verdict=Verdict.UNKNOWN)]
    findings = [*(each for each in samples.evidence().findings if each.check != "proof"), *open_]
    evidence = replace(samples.evidence(), findings=findings)
    assert claim not in head(report_page(small, evidence, None, [], "k.json").decode())


def test_notes_of_what_passed_are_folded_and_others_are_not(page: str, small: Analysis) -> None:
    (seeds,) = (each for each in samples.evidence().findings if each.check == "seeds")
    folded = f'<details><summary>more</summary><p class="soft">{seeds.notes[0]}</p>'
    assert folded in page
    others = [each for each in samples.evidence().findings if each.check != "seeds"]
    evidence = replace(samples.evidence(), findings=[*others, replace(seeds, verdict=Verdict.FAIL)])
    text = report_page(small, evidence, None, [], "k.json").decode()
    assert folded not in text
    assert f'<span class="sub">{seeds.notes[0]}</span>' in text


def test_a_strangers_text_is_never_markup(page: str, small: Analysis) -> None:
    scripts = [attrs for tag, attrs in Tables(page).tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "schedule"}, {}]
    assert "<img" not in page
    technique = "cost $\\frac{1}$ <b>&amp;</b>"
    rung = Rung("0" * 64, 100, dict.fromkeys(CAPACITY, 1), technique, "g", "", ["seeds"])
    shown = report_page(small, samples.evidence(), None, [], "k.json", said=technique).replace(
        b"<br>", b""
    )
    assert b"<b>" not in shown
    assert b"$\\frac{1}$ &lt;b&gt;&amp;amp;" in shown
    chart = history_chart([rung], "0" * 64)
    drawn = environment_of("cycleproof.view.report").from_string(
        '{% from "chart.html.j2" import figure with context %}{{ figure(chart) }}'
    )
    text = drawn.render(chart=chart)
    assert "<b>" not in text
    assert "$\\frac{1}$ &lt;b&gt;&amp;amp;" in text


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    for tag, attrs in Tables(page).tags:
        for name in ("src", "href", "xlink:href", "srcset", "action"):
            assert attrs.get(name, "#").startswith("#"), (tag, attrs)
    assert not re.search(r"url\((?!#)", page)
    policies = [attrs["content"] for _, attrs in Tables(page).tags if "http-equiv" in attrs]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; ")


def test_every_id_is_used_once_and_every_chart_has_its_table(page: str) -> None:
    parsed = Tables(page)
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    figures = [attrs for tag, attrs in parsed.tags if tag == "figure"]
    assert len(figures) >= 4
    assert all(attrs["aria-label"] for attrs in figures)
    for body in page.split("<figure")[1:]:
        assert "<svg" in body.split("</figure>")[0]
        assert "<table" in body.split("</figure>")[0]


def test_the_count_stands_among_thresholds_and_records() -> None:
    chart = standing_chart(900)
    order = [row[0] for row in chart.rows]
    assert order.index("this kernel") == len(order) - 1 - sum(
        record.cycles < 900 for record in RECORDS
    )
    assert "below 8 of the 8 thresholds" in chart.text
    assert {row[1]: row[2] for row in chart.rows}["1,363"] == "463 below"


def test_thresholds_and_records_carry_source_and_date() -> None:
    names = [row[0] for row in standing_chart(900).rows]
    for record in RECORDS:
        assert any(record.source in name and record.date in name for name in names), record
    for threshold in THRESHOLDS:
        assert f"threshold: {threshold.name} (by 2026-01)" in names


def test_the_scale_tells_869_from_1026() -> None:
    bars = {bar.value: bar for bar in standing_chart(1_026).bars}
    assert bars["1,026"].mine
    assert bars["1,026"].share - bars["869"].share > 0.05  # a phone shows 15 pixels
    assert bars["147,734"].cut
    assert not bars["2,164"].cut
    assert max(bar.share for bar in standing_chart(147_732).bars) == 1.0


def test_the_contents_lead_to_sections_and_links_to_words(page: str) -> None:
    parsed = Tables(page)
    ids = {attrs["id"] for _, attrs in parsed.tags if "id" in attrs}
    links = [attrs["href"] for tag, attrs in parsed.tags if tag == "a"]
    assert len(links) > 8
    assert {link.removeprefix("#") for link in links} <= ids
    headings = re.findall(r'<h2 id="([\w-]+)"', page)
    assert set(headings) - {"contents"} <= {link.removeprefix("#") for link in links}


@pytest.mark.slow
def test_the_author_s_words_and_a_date_are_shown_on_request(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "evidence.json").write_bytes(samples.evidence().encode())
    (tmp_path / "said.txt").write_text("First line.\n<script>second</script>\x1b[2J\n")
    words = ("report", "kernel.json", "--evidence", "evidence.json", "-o", "r.html")
    asked = samples.run(*words, "--said", "said.txt", "--date", "4 May 2026", cwd=tmp_path)
    assert (asked.returncode, asked.stderr) == (0, "")
    page = (tmp_path / "r.html").read_text()
    assert "Report of 4 May 2026." in page
    assert "First line.<br>&lt;script&gt;second&lt;/script&gt;\\x1b[2J<br>" in page
    assert "No check has read it." in page
    (tmp_path / "said.txt").write_bytes(b"\xff")
    for more, why in (
        (("--said", "said.txt"), "not UTF-8"),
        (("--said", "none"), "none"),
        (("--date", "a\nb"), "in one line"),
        (
            ("--history", "h.jsonl"),
            "this kernel is of H=3 R=4 B=8",
        ),
        (("--history", "h.jsonl", "--format", "md"), "go with --format html"),
    ):
        refused = samples.run(*words, *more, cwd=tmp_path)
        assert (refused.returncode, why in refused.stderr) == (2, True), more


@pytest.mark.slow
def test_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    evidence = tmp_path / "evidence.json"
    evidence.write_bytes(samples.evidence().encode())
    pages = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        out = tmp_path / f"{seed}.html"
        answer = samples.run(
            *("report", artifact, "--evidence", evidence, "-o", out),
            cwd=tmp_path,
            PYTHONHASHSEED=seed,
            TZ=zone,
        )
        assert answer.returncode == 0, answer.stderr
        pages.append(out.read_bytes())
    assert pages[0] == pages[1]
    assert os.fsencode(str(tmp_path)) not in pages[0]


@pytest.mark.parametrize(("package", "extra"), [("jinja2", "report")])
def test_a_missing_package_is_exit_code_5(tmp_path: Path, package: str, extra: str) -> None:
    (tmp_path / f"{package}.py").write_text("raise ImportError")
    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    evidence = tmp_path / "evidence.json"
    evidence.write_bytes(samples.evidence().encode())
    answer = samples.run(
        *("report", artifact, "--evidence", evidence, "-o", "r.html"),
        cwd=tmp_path,
        PYTHONPATH=f"{tmp_path}{os.pathsep}{cli.ROOT}",
    )
    assert answer.returncode == 5
    assert f"[{extra}]'" in answer.stderr
    assert not (tmp_path / "r.html").exists()


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_enough_in_both_schemes(page: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", page, re.S)
    assert len(blocks) == 4  # light and dark: of all pages, then of this one
    for scheme in (blocks[0::2], blocks[1::2]):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", "".join(scheme)))
        for background in ("paper", "panel"):
            for text in ("ink", "soft", "link", "good", "bad", "unsure", "accent"):
                assert contrast(colours[text], colours[background]) >= 4.5, (text, background)
            for area in CAPACITY:  # graphics need 3
                assert contrast(colours[area], colours[background]) >= 3, (area, background)


def test_the_view_without_charts_holds_the_same_schedule(page: str, small: Analysis) -> None:
    names = hostile_names(small.artifact.program)
    view = schedule_page(small, names, "x").decode()
    data = re.search(r'id="schedule">(.*?)</script>', view)[1]
    assert data == re.search(r'id="schedule">(.*?)</script>', page)[1]
    assert json.loads(data)["program"] == small.artifact.program
