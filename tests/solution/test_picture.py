"""Pictures of schedules, and the table of the ladder."""

import pytest

from frozen.ops import Bundle
from solution import ladder, recipe
from solution.__main__ import main
from solution.picture import closeup, occupancy

PROGRAM: list[Bundle] = [
    {"load": [("const", 0, 1)] * 2, "alu": [("+", 1, 0, 0)] * 12},
    {"load": [("const", 0, 1)], "alu": [("+", 1, 0, 0), ("^", 2, 0, 0), ("+", 3, 0, 0)]},
    {"alu": [("+", 1, 0, 0)] * 11},
]


def test_occupancy_shows_nothing_and_all_apart_from_some() -> None:
    alu, _, load, _, flow, axis = occupancy(PROGRAM, 100)
    assert alu == "alu   │█▂▇│  72%"
    assert load == "load  │█▄ │  50%"
    assert flow == "flow  │   │   0%"
    assert axis == "      0   3"


def test_occupancy_gathers_bundles() -> None:
    alu, *_ = occupancy(PROGRAM * 2, 3)
    assert alu[7:10] == "▅▇▅"


def test_closeup() -> None:
    assert [line.split() for line in closeup(PROGRAM, range(1, 9))] == [
        ["cycle", "alu", "valu", "load", "store", "flow"],
        ["1", "2×+", "^", "const"],
        ["2", "11×+"],
    ]


@pytest.mark.parametrize(
    "arguments", [["--cycles", "5"], ["--cycles", "5:5"], ["--width", "0"], ["--width", "x"]]
)
def test_refusals(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["picture", "--recipe", "vector", *arguments])
    assert stop.value.code == 2
    assert "expected" in capsys.readouterr().err


@pytest.mark.slow
def test_ladder_tells_right_from_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recipe, "by_cycles", lambda: [recipe.load("vector")])
    assert main(["ladder"]) == 0
    row = capsys.readouterr().out.splitlines()[-1]
    assert row.startswith("| `vector` |")
    assert row.endswith("| right |")
    monkeypatch.setattr(ladder, "reference", lambda shape, inputs: ([], []))
    assert main(["ladder"]) == 1
    assert "WRONG" in capsys.readouterr().out
