"""How the command line meets somebody who does not know it yet."""

from pathlib import Path

import click
import pytest

from cycleproof.base.errors import ExitCode
from cycleproof.cli import COMMAND_GROUPS, COMMANDS, cli
from tests.support.samples import artifact, run


@pytest.mark.parametrize("line", ["", "key"])
def test_without_a_command_the_help_is_shown_as_help(tmp_path: Path, line: str) -> None:
    bare = run(*line.split(), cwd=tmp_path)
    asked = run(*line.split(), "--help", cwd=tmp_path)
    assert bare.returncode == 2
    assert (bare.stdout + bare.stderr).strip() == asked.stdout.strip()


def test_the_help_groups_the_commands(tmp_path: Path) -> None:
    shown = run("-h", cwd=tmp_path).stdout
    places = [shown.index(f"\n{title.capitalize()}:\n") for title in COMMAND_GROUPS]
    assert places == sorted(places)
    assert all(f"\n  {name} " in shown for name in COMMANDS)


def test_the_help_lists_the_exit_codes_and_every_option_says_what_it_does(tmp_path: Path) -> None:
    shown = run("-h", cwd=tmp_path).stdout
    _, _, codes = shown.partition("\nExit codes:\n")
    assert [int(line.split()[0]) for line in codes.splitlines()] == [*map(int, ExitCode), 128]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command, name
        for option in command.params:
            assert isinstance(option, click.Argument) or option.help, (name, option.name)


@pytest.mark.slow
def test_short_options(tmp_path: Path) -> None:
    assert run("-V", cwd=tmp_path).stdout == run("--version", cwd=tmp_path).stdout
    assert run("verify", "-h", cwd=tmp_path).stdout == run("verify", "--help", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("proof", "no command 'proof': did you mean prove or profile or check-proof?"),
        ("verfy", "no command 'verfy': did you mean verify?"),
        ("qqq", "no command 'qqq': --help lists them"),
    ],
)
def test_a_misspelt_command(tmp_path: Path, typed: str, answer: str) -> None:
    shown = run(typed, cwd=tmp_path)
    assert shown.returncode == 2
    assert shown.stderr.splitlines()[0] == f"error: {answer}"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("build --recipe best", {"best", "best-indexed"}),
        ("history rebuild ve", {"vector"}),
        ("history rebuild nonesuch", set()),
        ("pro", {"prove", "profile"}),
    ],
)
def test_the_shell_completes_commands_and_recipes(
    tmp_path: Path, typed: str, offered: set[str]
) -> None:
    words = f"cycleproof {typed}"
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    shown = run(cwd=tmp_path, _CYCLEPROOF_COMPLETE="bash_complete", **asked)
    assert shown.stderr == ""
    assert {line.removeprefix("plain,") for line in shown.stdout.split()} == offered


@pytest.mark.parametrize("name", ["verify", "prove", "show", "profile"])
def test_outside_a_clone_it_says_what_it_looked_for(tmp_path: Path, name: str) -> None:
    shown = run(name, cwd=tmp_path)
    assert shown.returncode == 2
    first, second = shown.stderr.splitlines()
    assert (
        first
        == f"REFUSED: no artifact was named, and there is no artifacts/kernel.json in {tmp_path}"
    )
    assert second.startswith("  name one, or make one first: cycleproof build ")


@pytest.mark.slow
def test_a_home_that_takes_nothing_is_not_mentioned(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(artifact().data)
    for line in (
        ["verify", "kernel.json", "--skip", "proof"],
        ["report", "kernel.json", "-o", "k.html"],
    ):
        shown = run(*line, cwd=tmp_path, HOME="/proc/nowhere")
        assert (shown.returncode, shown.stderr) == (0, "")


@pytest.mark.parametrize(
    "line",
    [
        "verify kernel.json --junit none/k.xml",
        "verify kernel.json --sarif none/k.sarif",
        "verify kernel.json --summary none/k.md",
        "report kernel.json -o none/k.html",
        "pack kernel.json -o none/k.zip",
        "prove kernel.json --certificate none/k.cert",
        "build --recipe best -o none/k.json",
    ],
)
def test_an_output_without_its_folder_is_told_before_the_work(tmp_path: Path, line: str) -> None:
    (tmp_path / "kernel.json").write_text("not even an artifact: it is not looked at")
    shown = run(*line.split(), cwd=tmp_path)
    assert shown.returncode == 2
    assert f"cannot write: there is no folder {tmp_path / 'none'}" in shown.stderr
    assert shown.stdout == ""


def test_a_file_that_is_there_is_replaced_and_that_is_said(tmp_path: Path) -> None:
    build = ["build", "--recipe", "baseline", "--shape", "3,4,8", "-o", "kernel.json"]
    assert run(*build, cwd=tmp_path).stderr == ""
    said = "kernel.json is there already and is replaced\n"
    assert run(*build, cwd=tmp_path).stderr == said
    made = (tmp_path / "kernel.json").read_bytes()
    for line in ("export kernel.json -o kernel.json", "trace kernel.json -o ./kernel.json"):
        shown = run(*line.split(), cwd=tmp_path)
        assert shown.returncode == 2, line
        assert shown.stderr.startswith("REFUSED: ")
        assert "is read by this command\n" in shown.stderr
    assert (tmp_path / "kernel.json").read_bytes() == made


def test_nobodys_python_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "kernel.json").write_bytes(artifact().data)
    source = tmp_path / "perf_takehome.py"
    source.write_text("my own work\n")
    for line in (
        "export kernel.json -o perf_takehome.py",
        "build --recipe baseline -o perf_takehome.py",
        "verify kernel.json --junit perf_takehome.py",
    ):
        shown = run(*line.split(), cwd=tmp_path)
        assert shown.returncode == 2, line
        assert "perf_takehome.py: is Python that `export` did not write\n" in shown.stderr
    assert source.read_text() == "my own work\n"
    for _ in range(2):
        shown = run("export", "kernel.json", "-o", "mine.py", cwd=tmp_path)
        assert shown.returncode == 0, shown.stderr
