"""Verdict classes and the ranking: what cannot be compared is never ranked together."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from ..evidence.model import Evidence, Verdict
from ..evidence.policy import CHECK, hold
from .judging import EVIDENCE, REFUSED
from .store import Row
from .terms import Terms


class Class(StrEnum):
    """What a submission's evidence amounts to. Only the first two are ranked, each by itself."""

    PROVED = "PROVED"
    TESTED = "TESTED"
    OPEN = "OPEN"
    FAILED = "FAILED"
    REFUSED = "REFUSED"


MEANINGS = {
    Class.PROVED: "right for all inputs: proved, and the proof was checked",
    Class.TESTED: "right on every input that was run; not proved",
    Class.OPEN: "not settled: something that this board asks for has no answer",
    Class.FAILED: "wrong: a check failed",
    Class.REFUSED: "not judged: no program that this board takes",
}
RANKED = (Class.PROVED, Class.TESTED)
_ALWAYS = ("decode", "frozen")
# What is said of the final indices; only the first two are on the board that asks for them.
PROVED_RIGHT, SEEN_RIGHT, UNTOUCHED, WRONG = (
    "proved right",
    "right in every run",
    "left at zero",
    "not kept",
)


class Entry(NamedTuple):
    """One row of a board. ``rank`` is None where nothing is ranked."""

    row: Row
    verdict: Class
    reason: str
    cycles: int | None
    program: str
    indices: str
    same: tuple[Row, ...] = ()  # later submissions of the same program
    rank: int | None = None  # among all of its class
    author_rank: int | None = None  # among each author's best of its class; None if not the best


class Board(NamedTuple):
    """The ranking: entries by class; with final indices, only those that leave them right."""

    entries: tuple[Entry, ...]
    indexed: tuple[Entry, ...]


def classify(row: Row, terms: Terms) -> Entry:
    """The class of one submission, and why, in one line."""
    evidence = row.evidence
    cycles = row.described["cycles"] if row.described else None
    program = row.described["program_sha256"] if row.described else ""
    if row.status != EVIDENCE or evidence is None:
        verdict = Class.REFUSED if row.status == REFUSED else Class.OPEN
        reason = row.reason or "not judged yet under these terms"
        return Entry(row, verdict, reason, cycles, program, "")
    verdict, reason = _verdict(evidence, terms)
    return Entry(row, verdict, reason, cycles, program, _indices(evidence))


def _verdict(evidence: Evidence, terms: Terms) -> tuple[Class, str]:
    passed = evidence.named(Verdict.PASS)
    for finding in evidence.findings:
        if finding.verdict is Verdict.FAIL:
            return Class.FAILED, f"{finding.check}: {finding.established}"
    for finding in evidence.findings:
        if finding.check in _ALWAYS and finding.check not in passed:
            return Class.OPEN, f"{finding.check}: {finding.established}"
    held = hold(evidence, terms.requirements)
    for finding in held.findings:
        if finding.check == CHECK and finding.verdict is not Verdict.PASS:
            contradicted = finding.verdict is Verdict.FAIL
            return Class.REFUSED if contradicted else Class.OPEN, finding.established
    said = {finding.check: finding for finding in evidence.findings}
    if "proof" in passed:
        return Class.PROVED, said["proof"].established
    if {"seeds", "directed"}.issubset(passed):
        return Class.TESTED, f"{said['seeds'].established}; {said['directed'].established}"
    return Class.OPEN, "no check of its outputs passed"


def _indices(evidence: Evidence) -> str:
    figures = {finding.check: finding.figures for finding in evidence.findings}
    if figures.get("proof", {}).get("indices") == PROVED_RIGHT:
        return PROVED_RIGHT
    seen = {figures.get(check, {}).get("final_indices") for check in ("seeds", "directed")}
    return (
        {"right": SEEN_RIGHT, "untouched": UNTOUCHED}.get(str(seen.pop()), WRONG)
        if (len(seen) == 1)
        else WRONG
    )


def ranked(rows: Iterable[Row], terms: Terms) -> Board:
    """Both boards. ``rows`` come in the order of their being seen, and earlier ranks first."""
    grouped = _grouped([classify(row, terms) for row in rows])
    indexed = [
        entry._replace(verdict=Class.TESTED)
        if entry.verdict is Class.PROVED and entry.indices == SEEN_RIGHT
        else entry
        for entry in grouped
        if entry.verdict in RANKED and entry.indices in (PROVED_RIGHT, SEEN_RIGHT)
    ]
    return Board(tuple(_ordered(grouped)), tuple(_ordered(indexed)))


def _grouped(entries: Sequence[Entry]) -> list[Entry]:
    """The same program at the same shape is one entry: the first, which names the later ones."""
    first: dict[tuple[str, str, Class], int] = {}
    result: list[Entry] = []
    for entry in entries:
        described = entry.row.described
        if entry.program and described:
            identity = (entry.program, str(described["shape"]), entry.verdict)
            if identity in first:
                at = first[identity]
                result[at] = result[at]._replace(same=(*result[at].same, entry.row))
                continue
            first[identity] = len(result)
        result.append(entry)
    return result


def _ordered(entries: Sequence[Entry]) -> list[Entry]:
    """By class, then by cycles, then earlier first; ranks by competition (1-2-2-4)."""
    result: list[Entry] = []
    for verdict in Class:
        here = [entry for entry in entries if entry.verdict is verdict]
        if verdict not in RANKED:
            result += here
            continue
        here.sort(key=lambda entry: entry.cycles or 0)
        best: set[str] = set()
        owns = [entry.row.author not in best and not best.add(entry.row.author) for entry in here]  # type: ignore[func-returns-value]
        all_cycles = [entry.cycles for entry in here]
        own_cycles = [entry.cycles for entry, own in zip(here, owns, strict=True) if own]
        result += [
            entry._replace(
                rank=1 + all_cycles.index(entry.cycles),
                author_rank=1 + own_cycles.index(entry.cycles) if own else None,
            )
            for entry, own in zip(here, owns, strict=True)
        ]
    return result
