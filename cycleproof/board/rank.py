"""The ranking: what cannot be compared is never ranked together.

A submission's class is the word that ``cycleproof verify`` says of it under the same requirements.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from frozen.problem import JUDGED

from ..evidence.model import RUNS, Evidence, State
from ..evidence.policy import hold
from ..evidence.wording import LEFTOVER_WORDS, Word, headline
from .database import Row
from .judging import EVIDENCE, REFUSED
from .terms import Terms

# In the order in which they are shown. Only the ranked ones have ranks, each by itself.
CLASSES = (Word.PROVED, Word.TESTED, Word.OPEN, Word.FAILED, Word.REFUSED, Word.TAMPERED)
RANKED = (Word.PROVED, Word.TESTED)
# Nothing proves them, but every run left them so: enough for the second board, as tested.
SEEN_RIGHT = "right in every run"
_INDICES_RIGHT = (LEFTOVER_WORDS[State.PROVED_RIGHT], SEEN_RIGHT)


class Entry(NamedTuple):
    """One row of a board. ``rank`` is None where nothing is ranked."""

    row: Row
    verdict: Word
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
        verdict = Word.REFUSED if row.status == REFUSED else Word.OPEN
        reason = row.reason or "not judged yet under these terms"
        return Entry(row, verdict, reason, cycles, program, "")
    said = headline(hold(evidence, terms.requirements), terms.shape or JUDGED)
    return Entry(row, said.word, said.rest, cycles, program, _indices(evidence))


def _indices(evidence: Evidence) -> str:
    """The state of the final indices, by whoever could establish it."""
    state = evidence.final_indices.state
    seen = {evidence.figures(check).get("final_indices") for check in RUNS}
    return SEEN_RIGHT if state is State.UNKNOWN and seen == {"right"} else LEFTOVER_WORDS[state]


def ranked(rows: Iterable[Row], terms: Terms) -> Board:
    """Both boards. ``rows`` come in the order of their being seen, and earlier ranks first."""
    grouped = _grouped(_with_later([classify(row, terms) for row in rows]))
    indexed = [
        entry._replace(verdict=Word.TESTED)
        if entry.verdict is Word.PROVED and entry.indices == SEEN_RIGHT
        else entry
        for entry in grouped
        if entry.verdict in RANKED and entry.indices in _INDICES_RIGHT
    ]
    return Board(tuple(_ordered(grouped)), tuple(_ordered(indexed)))


def _with_later(entries: Sequence[Entry]) -> list[Entry]:
    """Of what is not ranked, the reason says how the last submission of the same name fared."""
    last = {(entry.row.author, entry.row.name): entry for entry in entries}
    result = []
    for entry in entries:
        since = last[entry.row.author, entry.row.name]
        again = entry.verdict not in RANKED and since is not entry
        said = f"{entry.reason}; handed in again since: {since.verdict}"
        result.append(entry._replace(reason=said) if again else entry)
    return result


def _grouped(entries: Sequence[Entry]) -> list[Entry]:
    """The same program at the same shape is one entry: the first, which names the later ones."""
    first: dict[tuple[str, str, Word], int] = {}
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
    for verdict in CLASSES:
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
