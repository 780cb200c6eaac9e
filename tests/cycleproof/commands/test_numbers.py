"""Numbers in print: counts have their thousands apart, words of the machine are plain."""

import html
import re
from pathlib import Path

import pytest

from cycleproof.artifact.format import encode
from frozen.problem import JUDGED
from tests.support.samples import artifact, run

# What is no count: digests and other names, dates, options, powers, shapes.
NAMES = r"[0-9a-f]{7,}|\d{4}-\d\d(-\d\d)?|[\w./=^-]*[A-Za-z_=^/-][\w./=^-]*"
# Words of the machine: values, and the slots of a bundle that diff prints.
WORDS = r"expected \d+, got \d+|^[-+] .*$"


def bare(text: str) -> list[str]:
    """The counts of four digits or more that are written without commas."""
    rest = re.sub(NAMES, "", re.sub(WORDS, "", text, flags=re.MULTILINE))
    return re.findall(r"(?<![\d,.])\d{4,}(?![\d])", rest)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kernels of 10,045, 2,241 and 872 cycles, and one that is wrong from its last bundle on."""
    folder = tmp_path_factory.mktemp("big")
    for recipe in ("packed", "vector", "best"):
        (folder / f"{recipe}.json").write_bytes(artifact(recipe, JUDGED).data)
    program = artifact("vector", JUDGED).decoded.program[:-300]
    generator = {"name": "test/wrong", "version": "1", "sources_sha256": "0" * 64}
    (folder / "wrong.json").write_bytes(encode(JUDGED, program, len(program), generator))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "show packed.json",
        "show wrong.json --brief",
        "diff packed.json best.json",
        "verify vector.json --skip proof --seeds 2",
        "verify wrong.json --skip proof --seeds 2 --verbose",
        "report vector.json --evidence vector.evidence -o vector.html",
    ],
)
def test_counts_have_commas(folder: Path, line: str) -> None:
    if line.startswith("report"):
        options = ("--skip", "proof", "--seeds", "2", "--json")
        checked = run("verify", "vector.json", *options, cwd=folder)
        (folder / "vector.evidence").write_text(checked.stdout)
    ended = run(*line.split(), cwd=folder)
    assert ended.returncode in (0, 1, 4), ended.stderr
    said = ended.stdout
    if line.startswith("report"):
        page = (folder / "vector.html").read_text()
        page = re.sub(r"<(script|style|svg).*?</\1>", "", page, flags=re.DOTALL)
        said = html.unescape(re.sub(r"<[^>]+>", "\n", page))
    assert re.search(r"\d,\d\d\d", said)
    assert bare(said) == []
    assert not re.search(r"\d %", said)


def test_the_pattern_finds_them() -> None:
    assert bare("1536 words, 13389, not 872: 6969 × alu, 0–1183") == [
        "1536",
        "13389",
        "6969",
        "1183",
    ]
    assert bare("2026-11, 3fbc1234, H=1000, 2^1000, expected 34810692, got 12345, 1,536") == []
