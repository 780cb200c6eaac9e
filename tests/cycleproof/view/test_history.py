"""The timeline: only what was verified gets in, and the ladder is computed from it."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cycleproof.artifact.format import LoadedArtifact, load
from cycleproof.base.errors import Unreadable
from cycleproof.challenge.facts import BASELINE
from cycleproof.evidence.model import Evidence, Finding, Verdict, describe
from cycleproof.view.history import Rung, in_order, read_history, rung, steps, write_history
from cycleproof.view.report.charts import history_chart
from cycleproof.view.report.ladder import print_history
from solution import recipe
from tests.support import samples

SLOTS = dict.fromkeys(("alu", "valu", "load", "store", "flow"), 1)


def made(cycles: int, digest: str = "a", technique: str = "x") -> Rung:
    return Rung(digest * 64, cycles, SLOTS, technique, "solution/x", "c" * 40, ["decode", "seeds"])


def test_steps_are_differences_down_the_ladder() -> None:
    rungs = in_order([made(1_000, "c"), made(100_000, "a"), made(10_000, "b")])
    assert [r.cycles for r in rungs] == [100_000, 10_000, 1_000]
    assert steps(rungs) == [
        (47_734, 1 - 100_000 / BASELINE),
        (90_000, 0.9),
        (9_000, 0.9),
    ]


def test_a_file_reads_back_in_order_and_the_later_rung_of_a_program_counts(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    write_history(path, [made(5, "a"), made(9, "b"), made(5, "a", "better words")])
    assert [(r.cycles, r.technique) for r in read_history(path)] == [(9, "x"), (5, "better words")]
    assert path.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize(
    "line",
    ["[]", "{", "{}", '{"cycles": 1}', "NaN", '{"cycles": 1.5}'],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "history.jsonl"
    write_history(path, [made(5)])
    path.write_bytes(path.read_bytes() + line.encode() + b"\n")
    with pytest.raises(Unreadable, match="line 2"):
        read_history(path)


@pytest.mark.parametrize(
    "change",
    [{"cycles": "5"}, {"cycles": 0}, {"cycles": True}, {"slots": {}}, {"checks": [1]}, {"x": 1}],
)
def test_a_rung_of_the_wrong_form_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "history.jsonl"
    write_history(path, [made(5)])
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(Unreadable, match="line 1"):
        read_history(path)


def judged(evidence: Evidence, artifact: LoadedArtifact) -> Evidence:
    """Evidence as if it were about ``artifact``; what it would take to verify is not at issue."""
    return replace(evidence, artifact=describe(artifact))


def test_only_a_verified_artifact_of_the_judged_shape_is_recorded() -> None:
    shipped = load(Path("artifacts/kernel.json"))
    good = judged(samples.evidence(), shipped)
    kept = rung(shipped, good, "  eight lanes an op ", "")
    assert kept.cycles == shipped.decoded.cycles
    assert kept.technique == "eight lanes an op"
    program = json.loads(shipped.data)["program"]
    assert kept.slots == {
        engine: sum(len(bundle.get(engine, ())) for bundle in program) for engine in SLOTS
    }
    with pytest.raises(Unreadable, match="the timeline is of"):
        rung(samples.artifact(), samples.evidence(), "x", "")
    with pytest.raises(Unreadable, match="not verified"):
        rung(shipped, samples.evidence(), "x", "")  # about another artifact
    failed = replace(good, findings=[*good.findings, Finding("seeds", Verdict.FAIL, "wrong")])
    with pytest.raises(Unreadable, match="not verified"):
        rung(shipped, failed, "x", "")
    for technique in ("", " ", "x\ny", "x" * 121):
        with pytest.raises(Unreadable, match="technique"):
            rung(shipped, good, technique, "")


@pytest.mark.slow
def test_the_command_prints_the_ladder(tmp_path: Path) -> None:
    write_history(tmp_path / "h.jsonl", [made(9_000, "b", "packed [bold]"), made(2_000, "a")])
    answer = samples.run("history", "--file", "h.jsonl", cwd=tmp_path, COLUMNS="120")
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert any("147,734" in line and line.startswith("starter ") for line in lines)
    assert any("9,000" in line and "138,734" in line and "packed [bold]" in line for line in lines)
    assert any("2,000" in line and "7,000" in line and "77.8%" in line for line in lines)
    missing = samples.run("history", "--file", "none.jsonl", cwd=tmp_path)
    assert missing.returncode == 2
    unknown = samples.run("history", "--file", "h.jsonl", "rebuild", "nonesuch", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "no recipe 'nonesuch'" in unknown.stderr


def test_small_steps_are_told_from_none(tmp_path: Path) -> None:
    shown_on = io.StringIO()
    rungs = [made(892, "a"), made(890, "b"), made(890, "c", "y")]
    print_history(in_order(rungs), Console(file=shown_on, width=80))
    assert "0.2%" in shown_on.getvalue()
    assert "0.0%" in shown_on.getvalue()


def test_the_ladder_is_read_in_80_columns() -> None:
    entries = read_history(Path("artifacts/history.jsonl"))
    shown_on = io.StringIO()
    console = Console(file=shown_on, width=80)
    print_history(entries, console)
    lines = shown_on.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    for entry in entries:
        name = entry.generator.removeprefix("solution/")
        assert any(line.startswith(f"{name} ") and f"{entry.cycles:,} │" in line for line in lines)
    assert len(lines) < 3 * len(entries)
    print_history(entries, console, verbose=True)
    assert "program" in shown_on.getvalue()


def test_the_committed_timeline_claims_no_more_than_the_recipes() -> None:
    """Each rung is a recipe's; what that recipe's own test rebuilds is as fast, or faster."""
    recipes = {r.name: r for r in recipe.load_all()}
    rungs = read_history(Path("artifacts/history.jsonl"))
    assert rungs[0].cycles == 147_732  # the starter without its two pauses
    for entry in rungs:
        known = recipes[entry.generator.removeprefix("solution/")]
        assert known.cycles - entry.cycles <= 2
        assert {"decode", "frozen", "seeds", "directed"} <= set(entry.checks)


def test_nothing_is_called_verified_that_was_only_read() -> None:
    entries = read_history(Path("artifacts/history.jsonl"))
    shown_on = io.StringIO()
    console = Console(file=shown_on, width=200)
    print_history(entries, console)
    assert "recorded, not verified here" in shown_on.getvalue()
    assert "each rung verified" not in shown_on.getvalue()
    assert "recorded, not verified here" in history_chart(entries, "").text


@pytest.mark.slow
def test_a_timeline_that_lies_beside_the_artifact_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(samples.artifact().data)
    (tmp_path / "evidence.json").write_bytes(samples.evidence().encode())
    (tmp_path / "history.jsonl").write_text("no rung")
    words = ("report", "kernel.json", "--evidence", "evidence.json", "-o", "r.html")
    answer = samples.run(*words, cwd=tmp_path)
    assert (answer.returncode, answer.stderr) == (0, "")
    named = samples.run(*words, "--history", "history.jsonl", cwd=tmp_path)
    assert named.returncode == 2
