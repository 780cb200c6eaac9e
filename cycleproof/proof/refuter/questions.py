"""A suspect as a question to a solver: under which words of the reference do its terms differ."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from frozen.problem import HASH_STAGES, Shape, hash32

from ...simulator.hashing import unhash32
from ..fallback.smt import literal, operation
from ..fallback.solver import Solver
from ..reference import LaneTerms
from ..terms import CONST, MASKED, OPAQUE, SHIFT, SUM, TABLE, XOR, Term
from .aim import Goals
from .suspects import Suspect

MAX_NODES = 300  # operations in one question
MAX_STAGES = 14  # of the hash
MAX_LEAVES = 32
Name = tuple[str, int, int]  # kind ("V", "N", "Q"), round, stages; V of round -1 is the start


class TooWide(Exception):
    """The suspect is not computed from the reference's words in few operations."""


class Question(NamedTuple):
    """The solver's script, and ``free``: by its name there, the reference's word it stands for."""

    text: str
    free: dict[str, Name]


def names(lane: LaneTerms) -> dict[Term, Name]:
    """The words of the reference in one lane."""
    found: dict[Term, Name] = {lane.initial: ("V", -1, 6)}
    for h, values in enumerate(lane.values):
        found.setdefault(lane.nodes[h], ("N", h, 0))
        found.setdefault(lane.bits[h], ("Q", h, 0))
        for s, value in enumerate(values):
            found.setdefault(value, ("V", h, s))
    return found


class _Writer:
    """Writes one question. The earliest hash value that the suspect is made of is free."""

    def __init__(
        self, lane: LaneTerms, words: dict[Term, Name], suspect: Suspect, below: int
    ) -> None:
        self.lane, self.words = lane, words
        self.lines = ["(set-logic QF_BV)"]
        self.free: dict[str, Name] = {}
        self.terms: dict[Term, str] = {}
        self.made: dict[Name, str] = {}
        self.visits = self.stages = 0
        self.top = literal((1 << 32) - (1 << below) & 0xFFFFFFFF)  # bits that no input word has
        used = [words[part] for part in self._used(suspect.term)]
        self.lowest = min((name[1:] for name in used if name[0] == "V"), default=(-1, 6))

    def _used(self, term: Term) -> Iterator[Term]:
        pending, met = [term], set[Term]()
        while pending:
            top = pending.pop()
            if top in met:
                continue
            met.add(top)
            if top in self.words:
                yield top
            elif len(met) > MAX_NODES:
                raise TooWide
            else:
                pending += [part for part in _structure(top)[1] if isinstance(part, Term)]

    def define(self, body: str) -> str:
        """A name for the word that ``body`` computes."""
        name = f"t{len(self.lines)}"
        self.lines.append(f"(define-fun {name} () (_ BitVec 32) {body})")
        return name

    def _declare(self, name: Name) -> str:
        text = f"w{len(self.free)}"
        self.free[text] = name
        self.lines.append(f"(declare-const {text} (_ BitVec 32))")
        kind, h, s = name
        if kind == "Q":
            self.lines.append(f"(assert (bvult {text} #x00000002))")
        elif kind == "N" or h < 0 or (h, s) == (0, 0):
            high = operation("&", [text, self.top])
            self.lines.append(f"(assert (= #x00000000 {high}))")
        return text

    def word(self, name: Name) -> str:
        """A word of the reference, computed from the free ones."""
        if name not in self.made:
            self.made[name] = self._word(name)
        return self.made[name]

    def _word(self, name: Name) -> str:
        kind, h, s = name
        if kind == "N" or name[1:] == self.lowest:
            return self._declare(name)
        if kind == "Q":
            if (h, 6) < self.lowest:
                return self._declare(name)
            return self.define(operation("&", [self.word(("V", h, 6)), literal(1)]))
        self.stages += 1
        if (h, s) < self.lowest or self.stages > MAX_STAGES:
            raise TooWide
        if s == 0:
            node = self.word(self.words[self.lane.nodes[h]])  # the root comes again
            return self.define(operation("^", [self.word(("V", h - 1, 6)), node]))
        op1, constant, op2, shift, amount = HASH_STAGES[s - 1]
        value = self.word(("V", h, s - 1))
        left = operation(op1, [value, literal(constant)])
        return self.define(operation(op2, [left, operation(shift, [value, literal(amount)])]))

    def text(self, part: Term | int) -> str:
        """A term, computed from the free words. Raises ``TooWide``."""
        if isinstance(part, int):
            return literal(part)
        if part.kind is CONST:
            return literal(part.args[0])
        if part in self.words:
            return self.word(self.words[part])
        if part not in self.terms:
            self.visits += 1
            if self.visits > MAX_NODES:
                raise TooWide
            op, parts = _structure(part)
            self.terms[part] = self.define(_written(op, [self.text(one) for one in parts]))
        return self.terms[part]


