"""Printed commands: a shell reads back the arguments, whatever they are called."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from cycleproof.artifact.format import LoadedArtifact
from cycleproof.base.text import command_line, listed, plural, shortlist
from cycleproof.checks import seeds
from cycleproof.simulator import runs
from tests.support.samples import artifact, run, subject


@pytest.mark.parametrize("name", ["k.json", "k;touch PWNED;#.json", "a b.json", "$(id).json", "'"])
def test_a_shell_reads_the_path_back(name: str) -> None:
    assert shlex.split(command_line("verify", Path(name))) == ["cycleproof", "verify", name]


def test_a_path_is_no_option() -> None:
    assert command_line("verify", Path("-o.json"), "--seed", "-1") == (
        "cycleproof verify ./-o.json --seed -1"
    )


def test_what_is_printed_again_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "k;touch PWNED;#.json"
    made = artifact()
    hostile = replace(subject(), artifact=LoadedArtifact(Path(name), made.data, made.decoded))
    monkeypatch.setattr(runs, "run_frozen", lambda *_: [{"pass": False, "fault": "x"}] * 16)
    monkeypatch.setattr(seeds, "complaint", lambda _: "wrong")
    monkeypatch.setattr(seeds, "cycle_counts", lambda _: [])
    monkeypatch.setattr(seeds, "leftovers", lambda _: {})
    again = seeds.run(hostile).reproduce
    assert shlex.split(again)[:3] == ["cycleproof", "verify", name]


def test_no_module_writes_a_command_by_hand() -> None:
    package = Path(__file__).parents[3] / "cycleproof"
    lines = [
        f"{path.name}: {line.strip()}"
        for path in package.rglob("*.py")
        for line in path.read_text().splitlines()
        if 'f"cycleproof ' in line or "f'cycleproof " in line
    ]
    assert lines == []


COUNTED = "bundles|bytes|cases|cycles|facts|files|members|obligations|proofs|slots|statements|words"


def test_no_number_is_printed_in_two_ways() -> None:
    """By ``plural`` or ``:,``: thousands apart, and a noun that agrees with its number."""
    package = Path(__file__).parents[3] / "cycleproof"
    bare = re.compile(rf"\{{(?!plural|engine|counts)[^{{}}:]+\}} ({COUNTED})\b")
    lines = [
        f"{path.name}: {line.strip()}"
        for path in package.rglob("*.py")
        for line in path.read_text().splitlines()
        if bare.search(line)
    ]
    assert lines == []


@pytest.mark.slow
def test_a_renewed_schema_is_asked_for_in_quotes(tmp_path: Path) -> None:
    (tmp_path / "a b.json").write_text("{}")
    shown = run("schema", "--check", "a b.json", cwd=tmp_path)
    assert shown.returncode == 1
    assert "run `cycleproof schema -o 'a b.json'`" in shown.stdout


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, ""), (1, "a"), (2, "a and b"), (3, "a, b and c"), (5, "a, b, c and 2 more")],
)
def test_a_shortlist(count: int, said: str) -> None:
    assert shortlist("abcde"[:count], 3) == said


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 words"), (1, "1 word"), (2, "2 words"), (68_932, "68,932 words")]
)
def test_plural(count: int, text: str) -> None:
    assert plural(count, "word") == text


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")],
)
def test_listed(items: list[str], text: str) -> None:
    assert listed(items) == text
