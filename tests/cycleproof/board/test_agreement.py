"""``judge`` and ``verify`` say the same of the same kernel: a table of kernels, put to both."""

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from cycleproof.artifact.format import encode
from cycleproof.evidence.wording import WORDS, Word
from tests.corpus.documents import ROWS
from tests.corpus.solver import PROGRAMS
from tests.corpus.solver import SHAPE as SOLVER_SHAPE
from tests.support import cli

from .entries import GENERATOR, board_of, kernel


def hard(name: str) -> bytes:
    """A kernel of the corpus that a prover may not settle."""
    program = PROGRAMS[name]
    return encode(SOLVER_SHAPE, program, len(program), GENERATOR)


def claims(cycles: int) -> bytes:
    """A right kernel whose claim is not its count."""
    document = json.loads(kernel())
    document["claims"]["cycles"] = cycles
    return json.dumps(document).encode()


# Each row: the kernel, what both are asked for, and the word that both must say.
Asked = dict[str, Any]
TABLE: dict[str, tuple[bytes, Asked, Word]] = {
    "right": (kernel(), {}, Word.PROVED),
    "right, not proved": (kernel(), {"skip": ["proof"]}, Word.TESTED),
    "right, a proof demanded and not made": (
        kernel(),
        {"skip": ["proof"], "require": ["proof"]},
        Word.OPEN,
    ),
    "right, too slow": (kernel(30), {"max-cycles": 20}, Word.FAILED),
    "right, fast enough": (kernel(), {"max-cycles": 2000}, Word.PROVED),
    "right, final indices demanded": (kernel(), {"require": ["final-indices"]}, Word.PROVED),
    "right, at another shape": (kernel(), {"require": ["judged-shape"]}, Word.FAILED),
    "wrong constant": (kernel(2, wrong=True), {}, Word.FAILED),
    "wrong constant, a proof demanded": (
        kernel(2, wrong=True),
        {"require": ["proof"]},
        Word.FAILED,
    ),
    "wrong for one word of 2**32": (hard("wrong_for_one_word"), {}, Word.FAILED),
    "no proof found": (hard("cubes"), {"skip": ["bulk"]}, Word.OPEN),
    "claims less": (claims(3), {}, Word.FAILED),
    "no JSON": (b"\x00", {}, Word.REFUSED),
    "no artifact": (b"[]", {}, Word.REFUSED),
    "no bundle": (b"PK\x03\x04" + bytes(99), {}, Word.REFUSED),
}


def toml(asked: Asked) -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in asked.items())


def run(cwd: Path, *arguments: str) -> CompletedProcess[str]:
    return cli.run(*arguments, cwd=cwd, seconds=1000, COLUMNS="500")


def judged(
    folder: Path, documents: dict[str, bytes], asked: Asked
) -> tuple[dict[str, tuple[Word, str]], int]:
    """The board's verdict and reason of each document, by its name; and the exit code."""
    board_of(folder / "in", **documents)
    (folder / "board.toml").write_text(toml({"shape": "any", "require": [], **asked}))
    ended = run(folder, "judge", "in", "-o", "b", "--terms", "board.toml", "--json", "--jobs", "2")
    rows = json.loads(ended.stdout)["rows"]
    told = {
        each["name"]: (Word(row["verdict"]), row["reason"])
        for row in rows
        if row["board"] == "all"
        for each in (row, *row["same_program"])
    }
    return told, ended.returncode


def verified(folder: Path, data: bytes, asked: Asked) -> tuple[Word, str, int]:
    """The word and the first line of ``verify``, and the exit code."""
    (folder / "k.json").write_bytes(data)
    skipped = [part for name in asked.get("skip", ()) for part in ("--skip", name)]
    demanded = {key: value for key, value in asked.items() if key != "skip"}
    (folder / "asked.toml").write_text(toml(demanded))
    ended = run(folder, "verify", "k.json", "--requirements", "asked.toml", *skipped)
    line = (ended.stdout or ended.stderr).splitlines()[0]
    return Word(line.replace(":", " ").split()[0]), line, ended.returncode


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_on_a_table_of_kernels(tmp_path: Path, name: str) -> None:
    data, asked, word = TABLE[name]
    told, board_code = judged(tmp_path, {"k": data}, asked)
    said, line, code = verified(tmp_path, data, asked)
    verdict, reason = told["k"]
    assert (verdict, said) == (word, word)
    assert board_code == code
    assert reason in line or word is Word.REFUSED


@pytest.mark.slow
def test_on_the_hostile_corpus(tmp_path: Path) -> None:
    told, _ = judged(tmp_path, {row.case.name: row.make() for row in ROWS}, {})
    expected = {row.case.name: row.case.exit_code for row in ROWS}  # as `verify` ends, see there
    assert {name: WORDS[word].code for name, (word, _) in told.items()} == expected
