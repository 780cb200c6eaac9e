"""Suspects: words that a program computes almost as the reference does.

A kernel with an approximate hash has no word of the reference after its first stage, so its terms
say little. But on sample inputs its words are the reference's. Each word of one lane that is, up to
a constant, is given the reference's name, and the words computed from it are restated on that name.
A restated word that is still another term than the one it seems to be is a suspect: the first place
at which an input can tell the two apart.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from operator import sub, xor
from typing import NamedTuple

from frozen.ops import BINARY
from frozen.problem import INPUT_BITS, Inputs, Shape, memory_image

from ..algebra import Algebra
from ..attempt import Attempt
from ..evaluate import Evaluator
from ..fallback.solver import Solver
from ..fallback.sweep import Guess, Sweep
from ..reference import LaneTerms
from ..terms import CONST, MASKED, OPAQUE, SHIFT, SUM, TABLE, WORD, XOR, Bits, Term, children

SAMPLES = 32  # words that agree on so many inputs are taken for equal
MAX_VISITS = 20_000  # words of one lane
MAX_LEAVES = 64  # of a table that is restated on other bits


class Suspect(NamedTuple):
    """``term``, over words of the reference, is ``word`` ``op`` ``constant`` on all samples."""

    lane: int
    term: Term
    word: Term
    op: str
    constant: int


class Trusting(Sweep):
    """A sweep that takes every word for what it seems to be, and notes that it did."""

    exact = (CONST, WORD)  # a table may differ from the reference's in a leaf or two

    def __init__(self, algebra: Algebra, shape: Shape, lanes: Sequence[LaneTerms]) -> None:
        memories = [memory_image(shape, one) for one in samples(shape)]
        super().__init__(algebra, shape, lanes, Solver("none"), memories)
        self.trusted: list[tuple[Term, Guess]] = []

    def _equal(self, term: Term, guess: Guess) -> bool:
        self.trusted.append((term, guess))
        return True


class Restater:
    """Restates one lane after the other of an attempt.

    Words that a sweep trusted on the way are suspects too, each over words that it named.
    """

    def __init__(self, made: Attempt) -> None:
        self.made, self.algebra = made, made.algebra
        self.samples = samples(made.shape)
        self._trusted: dict[int, list[Suspect]] = {}
        if isinstance(made.sweep, Trusting):
            lanes = {word: n for n, lane in enumerate(made.lanes) for word in _words(lane)}
            for term, guess in made.sweep.trusted:
                if guess.word in lanes:
                    suspect = Suspect(lanes[guess.word], term, *guess)
                    self._trusted.setdefault(suspect.lane, []).append(suspect)
        self._values = Evaluator([memory_image(made.shape, one) for one in self.samples])
        self._asked: set[Term] = set()

    def failing(self, lane: int) -> Iterator[Inputs]:
        """The samples on which the lane's output is not the reference's."""
        got, right = self._output(lane), self.made.lanes[lane].output
        if got is not None:
            for k, pair in enumerate(zip(self._values(got), self._values(right), strict=True)):
                if pair[0] != pair[1]:
                    yield self.samples[k]

    def expected(self, suspect: Suspect) -> Term:
        """What the suspect is on all samples."""
        constant = self.algebra.const(suspect.constant)
        return self.algebra.apply(suspect.op, suspect.word, constant)

    def differs(self, suspect: Suspect, inputs: Inputs) -> bool:
        """Whether the program's word is another than the reference's on these inputs."""
        values = Evaluator([memory_image(self.made.shape, inputs)])
        return values(suspect.term) != values(self.expected(suspect))

    def unseen(self, condition: Term) -> list[int]:
        """The values, of 0 and 1, that the condition has on no sample; none if asked before."""
        if condition in self._asked:
            return []
        self._asked.add(condition)
        return [value for value in (1, 0) if value not in self._values(condition)]

    def suspects(self, lane: int) -> Iterator[Suspect]:
        """The suspects of one lane, in the order in which they were computed."""
        yield from self._trusted.get(lane, ())
        got = self._output(lane)
        if got is None:
            return
        words = _words(self.made.lanes[lane])
        known = {key: word for word in reversed(words) for key in self._keys(word)}
        named: dict[Term, Term] = {word: word for word in words}
        self._values(got)
        for term in _computed(got, named):
            restated = named[term] = self._restated(term, named)
            for key in self._keys(term) if term.kind is not CONST else ():
                word = known.get(key)
                if word is not None:
                    minus = xor if key[0] == "^" else sub
                    values = self._values(term), self._values(word)
                    constant = minus(values[0][0], values[1][0]) & self.algebra.all_ones
                    named[term] = self.algebra.apply(key[0], word, self.algebra.const(constant))
                    if restated is not named[term]:
                        yield Suspect(lane, restated, word, key[0], constant)
                    break

    def lanes(self) -> list[int]:
        """The lanes that may be wrong."""
        return sorted({*self.made.wrong_lanes(), *self._trusted})

    def _output(self, lane: int) -> Term | None:
        outcome = self.made.outcome
        return outcome.memory[self.made.shape.values_p + lane] if outcome else None

    def _keys(self, term: Term) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Keys that a word shares with every word that differs from it by a constant."""
        values = self._values(term)
        if len(set(values)) > 1:
            for name, minus in (("^", xor), ("+", sub)):
                yield name, tuple(minus(v, values[0]) & self.algebra.all_ones for v in values)

    def _restated(self, term: Term, named: dict[Term, Term]) -> Term:
        """The term with each of its parts replaced by what that part is named."""
        kind, args, algebra = term.kind, term.args, self.algebra
        result: Term
        if all(named.get(part, part) is part for part in _parts(term)):
            return term
        if kind is SUM:
            result = named.get(args[0], args[0])
            for atom, weight in args[1]:
                part = algebra.apply("*", named.get(atom, atom), algebra.const(weight))
                result = algebra.apply("+", result, part)
            return result
        if kind is XOR:
            result = named.get(args[0], args[0])
            for atom in args[1]:
                result = algebra.apply("^", result, named.get(atom, atom))
            return result
        if kind is SHIFT:
            return algebra.apply(">>", named.get(args[0], args[0]), algebra.const(args[1]))
        if kind is MASKED:
            return algebra.apply("&", named.get(args[0], args[0]), algebra.const(args[1]))
        if kind is TABLE:
            bits = tuple(named.get(bit, bit) for bit in args[0])
            return self._table(bits, args[1].terms) or term
        parts = [named.get(part, part) for part in args[1:] if isinstance(part, Term)]
        known = kind is OPAQUE and (args[0] in BINARY or args[0] == "select")
        return algebra.apply(args[0], *parts) if known else term

    def _table(self, bits: Bits, leaves: Sequence[Term]) -> Term | None:
        """The table with these leaves; None if it is large and its bits are not in order."""
        numbers = [bit.id for bit in bits]
        plain = all(bit.mask == 1 and bit.kind in (MASKED, OPAQUE, SHIFT) for bit in bits)
        if plain and numbers == sorted(set(numbers)):
            return self.algebra.table(bits, leaves)
        if len(leaves) > MAX_LEAVES:
            return None
        for bit in bits:
            pairs = zip(leaves[::2], leaves[1::2], strict=True)
            leaves = [self.algebra.apply("select", bit, one, zero) for zero, one in pairs]
        return leaves[0]


def _words(lane: LaneTerms) -> list[Term]:
    stages = [value for values in lane.values for value in values]
    return [lane.initial, *lane.nodes, *lane.bits, *stages]


def samples(shape: Shape) -> list[Inputs]:
    """Inputs of the judged domain, always the same."""
    rng = random.Random(1)
    count = shape.n_nodes + shape.batch_size
    drawn = ([rng.getrandbits(INPUT_BITS) for _ in range(count)] for _ in range(SAMPLES))
    return [Inputs(words[: shape.n_nodes], words[shape.n_nodes :]) for words in drawn]


def _parts(term: Term) -> Iterable[Term]:
    """What a term is computed from; of a table its bits, for the leaves are tree words."""
    return term.args[0] if term.kind is TABLE else children(term)


def _computed(term: Term, known: dict[Term, Term]) -> Iterator[Term]:
    """All parts of a term that are not known, each before those that are computed from it."""
    pending, met = [term], set[Term]()
    while pending and len(met) < MAX_VISITS:
        top = pending[-1]
        missing = [] if top in met else [part for part in _parts(top) if part not in known]
        met.add(top)
        missing = [part for part in missing if part not in met and not part.ground]
        if missing:
            pending += missing
            continue
        pending.pop()
        if top not in known and not top.ground:
            yield top
