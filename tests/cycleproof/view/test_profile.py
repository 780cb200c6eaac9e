"""``profile``: every check is a row, the rows sum up, the flame graph is one offline file."""

import json
import os
import re
from pathlib import Path

import pytest

from cycleproof.checks import CHECKS
from cycleproof.view.profiling import profile
from tests.support import cli, samples


@pytest.mark.slow
def test_every_part_is_timed(tmp_path: Path) -> None:
    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    measured = profile(artifact)
    names = [stage.name for stage in measured.stages]
    assert names == ["read", "pins", *(check.name for check in CHECKS if not check.settles)]
    assert [stage.name for stage in measured.call] == ["start", "program", "8 seeds"]
    assert all(min(stage.cost) >= 0 for stages in measured for stage in stages)
    slow = {stage.name: stage.cost.cpu for stage in measured.stages}
    assert slow["seeds"] > slow["pins"]  # a process of its own against eight small files


@pytest.mark.slow
def test_the_flame_graph_is_one_file_and_the_table_says_the_same_as_json(tmp_path: Path) -> None:
    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    answer = samples.run("profile", artifact, "-o", "flame.html", "--json", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    parts = json.loads(answer.stdout)
    assert parts["stages"].keys() >= {"read", "decode", "seeds"}
    page = (tmp_path / "flame.html").read_text()
    assert "run_frozen" in page
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=[\"']?http", page)


def test_without_the_profiler_the_table_still_works(tmp_path: Path) -> None:
    (tmp_path / "pyinstrument.py").write_text("raise ImportError")
    artifact = tmp_path / "kernel.json"
    artifact.write_bytes(samples.artifact().data)
    path = f"{tmp_path}{os.pathsep}{cli.ROOT}"
    missing = samples.run("profile", artifact, "-o", "x.html", cwd=tmp_path, PYTHONPATH=path)
    assert missing.returncode == 5
    assert "[profile]'" in missing.stderr
    assert not (tmp_path / "x.html").exists()
