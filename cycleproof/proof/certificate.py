"""Certificates: for every word that a run writes, what it is in the reference's vocabulary.

The format and its meaning are the checker's (docs/proof.md); words that nothing lives on are left
out, so the checker need not prove anything about them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from frozen.decode import Artifact, check_program
from frozen.ops import SCRATCH_SIZE, SLOT_LIMITS, Op, Slot

from .execute import Write
from .express import Expressed, Vocabulary

if TYPE_CHECKING:
    from .prover import Attempt

FORMAT = "cycleproof-certificate/1"
Item = Any
_ENGINES = list(SLOT_LIMITS)
_DIVIDING = ("//", "%", "cdiv")


def write_certificate(artifact: Artifact, attempt: Attempt) -> bytes | None:
    """The certificate of a proved run made with its log; None if the run split into paths."""
    outcome = attempt.outcome
    if outcome is None or outcome.paths > 1:
        return None
    raw = attempt.sweep.raw if attempt.sweep else {}
    vocabulary = Vocabulary(attempt.algebra, attempt.lanes, attempt.idle, raw)
    alive = live_words(check_program(artifact.program), outcome.log)
    rows = [
        _row(vocabulary, writes, kept) for (_, writes), kept in zip(outcome.log, alive, strict=True)
    ]
    document = {
        "format": FORMAT,
        "program_sha256": artifact.program_sha256,
        "problem": artifact.shape._asdict(),
        "cycles": outcome.cycles,
        "expressions": vocabulary.entries,
        "rows": rows,
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def _row(vocabulary: Vocabulary, writes: Sequence[Write], kept: Sequence[int]) -> list[Item]:
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
    checked: Sequence[Sequence[tuple[Op, Slot]]], log: Sequence[tuple[int, list[Write]]]
) -> list[list[int]]:
    """For each executed bundle and each of its writes, a mask of the words something lives on.

    Stores, jumps, addresses and divisors live; what feeds a living word of an op lives.
    """
    alive = bytearray(SCRATCH_SIZE)
    result: list[list[int]] = []
    for at, writes in reversed(log):
        masks: dict[int, int] = {}
        reads: list[int] = []
        claimed: set[int] = set()
        for index in reversed(range(len(writes))):
            write = writes[index]
            if write.words is not None:
                masks[index] = (1 << len(write.words)) - 1
                continue
            (words,) = write.op.writes(write.slot)
            mask = 0
            for k, word in enumerate(words):
                if alive[word] and word not in claimed:
                    mask |= 1 << k
                claimed.add(word)
            masks[index] = mask
            reads += _reads(write.op, write.slot, mask)
        for op, slot in checked[at]:
            if op.place != "dest":
                reads += [word for words in op.reads(slot) for word in words]
        for word in claimed:
            alive[word] = 0
        for word in reads:
            alive[word] = 1
        result.append([masks[index] for index in range(len(writes))])
    result.reverse()
    return result


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
