"""``cycleproof show`` as a user meets it."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.support import cli, samples

SHIPPED = "artifacts/kernel.json"


def show(*arguments: str) -> subprocess.CompletedProcess[str]:
    return cli.run("show", *arguments, COLUMNS="100")


@pytest.mark.slow
def test_tables_and_json_say_the_same() -> None:
    answer = show(SHIPPED, "--json")
    assert answer.returncode == 0
    figures = json.loads(answer.stdout)
    text = show(SHIPPED).stdout
    assert f"{figures['cycles']:,} cycles" in text
    for engine, row in figures["engines"].items():
        cells = re.search(rf"^{engine} +│ +([\d,]+) │ +([\d,]+) │", text, re.M)
        assert cells is not None
        assert [int(c.replace(",", "")) for c in cells.groups()] == [row["slots"], row["floor"]]
    assert f"longest chain of dependent slots takes {figures['critical_path']['length']}" in text


@pytest.mark.slow
def test_a_bundle_is_disassembled() -> None:
    answer = show(SHIPPED, "--bundle", "0", "--json")
    program = json.loads(Path(SHIPPED).read_bytes())["program"]
    rows = json.loads(answer.stdout)["slots"]
    assert [row["op"] for row in rows] == [s[0] for slots in program[0].values() for s in slots]
    assert rows[0]["text"]


@pytest.mark.slow
def test_brief_is_the_explanation_only() -> None:
    lines = show(SHIPPED, "--brief").stdout.splitlines()
    text = " ".join(lines[1:])
    assert text.count(". ") <= 4
    assert "binds: its" in text
    assert "│" not in text


@pytest.mark.slow
def test_a_wrong_kernel_says_so_first(tmp_path: Path) -> None:
    """Without its last store the kernel leaves one lane as it was."""
    path = tmp_path / "wrong.json"
    path.write_bytes(samples.without_last_store())
    for words in ((), ("--brief",)):
        lines = show(str(path), *words).stdout.splitlines()
        assert lines[1].startswith("FAILED: seed 0 (1 lane wrong, the first is lane 7)")
    path.write_bytes(samples.artifact().data)
    assert "FAILED" not in show(str(path)).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/nowhere.json"], "REFUSED: /nowhere.json: No such file"),
        ([SHIPPED, "--bundle", "9999999"], "the program has bundles 0.."),
        ([SHIPPED, "--bundle", "-1"], "-1 is not in the range"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], message: str) -> None:
    answer = show(*arguments)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr
