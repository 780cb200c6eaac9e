"""Certificates: for every word that a run writes or joins, what it is in the vocabulary.

The format and its meaning are the checker's (docs/certificate-format.md). Dead words are left out,
so that the checker need not prove anything about them.
"""

import json
from collections.abc import Sequence
from typing import Any

from frozen.artifact import Artifact
from frozen.ops import ENGINES, Op, Slot

from ...artifact.format import slots_of
from ...base.statement import JUDGED, Statement
from ...engine.meaning import divisors_of
from ..attempt import Attempt
from ..run.lane import MIXED
from ..run.log import Joined, Outcome, Ran, Write
from ..terms import Term
from .express import Expressed, Vocabulary

FORMAT = "cycleproof-certificate/2"
Item = Any


def write_certificate(
    artifact: Artifact, attempt: Attempt, outcome: Outcome, statement: Statement = JUDGED
) -> bytes:
    """The certificate of a proved run made with its log."""
    raw = attempt.sweep.raw if attempt.sweep else {}
    vocabulary = Vocabulary(attempt.algebra, attempt.lanes, attempt.idle, raw)
    alive = live_words(slots_of(artifact.program), outcome.log)
    rows = [_row(vocabulary, *each) for each in zip(outcome.log, alive, strict=True)]
    document = {
        "format": FORMAT,
        "program_sha256": artifact.program_sha256,
        "problem": artifact.shape._asdict(),
        **({} if statement == JUDGED else {"statement": statement._asdict()}),
        "cycles": outcome.cycles,
        "expressions": vocabulary.entries,
        "rows": rows,
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def _row(vocabulary: Vocabulary, step: Ran | Joined, kept: Sequence[int]) -> Item:
    if isinstance(step, Joined):
        living = {word: term for word, term in step.scratch.items() if kept[0] >> word & 1}
        return {
            side: [[word, _word(vocabulary.express(term))] for word, term in sorted(terms.items())]
            for side, terms in (("scratch", living), ("memory", step.memory))
        }
    writes = step.writes
    order = sorted(range(len(writes)), key=lambda i: ENGINES.index(writes[i].op.engine))
    return [_item(vocabulary, writes[i], kept[i]) for i in order]


def _item(vocabulary: Vocabulary, write: Write, kept: int) -> Item:
    if write.lanes is not None:
        return _item_of_lanes(vocabulary, write.terms, write.lanes, kept)
    words = [
        _word(vocabulary.express(term)) if kept >> k & 1 else None
        for k, term in enumerate(write.terms)
    ]
    if write.words is not None:
        return {"stores": [list(pair) for pair in zip(write.words, words, strict=True)]}
    return _short(words)


def _item_of_lanes(
    vocabulary: Vocabulary, terms: Sequence[Term], lanes: Sequence[int], kept: int
) -> Item:
    """The item of words that are terms of the one lane, each said of its lane in ``lanes``."""
    first, width = lanes[0], len(terms)
    if terms.count(terms[0]) == width and kept == (1 << width) - 1:
        one = vocabulary.express(terms[0]) if first != MIXED else None
        ascending = list(range(first, first + width))
        if one is not None and one.lane is not None and list(lanes) == ascending:
            return [one.entry, first]
    return _short(
        [
            _said_of(vocabulary, term, lane) if kept >> k & 1 and lane != MIXED else None
            for k, (term, lane) in enumerate(zip(terms, lanes, strict=True))
        ]
    )


def _said_of(vocabulary: Vocabulary, term: Term, lane: int) -> Item:
    expressed = vocabulary.express(term)
    if expressed is None:
        return None
    return expressed.entry if expressed.lane is None else [expressed.entry, lane]


def _short(words: list[Item]) -> Item:
    """The item of a slot's words, in its shortest form."""
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
    """Live words, one bit mask per write of a bundle, or per join.

    A word is live if a store, a jump, an address or a divisor uses it, directly or through other
    live words.
    """
    turn, before = 0, {len(checked): 0}  # live words, by the bundle at which a path then is
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
    """The live words of each write, and those before the bundle; ``alive`` are those after it."""
    masks: list[int] = []
    read = 0
    for write in reversed(writes):
        if write.words is not None:
            masks.append((1 << len(write.words)) - 1)
            continue
        every, start = (1 << len(write.terms)) - 1, write.start
        masks.append(alive >> start & every)
        alive &= ~(every << start)
        read |= _reads(write.op, write.slot, masks[-1])
    for op, slot in bundle:
        if op.place != "dest":
            for operand, at in zip(op.operands, slot[1:], strict=True):
                if operand.kind == "src":
                    read |= ((1 << operand.width) - 1) << int(at)
    masks.reverse()
    return masks, alive | read


def _reads(op: Op, slot: Slot, mask: int) -> int:
    """The words that a slot's live lanes read, and every address and divisor, as a mask."""
    words = 0
    shift = int(slot[-1]) if op.displaced else 0
    for (name, kind, width), at in zip(op.operands, slot[1:], strict=True):
        if kind != "src":
            continue
        if name == "addr" or name in divisors_of(op.value):
            words |= ((1 << width) - 1) << int(at) + shift
        elif width > 1:
            words |= mask << int(at) + shift
        elif mask:
            words |= 1 << int(at) + shift
    return words
