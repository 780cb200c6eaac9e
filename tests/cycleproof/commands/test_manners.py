"""How the command line meets somebody who does not know it yet."""

import pytest

from cycleproof.cli import COMMAND_GROUPS, COMMANDS
from tests.support.samples import artifact, run


@pytest.mark.parametrize("line", ["", "key"])
def test_without_a_command_the_help_is_shown_as_help(tmp_path, line):
    bare = run(*line.split(), cwd=tmp_path)
    asked = run(*line.split(), "--help", cwd=tmp_path)
    assert bare.returncode == 2
    assert (bare.stdout + bare.stderr).strip() == asked.stdout.strip()


def test_the_help_groups_the_commands(tmp_path):
    shown = run("-h", cwd=tmp_path).stdout
    places = [shown.index(f"\n{title.capitalize()}:\n") for title in COMMAND_GROUPS]
    assert places == sorted(places)
    assert all(f"\n  {name} " in shown for name in COMMANDS)


def test_short_options(tmp_path):
    assert run("-V", cwd=tmp_path).stdout == run("--version", cwd=tmp_path).stdout
    assert run("verify", "-h", cwd=tmp_path).stdout == run("verify", "--help", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("verfy", "no command 'verfy': did you mean verify?"),
        ("qqq", "no command 'qqq': --help lists them"),
    ],
)
def test_a_misspelt_command(tmp_path, typed, answer):
    shown = run(typed, cwd=tmp_path)
    assert shown.returncode == 2
    assert shown.stderr.splitlines()[0] == f"error: {answer}"


@pytest.mark.parametrize("name", ["verify", "prove", "show", "profile"])
def test_outside_a_clone_it_says_what_it_looked_for(tmp_path, name):
    shown = run(name, cwd=tmp_path)
    assert shown.returncode == 2
    first, second = shown.stderr.splitlines()
    assert (
        first
        == f"error: no artifact was named, and there is no artifacts/kernel.json in {tmp_path}"
    )
    assert second.startswith("  name one, or make one first: cycleproof build ")


def test_a_home_that_takes_nothing_is_not_mentioned(tmp_path):
    (tmp_path / "kernel.json").write_bytes(artifact().data)
    for line in (
        ["verify", "kernel.json", "--skip", "proof"],
        ["report", "kernel.json", "-o", "k.html"],
    ):
        shown = run(*line, cwd=tmp_path, HOME="/proc/nowhere")
        assert (shown.returncode, shown.stderr) == (0, "")
