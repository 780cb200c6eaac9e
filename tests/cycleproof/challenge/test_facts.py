"""The facts of the challenge stand in one file; whatever else shows them derives them."""

import re
import subprocess
from pathlib import Path

import pytest

from cycleproof.challenge.facts import BASELINE, OFFICIAL, RECORDS, THRESHOLDS
from docs.generate import PARTS

ROOT = Path(__file__).parents[3]
FACTS = "cycleproof/challenge/facts.py"
# Where such a figure is no copy: the past, a build's own count, data made by commands.
APART = {FACTS, "CHANGELOG.md", "solution/recipes/baseline.toml"}
PINS = {pin for each in OFFICIAL.files.values() for pin in each} | set(OFFICIAL.trees.values())


def copies(text: str) -> list[str]:
    """The facts that ``text`` states itself, outside its generated blocks."""
    text = re.sub(r"<!-- generated: .*?<!-- end -->", "", text, flags=re.DOTALL)
    found = [pin for pin in sorted(PINS) if pin in text]
    found += [record.what for record in RECORDS if record.what in text]
    found += [row.name for row in THRESHOLDS[1:] if row.name in text]
    for cycles in (row.cycles for row in THRESHOLDS):
        written = f"{cycles:_}".replace("_", "[_,]?")
        found += re.findall(rf"(?<![\w.,]){written}(?![\w]|[.,]\d)", text)
    return found


def sources() -> list[str]:
    """The tracked texts in which a copy could stand, by name."""
    listed = subprocess.run(
        ("git", "-C", ROOT, "ls-files", "cycleproof", "solution", "docs", "benchmarks", "*.md"),
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    whole = {name for name, block, _ in PARTS if not block}
    texts = (".py", ".md", ".toml", ".j2", ".js", ".css", ".html")
    return sorted({n for n in listed if n.endswith(texts)} - whole - APART)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout")
def test_no_copy_stands_elsewhere() -> None:
    names = sources()
    assert len(names) > 200
    found = {name: copies((ROOT / name).read_text("utf-8")) for name in names}
    assert {name: facts for name, facts in found.items() if facts} == {}


@pytest.mark.parametrize("form", ["147734", "147,734", "147_734"])
def test_a_copy_is_found(form: str) -> None:
    assert copies(f"it takes {form} cycles") == [form]


@pytest.mark.parametrize("text", ["1474", "1477348", "0x1487", "21,487", "x1487", "1487.5"])
def test_another_number_is_none(text: str) -> None:
    assert copies(text) == []


def test_a_pin_and_a_name_are_found_and_a_generated_block_is_none() -> None:
    pin = OFFICIAL.trees["tests"]
    assert copies(f"tree {pin}") == [pin]
    assert copies(RECORDS[0].what) == [RECORDS[0].what]
    assert copies(f"<!-- generated: pins -->\n{pin}\n<!-- end -->") == []


def test_the_baseline_is_the_first_threshold_and_each_is_stricter() -> None:
    counts = [row.cycles for row in THRESHOLDS]
    assert counts[0] == BASELINE
    assert counts == sorted(counts, reverse=True)
    assert all(row.name for row in THRESHOLDS)


def test_a_record_says_where_and_when() -> None:
    for record in RECORDS:
        assert record.source
        assert re.fullmatch(r"(by )?\d{4}-\d\d(-\d\d)?", record.date)
