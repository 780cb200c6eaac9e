"""``judge`` and ``verify`` say the same of the same kernel: a table of kernels, put to both."""

import json

import pytest

from cycleproof.artifact.format import encode
from cycleproof.evidence.words import Word
from tests.corpus.documents import ROWS
from tests.corpus.solver import PROGRAMS
from tests.corpus.solver import SHAPE as SOLVER_SHAPE

from .entries import GENERATOR, kernel


def hard(name):
    """A kernel of the corpus that a prover may not settle."""
    program = PROGRAMS[name]
    return encode(SOLVER_SHAPE, program, len(program), GENERATOR)


def claims(cycles):
    """A right kernel whose claim is not its count."""
    document = json.loads(kernel())
    document["claims"]["cycles"] = cycles
    return json.dumps(document).encode()


# Each row: the kernel, what both are asked for, and the word that both must say.
TABLE = {
    "right": (kernel(), {}, Word.PROVED),
    "right, not proved": (kernel(), {"skip": ["proof"]}, Word.TESTED),
    "right, a proof demanded and not made": (
        kernel(),
        {"skip": ["proof"], "require": ["proof"]},
        Word.OPEN,
    ),
    "right, too slow": (kernel(30), {"max-cycles": 20}, Word.FAILED),
    "right, fast enough": (kernel(), {"max-cycles": 2000}, Word.PROVED),
    "right, final indices demanded": (kernel(), {"require": ["final-indices"]}, Word.FAILED),
    "wrong constant": (kernel(2, wrong=True), {}, Word.FAILED),
    "wrong constant, a proof demanded": (
        kernel(2, wrong=True),
        {"require": ["proof"]},
        Word.FAILED,
    ),
    "wrong for one word of 2**32": (hard("wrong_for_one_word"), {}, Word.FAILED),
    "no proof found": (hard("squares"), {"skip": ["bulk"]}, Word.OPEN),
    "claims less": (claims(3), {}, Word.FAILED),
    "no JSON": (b"\x00", {}, Word.REFUSED),
    "no artifact": (b"[]", {}, Word.REFUSED),
    "no bundle": (b"PK\x03\x04" + bytes(99), {}, Word.REFUSED),
}


def toml(asked):
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in asked.items())


def judged(tmp_path, cycleproof, documents, asked):
    """The board's verdicts and reasons of documents, by their names; and its exit code."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    for name, data in documents.items():
        (inbox / f"{name}.json").write_bytes(data)
    (tmp_path / "board.toml").write_text(f'shape = "any"\nrequire = []\n{toml(asked)}')
    arguments = ("judge", inbox, "-o", tmp_path / "b", "--terms", tmp_path / "board.toml", "--json")
    ended = cycleproof(*arguments)
    rows = json.loads(ended.stdout)["rows"]
    told = {
        each["name"]: (row["verdict"], row["reason"])
        for row in rows
        if row["board"] == "all"
        for each in (row, *row["same_program"])
    }
    return told, ended.returncode


def verified(tmp_path, cycleproof, data, asked):
    """The word and the first line of ``verify``, and its exit code."""
    (tmp_path / "k.json").write_bytes(data)
    asked = {"require": [], **asked}
    skipped = [part for name in asked.pop("skip", []) for part in ("--skip", name)]
    (tmp_path / "requirements.toml").write_text(toml(asked))
    options = ("--requirements", tmp_path / "requirements.toml", *skipped)
    ended = cycleproof("verify", tmp_path / "k.json", *options)
    line = (ended.stdout or ended.stderr).splitlines()[0]
    return Word(line.replace(":", " ").split()[0]), line, ended.returncode


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_on_a_table_of_kernels(tmp_path, cycleproof, name):
    data, asked, word = TABLE[name]
    told, board_code = judged(tmp_path, cycleproof, {"k": data}, asked)
    said, line, code = verified(tmp_path, cycleproof, data, asked)
    assert (told["k"][0], said) == (word, word)
    assert board_code == code
    reason = told["k"][1]
    assert reason in line or word is Word.REFUSED


@pytest.mark.slow
def test_on_the_hostile_corpus(tmp_path, cycleproof):
    documents = {row.case.name: row.make() for row in ROWS}
    told, _ = judged(tmp_path, cycleproof, documents, {})
    words = {0: Word.PROVED, 1: Word.FAILED, 2: Word.REFUSED, 4: Word.OPEN}
    expected = {row.case.name: words[row.case.exit_code] for row in ROWS}
    assert {name: verdict for name, (verdict, _) in told.items()} == expected
