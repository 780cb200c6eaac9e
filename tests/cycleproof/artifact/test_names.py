"""Labels beside an artifact: stripped with their slots, bound to the program, never trusted."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cycleproof.artifact.format import load
from cycleproof.artifact.names import load_names, names_path
from cycleproof.base.errors import Unreadable
from cycleproof.cli import cli
from frozen.ops import Program

PARAMS = {"forest_height": 2, "rounds": 1, "batch_size": 1}
INSTRS: Program = [
    {"debug": [["comment", 1]]},
    {"load": [["const", 0, 1], ["const", 1, 2]], "debug": [["comment", 2]]},
    {"flow": [["pause"]]},
    {"alu": [["+", 2, 0, 1]], "flow": [["pause"]]},
]
NAMES = [
    {"debug": ["gone"]},
    {"load": ["one", "<script>alert(1)</script>"], "debug": ["gone"]},
    {"flow": ["gone"]},
    {"alu": ["sum \x1b[31m"]},
]


def build(folder: Path, names: object, instrs: Program = INSTRS) -> Path:
    dump: dict[str, object] = {"params": PARAMS, "instrs": instrs}
    if names is not None:
        dump["names"] = names
    path = folder / "dump.json"
    path.write_text(json.dumps(dump))
    output = folder / "k.json"
    result = CliRunner().invoke(cli, ["build", str(path), "-o", str(output)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return output


def test_names_are_stripped_with_their_slots(tmp_path: Path) -> None:
    output = build(tmp_path, NAMES)
    names = load_names(output, load(output).decoded)
    assert names == [{"load": ["one", "<script>alert(1)</script>"]}, {"alu": ["sum \x1b[31m"]}]
    shown = CliRunner().invoke(cli, ["show", str(output), "--bundle", "1"]).output
    assert "\x1b" not in shown
    assert "sum \\x1b" in shown


def test_a_build_without_names_takes_the_old_ones_away(tmp_path: Path) -> None:
    output = build(tmp_path, NAMES)
    assert names_path(output).exists()
    build(tmp_path, None)
    assert not names_path(output).exists()


def test_names_of_another_program_are_passed_over(tmp_path: Path) -> None:
    output = build(tmp_path, NAMES)
    old = names_path(output).read_bytes()
    build(tmp_path, None, [{"load": [["const", 0, 1]]}])
    names_path(output).write_bytes(old)
    assert load_names(output, load(output).decoded) is None


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({}, "one object per bundle"),
        (NAMES[:3], "one object per bundle, 4"),
        ([*NAMES[:3], []], "bundle 3: expected engines"),
        ([*NAMES[:3], {"valu": ["x"]}], "bundle 3: expected engines"),
        ([*NAMES[:3], {"alu": []}], "bundle 3, alu: expected 1 labels"),
        ([*NAMES[:3], {"alu": [7]}], "labels are text"),
        ([*NAMES[:3], {"alu": ["x" * 201]}], "labels are text"),
    ],
)
def test_labels_that_are_not_parallel_are_refused(
    tmp_path: Path, names: object, message: str
) -> None:
    with pytest.raises(Unreadable, match=message):
        build(tmp_path, names)


@pytest.mark.parametrize("text", ["", "[]", '{"format":"other"}', "{" * 10000])
def test_a_broken_side_file_is_one_error(tmp_path: Path, text: str) -> None:
    output = build(tmp_path, NAMES)
    names_path(output).write_text(text)
    with pytest.raises(Unreadable, match=r"k\.names\.json"):
        load_names(output, load(output).decoded)
