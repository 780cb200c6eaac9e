"""Certificates: for every word that a run writes or joins, what it is in the vocabulary.

The format and its meaning are the checker's (docs/certificate-format.md); words that nothing lives
on are left out, so the checker need not prove anything about them.
"""

import json
from collections.abc import Sequence
from typing import Any

from frozen.artifact import Artifact
from frozen.ops import SLOT_LIMITS, Op, Slot
from frozen.program import check_program

from ..attempt import Attempt
from ..run.paths import Joined, Outcome, Ran, Write
from .express import Expressed, Vocabulary

FORMAT = "cycleproof-certificate/1"
Item = Any
_ENGINES = list(SLOT_LIMITS)
_DIVIDING = ("//", "%", "cdiv")


def write_certificate(artifact: Artifact, attempt: Attempt, outcome: Outcome) -> bytes:
    """The certificate of a proved run made with its log."""
    raw = attempt.sweep.raw if attempt.sweep else {}
    vocabulary = Vocabulary(attempt.algebra, attempt.lanes, attempt.idle, raw)
    alive = live_words(check_program(artifact.program), outcome.log)
    rows = [_row(vocabulary, *each) for each in zip(outcome.log, alive, strict=True)]
    document = {
        "format": FORMAT,
        "program_sha256": artifact.program_sha256,
        "problem": artifact.shape._asdict(),
        "cycles": outcome.cycles,
        "expressions": vocabulary.entries,
        "rows": rows,
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def _row(vocabulary: Vocabulary, step: Ran | Joined, kept: Sequence[int]) -> Item:
    if isinstance(step, Joined):
        living = {word: term for word, term in step.scratch.items() if kept[0] >> word & 1}
        return {
            side: [
                [word, _word(vocabulary.express(term, term))]
                for word, term in sorted(terms.items())
            ]
            for side, terms in (("scratch", living), ("memory", step.memory))
        }
    writes = step.writes
    order = sorted(range(len(writes)), key=lambda i: _ENGINES.index(writes[i].op.engine))
    return [_item(vocabulary, writes[i], kept[i]) for i in order]


def _item(vocabulary: Vocabulary, write: Write, kept: int) -> Item:
    words = [
        _word(vocabulary.express(term, computed)) if kept >> k & 1 else None
        for k, (term, computed) in enumerate(
            zip(write.terms, write.computed or write.terms, strict=True)
        )
    ]
    if write.words is not None:
        return {"stores": [list(pair) for pair in zip(write.words, words, strict=True)]}
    if len(words) == 1:
        return words[0]
    first = words[0]
    if all(word == first for word in words) and not isinstance(first, list):
        return first
    if isinstance(first, list):
        entry, lane = first
        if words == [[entry, lane + k] for k in range(len(words))]:
            return first
    return words


def _word(expressed: Expressed | None) -> Item:
    if expressed is None:
        return None
    return expressed.entry if expressed.lane is None else [expressed.entry, expressed.lane]


def live_words(
    checked: Sequence[Sequence[tuple[Op, Slot]]], log: Sequence[Ran | Joined]
) -> list[list[int]]:
    """The words that something lives on, as masks: of each write of a bundle, or of a join.

    Stores, jumps, addresses and divisors live; what feeds a living word of an op lives.
    """
    turn, before = 0, {len(checked): 0}  # what lives, by the bundle where a path then stands
    result: list[list[int]] = []
    for step in reversed(log):
        if step.turn != turn:
            turn, after, before = step.turn, before, {len(checked): 0}
        if isinstance(step, Joined):
            result.append([after[step.at]])
            continue
        alive = 0
        for at in step.following:
            alive |= after[at]
        masks, before[step.at] = _live(checked[step.at], step.writes, alive)
        result.append(masks)
    result.reverse()
    return result


def _live(
    bundle: Sequence[tuple[Op, Slot]], writes: Sequence[Write], alive: int
) -> tuple[list[int], int]:
    """What lives of each write, and what lives before the bundle, if ``alive`` lives after it."""
    masks: list[int] = []
    reads: list[int] = []
    for write in reversed(writes):
        if write.words is not None:
            masks.append((1 << len(write.words)) - 1)
            continue
        (words,) = write.op.writes(write.slot)
        every = (1 << len(words)) - 1
        masks.append(alive >> words.start & every)
        alive &= ~(every << words.start)
        reads += _reads(write.op, write.slot, masks[-1])
    for op, slot in bundle:
        if op.place != "dest":
            reads += [word for words in op.reads(slot) for word in words]
    for word in reads:
        alive |= 1 << word
    masks.reverse()
    return masks, alive


def _reads(op: Op, slot: Slot, mask: int) -> list[int]:
    """The words that the living lanes of a slot read, and those that must be known anyway."""
    words = []
    sources = [operand for operand in op.operands if operand.kind == "src"]
    for operand, at in zip(sources, op.reads(slot), strict=True):
        if operand.name == "addr" or (operand.name == "b" and op.name in _DIVIDING):
            words += list(at)
        elif operand.width == 1:
            words += list(at) if mask else []
        else:
            words += [word for k, word in enumerate(at) if mask >> k & 1]
    return words
