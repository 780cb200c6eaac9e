"""The facts of a proof as a folder of SMT-LIB 2 files, for a solver of the reader's own."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

from frozen.artifact import Artifact

from ..base.errors import MissingDependency, Unreadable
from ..base.files import temporary_folder
from ..base.install import install_hint
from ..base.limits import LimitReached
from ..base.statement import JUDGED, Statement
from ..checker import ACCEPTED, INCONCLUSIVE
from . import Progress, Question, asked_of
from .script import Script
from .solvers import Allowance, ask, available, prove, side_by_side

FORMAT = "cycleproof-smt/1"
README = """\
Each file in smt/ states one fact that the proof of the program leans on, by the definitions of
docs/certificate-format.md and by none of the checker's rules. A fact holds if a solver answers
"unsat" to every (check-sat) of its file. Free words stand for whatever the fact does not depend on.

    python3 check_facts.py cvc5 --incremental

or the same with `bitwuzla` or `z3` puts every file to the solver, names each whose fact it did not
establish, and counts those that hold. check_facts.py is short: read it. A file that is
answered "sat" or "unknown" does not refute its fact: it may ask for more than the fact says.

manifest.json binds the files to the program: its digest (`program_sha256`, as `cycleproof show`
prints it), the certificate's digest, and for each file its own SHA-256, which check_facts.py
compares, the number of its (check-sat) commands and the step of the run that first needed the fact.
That these facts are the ones that the program's proof needs is what the run over claims says:
export again from the artifact and the certificate, and compare.

proofs/, if it is there, holds a proof by cvc5 for each file with one (check-sat) for which cvc5
found one within 10 seconds, in the CPC format, which the checker Ethos reads
(https://cvc5.github.io/docs/latest/proofs/proofs.html). manifest.json lists the files without one
(`without_proof`).
"""
CHUNK = 32  # facts for one child
CHECK = Path(__file__).with_name("check_facts.py")


class Exported(NamedTuple):
    """What was written; ``reason`` says why nothing was."""

    verdict: str
    reason: str
    files: int
    proofs: int


def export_smt(
    artifact: Artifact,
    data: bytes,
    folder: Path,
    proofs: bool,
    progress: Progress,
    statement: Statement = JUDGED,
) -> Exported:
    """Write the facts of an accepted certificate into ``folder``, which must not exist yet.

    The folder appears whole or not at all. Past a limit it is inconclusive.
    Raises ``Unreadable`` if it cannot be written, ``MissingDependency`` if proofs are asked for
    and there is no cvc5, ``Malformed`` if ``data`` is no certificate.
    """
    if folder.exists() or folder.is_symlink():
        raise Unreadable(f"{folder}: exists already", "name a folder that does not exist")
    if "bitwuzla" not in available() or (proofs and "cvc5" not in available()):
        raise MissingDependency(
            "the export needs bitwuzla, its proofs need cvc5", install_hint("audit")
        )
    checked, asked = asked_of(artifact, data, statement)
    if checked.verdict != ACCEPTED:
        return Exported(checked.verdict, checked.reason, 0, 0)
    about: dict[str, object] = {
        "format": FORMAT,
        "program_sha256": artifact.program_sha256,
        "certificate_sha256": hashlib.sha256(data).hexdigest(),
        "problem": artifact.shape._asdict(),
        "statement": statement._asdict(),
    }
    allowance = Allowance()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(folder) as made, side_by_side(allowance) as pool:
            work = made / "new"
            work.mkdir()
            facts: list[dict[str, object]] = []
            for question, said in zip(asked, _said(pool, asked, allowance, proofs), strict=True):
                facts.append(_write(work, len(facts), question, *said))
                progress(len(facts), len(asked))
            without = [fact["file"] for fact in facts if "proof" not in fact]
            about |= {"without_proof": without} if proofs else {}
            manifest = json.dumps({**about, "facts": facts}, indent=1)
            (work / "manifest.json").write_text(manifest + "\n", "ascii")
            (work / "README.txt").write_text(README, "ascii")
            (work / CHECK.name).write_bytes(CHECK.read_bytes())
            work.rename(folder)
    except LimitReached as reached:
        return Exported(INCONCLUSIVE, f"the export was ended: {reached}", 0, 0)
    except OSError as error:
        raise Unreadable(f"{folder}: {error.strerror}") from None
    return Exported(ACCEPTED, "", len(facts), sum("proof" in fact for fact in facts))


def _said(
    pool: Executor, asked: Sequence[Question], allowance: Allowance, proofs: bool
) -> Iterator[tuple[Script, bytes | None]]:
    """The script that says each fact, and its proof, if proofs are asked for and cvc5 finds one."""

    def chunk(start: int) -> list[tuple[Script, bytes | None]]:
        chosen = _chosen(asked[start : start + CHUNK], allowance)
        return [
            (one, prove(one, allowance) if proofs and len(one.cases) == 1 else None)
            for one in chosen
        ]

    for said in pool.map(chunk, range(0, len(asked), CHUNK)):
        yield from said


def _chosen(asked: Sequence[Question], allowance: Allowance) -> list[Script]:
    """Of the scripts that say each fact, the first that a solver closes."""
    said = ask("bitwuzla", [question.scripts[0] for question in asked], allowance)
    chosen: list[Script] = []
    for question, word in zip(asked, said, strict=True):
        others = question.scripts[1:] if word != "unsat" else ()
        found = (one for one in others if ask("bitwuzla", [one], allowance) == ["unsat"])
        chosen.append(next(found, question.scripts[0]))
    return chosen


def _write(
    folder: Path, number: int, question: Question, script: Script, proof: bytes | None
) -> dict[str, object]:
    """Write one fact, and its proof if there is one; what the manifest says of it."""
    text = script.text.encode("ascii")
    fact: dict[str, object] = {
        "file": _put(folder, f"smt/{number:05}.smt2", text),
        "sha256": hashlib.sha256(text).hexdigest(),
        "check_sats": len(script.cases),
        "position": question.place,
    }
    if proof is not None:
        fact["proof"] = _put(folder, f"proofs/{number:05}.cpc", proof)
    return fact


def _put(folder: Path, name: str, data: bytes) -> str:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return name
