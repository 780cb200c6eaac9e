"""The first line of an answer about a kernel is the verdict, and the last one says what is next."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from cycleproof.checker import ACCEPTED, INCONCLUSIVE, REJECTED
from cycleproof.checks.proof import Options
from cycleproof.commands.check_proof import _Asked
from cycleproof.evidence.model import Finding, Verdict
from cycleproof.evidence.wording import WORDS, Word
from tests.support import samples

WHERE = f" at {samples.SHAPE}, not the judged shape"
CYCLES = f"{samples.artifact().decoded.cycles:,} cycles"
PROVED = f"PROVED for all inputs{WHERE}: {CYCLES}"
COMMANDS = {
    "prove": ("prove k.json", f"{PROVED}, not checked yet"),
    "prove with a certificate": (
        "prove k.json --certificate new.json",
        f"{PROVED}, not checked yet",
    ),
    "check-proof": ("check-proof k.json proof.json", PROVED),
    "report": ("report k.json --evidence evidence.json -o r.html", PROVED),
    "report in Markdown": ("report k.json --evidence evidence.json --format md -o r.md", PROVED),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    (folder / "k.json").write_bytes(samples.artifact().data)
    (folder / "evidence.json").write_bytes(samples.evidence().encode())
    made = samples.run("prove", "k.json", "--certificate", "proof.json", cwd=folder)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_it_is_the_verdict_and_the_last_one_a_command(folder: Path, name: str) -> None:
    line, expected = COMMANDS[name]
    shown = samples.run(*shlex.split(line), cwd=folder)
    assert shown.returncode == 0, shown.stderr
    first, *_, last = shown.stdout.splitlines()
    assert first == expected
    assert last.startswith("next: cycleproof ")


def test_a_report_on_what_is_not_proved_says_so(folder: Path) -> None:
    made = samples.evidence()
    findings = [
        Finding("proof", Verdict.UNKNOWN, "") if each.check == "proof" else each
        for each in made.findings
    ]
    (folder / "open.json").write_bytes(replace(made, findings=findings).encode())
    words = ("report", "k.json", "--evidence", "open.json", "-o", "r.html")
    shown = samples.run(*words, cwd=folder)
    assert shown.returncode == 4, shown.stderr
    assert shown.stdout.startswith(f"OPEN{WHERE}: proof not settled")


@pytest.mark.parametrize(
    ("verdict", "first", "step"),
    [
        (ACCEPTED, PROVED, "verify"),
        (REJECTED, f"FAILED{WHERE}: certificate (row 3 is false)", "prove"),
        (INCONCLUSIVE, f"OPEN{WHERE}: certificate not settled; {CYCLES} claimed", "verify"),
    ],
)
def test_the_checkers_words_are_those_of_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verdict: str, first: str, step: str
) -> None:
    asked = _Asked(tmp_path / "k.json", samples.artifact().decoded, Options(indices="any"))
    code = asked.answer(verdict, "row 3 is false", [])
    shown = capsys.readouterr().out.splitlines()
    if verdict == ACCEPTED:
        first = first.replace(WHERE, f", from any start index{WHERE}")
    assert shown[0] == first
    assert code == WORDS[Word(first.split()[0].split(":")[0])].code
    assert shlex.split(shown[-1])[1:] == [
        *("cycleproof", step, str(tmp_path / "k.json"), "--indices", "any"),
        *(["--certificate", "proof.json"] if step == "prove" else []),
    ]
    assert len([line for line in shown if "row 3 is false" in line]) == (verdict != ACCEPTED)
