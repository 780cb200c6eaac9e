"""Dumps: the layouts in which people have a program, and for what shape it is."""

import json
from pathlib import Path
from typing import Any

import pytest

from cycleproof.artifact.build import parse_dump, read_dump
from cycleproof.base.errors import Unreadable
from cycleproof.commands.making import Options, make
from frozen.ops import Program
from frozen.problem import JUDGED, Shape
from tests.support import samples
from tests.support.fixtures import Write

SMALL = Shape(3, 5, 4)
PROGRAM = [{"load": [["const", 0, 7]]}, {"flow": [["halt"]]}]
POST = {"python_code": "class KernelBuilder: ...", "instrs": PROGRAM}
NAMED = {"params": SMALL._asdict(), "instrs": PROGRAM}


@pytest.mark.parametrize(
    ("document", "asked", "shape"),
    [
        (PROGRAM, None, JUDGED),
        (PROGRAM, SMALL, SMALL),
        (POST, None, JUDGED),
        (POST, SMALL, SMALL),
        (NAMED, None, SMALL),
        (NAMED, SMALL, SMALL),
    ],
)
def test_what_people_have_is_built(
    write: Write, document: Program | dict[str, Any], asked: Shape | None, shape: Shape
) -> None:
    path = write(json.dumps(document).encode())
    dump = read_dump(path, asked)
    assert (dump.shape, dump.program) == (shape, PROGRAM)
    assert make(path, Options(shape=asked)).build.shape == shape


def test_the_same_program_whatever_it_came_in(tmp_path: Path) -> None:
    instrs = samples.artifact().decoded.program
    for name, document in {
        "list": instrs,
        "post": {"python_code": "", "instrs": instrs},
        "named": {"params": samples.SHAPE._asdict(), "instrs": instrs},
    }.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document))
        made = make(path, Options(shape=samples.SHAPE)).build
        assert made.stripped.program == instrs
        assert made.cycles == samples.artifact().decoded.cycles


@pytest.mark.parametrize(
    ("document", "asked", "says"),
    [
        (NAMED, JUDGED, "it is for H=3 R=5 B=4, and --shape says H=10 R=16 B=256"),
        ({"python_code": "..."}, None, "an object with the key instrs"),
        ({"instrs": PROGRAM, "score": 3}, None, "unknown key 'score'"),
        ("text", None, "expected a list of bundles"),
        ([1], None, "bundle 0"),
        ({"format": "cycleproof/1", "program": PROGRAM}, None, "is an artifact already"),
    ],
)
def test_what_does_not_fit_is_refused(
    write: Write, document: object, asked: Shape | None, says: str
) -> None:
    path = write(json.dumps(document).encode())
    with pytest.raises(Unreadable, match=says):
        make(path, Options(shape=asked))


def test_a_generators_answer_must_name_its_shape() -> None:
    with pytest.raises(Unreadable, match="params"):
        parse_dump(json.dumps(PROGRAM).encode(), "recipe x")


@pytest.mark.parametrize(
    ("program", "says"),
    [
        (samples.artifact().decoded.program, "outside memory"),
        ([{"flow": [["jump", 0]]}], "out of fuel"),
    ],
)
def test_a_program_that_does_not_end_well_leads_to_the_shape(
    write: Write, monkeypatch: pytest.MonkeyPatch, program: Program, says: str
) -> None:
    monkeypatch.setattr("cycleproof.artifact.build.DEFAULT_FUEL", 1_000)
    path = write(json.dumps(program).encode())
    with pytest.raises(Unreadable, match=says) as raised:
        make(path, Options(shape=Shape(1, 1, 1)))
    assert raised.value.hint == (
        "it was run on zeros at H=1 R=1 B=1; if it is for another shape, say --shape H,R,B"
    )
