"""The program that puts an export's facts to a stranger's solver: what counts as held."""

import hashlib
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cycleproof.audit.export import CHECK

SOLVER = """\
#!{python}
import os, sys
for line in open(sys.argv[-1]):
    if line == "dies\\n":
        sys.stdout.flush()
        os.abort()
    print(line, end="")
"""
UNSAT = "unsat\n"


@pytest.fixture
def solver(tmp_path: Path) -> Path:
    """A solver that says what its file holds."""
    path = tmp_path / "solver"
    path.write_text(SOLVER.format(python=sys.executable))
    path.chmod(stat.S_IRWXU)
    return path


def exported(folder: Path, *files: tuple[str, int]) -> None:
    """A folder as an export leaves it, of files and how often each asks."""
    (folder / "smt").mkdir()
    facts = []
    for number, (text, asked) in enumerate(files):
        (folder / f"smt/{number}.smt2").write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        facts.append({"file": f"smt/{number}.smt2", "sha256": digest, "check_sats": asked})
    (folder / "manifest.json").write_text(json.dumps({"facts": facts}))
    shutil.copy(CHECK, folder)


def put(folder: Path, *solver: Path | str) -> tuple[int, list[str]]:
    """Exit code and lines."""
    words = [sys.executable, folder / CHECK.name, *solver]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def test_facts_hold_where_each_question_is_unsat(tmp_path: Path, solver: Path) -> None:
    exported(tmp_path, (UNSAT, 1), (UNSAT * 33, 33))
    assert put(tmp_path, solver, "--incremental") == (0, ["2 of 2 facts hold"])


@pytest.mark.parametrize(
    ("text", "asked", "said"),
    [
        (UNSAT + "sat\n", 2, "1 of 2 unsat, sat"),
        ("sat\n" + UNSAT, 2, "1 of 2 unsat, sat"),
        (UNSAT + "unknown\n", 2, "1 of 2 unsat, unknown"),
        (UNSAT + "dies\n" + UNSAT, 2, "1 of 2 unsat, no further answer"),
        ("dies\n", 1, "0 of 1 unsat, no further answer"),
        (UNSAT, 2, "1 of 2 unsat, no further answer"),
        (UNSAT * 3, 2, "3 of 2 unsat, no further answer"),
        ('(error "no")\n' + UNSAT * 2, 2, '2 of 2 unsat, (error "no")'),
        ("unsatisfied\n", 1, "0 of 1 unsat, unsatisfied"),
    ],
)
def test_any_other_answer_names_the_file(
    text: str, asked: int, said: str, tmp_path: Path, solver: Path
) -> None:
    exported(tmp_path, (UNSAT, 1), (text, asked), (UNSAT, 1))
    assert put(tmp_path, solver) == (1, [f"smt/1.smt2: {said}", "2 of 3 facts hold"])


def test_a_changed_file_establishes_nothing(tmp_path: Path, solver: Path) -> None:
    exported(tmp_path, (UNSAT + "sat\n", 1))
    (tmp_path / "smt/0.smt2").write_text(UNSAT)
    said = ["smt/0.smt2: not the file of the manifest", "0 of 1 facts hold"]
    assert put(tmp_path, solver) == (1, said)


def test_an_empty_export_and_a_missing_solver_establish_nothing(
    tmp_path: Path, solver: Path
) -> None:
    exported(tmp_path)
    assert put(tmp_path, solver) == (1, ["0 of 0 facts hold"])
    for missing in ([], ["no-such-solver"]):
        code, (line,) = put(tmp_path, *missing)
        assert (code, line.split()[0]) == (2, "usage:")
