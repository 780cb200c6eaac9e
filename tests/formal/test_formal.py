"""The theorem in Coq: no axiom, and the generated ops and hash are the frozen base's."""

import re
import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest

from cycleproof.checker.words import CONCRETE
from formal import generate
from frozen.ops import OPS
from frozen.problem import hash32

FOLDER = Path(generate.__file__).parent
FILES = ("Ops", "Machine", "Claims", "Soundness")
WORDS = (0, 1, 2, 7, 31, 32, 33, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


def coqc(folder: Path, name: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["coqc", f"{name}.v"], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("formal")
    said = ""
    for name in FILES:
        shutil.copy(FOLDER / f"{name}.v", folder)
        done = coqc(folder, name)
        assert done.returncode == 0, done.stderr
        said = done.stdout
    return folder, said


def test_the_generated_file_is_in_step_and_a_stale_one_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert generate.main(["--check"]) == 0
    stale = tmp_path / "Ops.v"
    stale.write_text(generate.text().replace("Z.lxor", "Z.lor"))
    monkeypatch.setattr(generate, "TARGET", stale)
    assert generate.main(["--check"]) == 1


@pytest.mark.slow
@needs_coq
def test_the_theorem_rests_on_no_axiom(compiled: tuple[Path, str]) -> None:
    assert compiled[1].strip() == "Closed under the global context"
    for name in FILES:
        text = (FOLDER / f"{name}.v").read_text()
        assert not re.search(r"\b(Admitted|admit|Axiom|Parameter|Hypothesis)\b", text)


@pytest.mark.slow
@needs_coq
def test_ops_and_hash_in_coq_are_those_of_the_frozen_base(compiled: tuple[Path, str]) -> None:
    folder, _ = compiled
    checks = [f"(Z.eqb (hash {word}) {hash32(word)})" for word in WORDS]
    for op, function in CONCRETE.items():
        name = generate.constructor(OPS["alu", op])
        checks += [
            f"(Z.eqb (match effect_of {name} with Compute f => word (f [{a}; {b}]) | _ => -1 end)"
            f" {function(a, b)})"
            for a, b in product(WORDS, WORDS)
            if b or op not in ("//", "%", "cdiv")
            if b < 64 or op != ">>"  # Coq shifts bit by bit
        ]
    head = "Require Import ZArith List. Import ListNotations. Open Scope Z_scope.\n"
    head += "Require Import Ops Soundness.\n"
    every = f"Goal forallb (fun b => b) [{'; '.join(checks)}] = true.\n"
    proof = "vm_compute. reflexivity. Qed.\n"
    (folder / "Agree.v").write_text(head + every + proof)
    done = coqc(folder, "Agree")
    assert done.returncode == 0, done.stderr
    wrong = every.replace(str(hash32(7)), str(hash32(7) ^ 1))
    (folder / "Differ.v").write_text(head + wrong + proof)
    assert coqc(folder, "Differ").returncode != 0
