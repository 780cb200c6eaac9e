"""The timeline: verified artifacts of the judged shape, each with the technique that made it.

One JSON object a line, the slowest first. A rung is added only by a command that has verified
its artifact, so no figure in it was typed in.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from frozen.artifact import read_json
from frozen.errors import Malformed
from frozen.ops import ENGINES
from frozen.problem import JUDGED
from frozen.program import check_program

from ..analysis.engines import engine_figures
from ..artifact.format import LoadedArtifact
from ..base.errors import ExitCode, Unreadable
from ..base.files import read_regular, write_whole
from ..base.git import git
from ..base.text import command_line
from ..challenge.facts import BASELINE
from ..evidence.model import Evidence, Verdict

DEFAULT_HISTORY = Path("artifacts/history.jsonl")
MAX_HISTORY = 4 << 20
MAX_TECHNIQUE = 120


@dataclass(frozen=True)
class Rung:
    """One verified artifact: what it took, how it was made, which checks it passed."""

    program_sha256: str
    cycles: int
    slots: dict[str, int]
    technique: str
    generator: str
    commit: str  # of the checkout that verified it; empty outside one
    checks: list[str]


_KINDS = {
    "program_sha256": str,
    "cycles": int,
    "slots": dict,
    "technique": str,
    "generator": str,
    "commit": str,
    "checks": list,
}


def rung(artifact: LoadedArtifact, evidence: Evidence, technique: str, commit: str) -> Rung:
    """What goes into the timeline for an artifact and the evidence about it.

    Raises ``Unreadable`` if the evidence does not bear it out or the shape is not the judged one.
    """
    decoded = artifact.decoded
    if decoded.shape != JUDGED:
        raise Unreadable(f"{artifact.path}: {decoded.shape}; the timeline is of {JUDGED}")
    if evidence.exit_code != ExitCode.PASSED or not evidence.is_about(artifact):
        raise Unreadable(
            f"{artifact.path}: not verified, so not recorded", command_line("verify", artifact.path)
        )
    if not technique.strip() or not technique.isprintable() or len(technique) > MAX_TECHNIQUE:
        raise Unreadable(f"technique: expected a few words in one line, {MAX_TECHNIQUE} at most")
    return Rung(
        decoded.program_sha256,
        decoded.cycles,
        engine_figures(check_program(decoded.program))["slots"],
        technique.strip(),
        decoded.generator["name"],
        commit,
        [finding.check for finding in evidence.findings if finding.verdict is Verdict.PASS],
    )


def current_commit(folder: Path) -> str:
    """The commit that ``folder`` is checked out at; empty if it is no checkout."""
    try:
        found = git(folder, "rev-parse", "HEAD")
    except OSError:
        return ""
    return found.stdout.decode("ascii").strip() if found.returncode == 0 else ""


def read_history(path: Path) -> list[Rung]:
    """The rungs of a timeline file, the slowest first. Raises ``Unreadable`` naming the line."""
    rungs = []
    for number, line in enumerate(read_regular(path, MAX_HISTORY).split(b"\n"), 1):
        if not line:
            continue
        try:
            document = read_json(line)
        except Malformed as error:
            raise Unreadable(f"{path}, line {number}: {error}") from None
        if not _well_formed(document):
            raise Unreadable(f"{path}, line {number}: not a rung of the timeline")
        rungs.append(Rung(**document))
    return in_order(rungs)


def _well_formed(document: Any) -> bool:
    return (
        isinstance(document, dict)
        and document.keys() == _KINDS.keys()
        and all(type(document[key]) is kind for key, kind in _KINDS.items())
        and document["slots"].keys() == set(ENGINES)
        and all(type(count) is int and count >= 0 for count in document["slots"].values())
        and all(type(check) is str for check in document["checks"])
        and document["cycles"] > 0
    )


def in_order(rungs: Iterable[Rung]) -> list[Rung]:
    """The slowest first; a later rung of the same program replaces an earlier one."""
    by_program = {rung.program_sha256: rung for rung in rungs}
    return sorted(by_program.values(), key=lambda rung: (-rung.cycles, rung.technique))


def write_history(path: Path, rungs: Iterable[Rung]) -> None:
    """Write a timeline file, whole or not at all."""
    lines = [json.dumps(asdict(rung), separators=(",", ":")) for rung in in_order(rungs)]
    write_whole(path, "".join(f"{line}\n" for line in lines).encode("ascii"))


def steps(rungs: Sequence[Rung]) -> list[tuple[int, float]]:
    """What each rung was worth against the one before: cycles saved, and their share."""
    before = [BASELINE, *(rung.cycles for rung in rungs)]
    return [
        (earlier - rung.cycles, 1 - rung.cycles / earlier)
        for earlier, rung in zip(before, rungs, strict=False)
    ]