def _structure(term: Term) -> tuple[str, list[Term | int]]:
    """The operation that a term stands for. Raises ``TooWide`` for lookups and other words."""
    kind, args = term.kind, term.args
    if kind is CONST:
        return "const", []
    if kind is SHIFT or kind is MASKED:
        return ">>" if kind is SHIFT else "&", list(args)
    if kind is XOR:
        return "^", [args[0], *args[1]]
    if kind is SUM:
        return "sum", [args[0], *(one for pair in args[1] for one in pair)]
    if kind is TABLE and len(args[1].terms) <= MAX_LEAVES:
        return "table", [*args[0], *args[1].terms]
    if kind is OPAQUE and args[0] not in ("switch", "M"):
        return args[0], list(args[1:])
    raise TooWide


def _written(op: str, parts: list[str]) -> str:
    if op == "sum":
        pairs = zip(parts[1::2], parts[2::2], strict=True)
        return operation("+", [parts[0], *(operation("*", pair) for pair in pairs)])
    if op == "table":
        bits = (len(parts) - 1).bit_length() - 1
        leaves = parts[bits:]
        for bit in parts[:bits]:
            pairs = zip(leaves[::2], leaves[1::2], strict=True)
            leaves = [operation("select", [bit, one, zero]) for zero, one in pairs]
        return leaves[0]
    return operation(op, parts)


def question(
    lane: LaneTerms, words: dict[Term, Name], suspect: Suspect, below: int
) -> Question | None:
    """The question, with input words below 2^below; None if it would be too wide.

    ``words``: the ``names`` of ``lane``.
    """
    try:
        writer = _Writer(lane, words, suspect, below)
        got = writer.text(suspect.term)
        right = writer.word(words[suspect.word])
    except TooWide:
        return None
    right = operation(suspect.op, [right, literal(suspect.constant)])
    writer.lines.append(f"(assert (distinct {got} {right}))")
    return Question("\n".join(writer.lines), writer.free)


def models(solver: Solver, asked: Question, count: int) -> Iterator[dict[Name, int]]:
    """Up to ``count`` different values of the free words under which the two terms differ."""
    text = asked.text
    for _ in range(count):
        found = solver.model(f"{text}\n(check-sat)\n")
        if found is None:
            return
        yield {name: found.get(free, 0) for free, name in asked.free.items()}
        same = [f"(= {free} {literal(found.get(free, 0))})" for free in asked.free]
        text += f"\n(assert (not (and true {' '.join(same)})))"


def to_goals(shape: Shape, lane: int, model: dict[Name, int], rng: random.Random) -> Goals:
    """Goals that give the lane the words of ``model``: hash values, nodes and bits."""
    result = Goals()
    goal = result.lane(lane)
    values = {(h, s): word for (kind, h, s), word in model.items() if kind == "V"}
    goal.bits.update({h: word for (kind, h, _), word in model.items() if kind == "Q"})
    nodes = {h: word for (kind, h, _), word in model.items() if kind == "N"}
    for (h, s), word in values.items():
        last = word if h < 0 else hash32(unhash32(word, s))
        if h + 1 in nodes:
            goal.values[h + 1, 0] = last ^ nodes.pop(h + 1)
        if h >= 0:
            goal.values[h, s] = word
    for h, word in nodes.items():
        index = 0
        for earlier in range(h - h % (shape.forest_height + 1), h):
            bit = goal.bits.setdefault(earlier, rng.getrandbits(1))
            index = 2 * index + 1 + bit
        result.tree[index] = word
    return result
