"""The fallback: equalities that the canonical forms miss, guessed by values, settled by a solver.

Every word that an op computes is compared, on some inputs, with the words of the reference. One
that agrees with such a word up to a constant is held against it over a window of *raw* operations,
those that reference and program perform, with free words at the window's edge: the normal forms
of the same words hold products that solvers do not get through. What the solver confirms takes the
reference's name, and the run goes on with that.
"""

import random
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import sub, xor
from typing import ClassVar, NamedTuple

from frozen.ops import BINARY, Op
from frozen.problem import FOREST_P, Inputs, Shape, memory_image

from ...base.text import plural
from ...engine.meaning import translate
from ..algebra import Algebra
from ..evaluate import Evaluator
from ..reference import LaneTerms, hash_steps
from ..semantics import NAMES, address_expression
from ..terms import CONST, MASKED, OPAQUE, SHIFT, SUM, TABLE, WORD, XOR, Term
from . import smt
from .solver import Solver

INPUTS = 32  # on which words are compared
MAX_LEVELS = 6  # of raw operations below the reference's word; a stage of the hash has two
MAX_WORDS = 1_000_000  # that are looked at
MAX_NODES = 120  # raw operations in one window
Raw = tuple[str, tuple[Term, ...]]


class Guess(NamedTuple):
    """A word of the reference, and the op and the constant that take it to the guessed word."""

    word: Term
    op: str
    constant: int


class _TooWide(Exception):
    """A window would have to reach past its edge, or hold too many operations."""


def sample_memories(shape: Shape) -> list[list[int]]:
    """Images with words of every kind: all 32 bits, few values, high bits."""
    rng = random.Random(0)
    draws: list[Callable[[], int]] = [lambda: rng.getrandbits(32)] * 6
    draws += [lambda: rng.getrandbits(2), lambda: rng.getrandbits(4) | 0xFFFFFFF0]
    images = []
    for number in range(INPUTS):
        draw = draws[number % len(draws)]
        words = [draw() for _ in range(shape.n_nodes + shape.batch_size)]
        images.append(memory_image(shape, Inputs(words[: shape.n_nodes], words[shape.n_nodes :])))
    return images


class Sweep:
    """Names the words that a program computes; ``raw`` holds how each term was first computed.

    ``exact``: kinds for which the canonical forms miss nothing, so that no word is looked for.
    """

    exact: ClassVar[tuple[str, ...]] = (CONST, WORD, TABLE)

    def __init__(
        self,
        algebra: Algebra,
        shape: Shape,
        lanes: Sequence[LaneTerms],
        solver: Solver,
        memories: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self.algebra, self.solver = algebra, solver
        self.raw: dict[Term, Raw] = {}
        self.merged = 0
        self._values = Evaluator(memories or sample_memories(shape))
        self._settled: dict[Term, Term] = {}
        self._known: dict[tuple[str, bytes], Term] = {}
        self._offsets: dict[Term, Guess | None] = {}
        self._noting = {name: partial(self._noted, name) for name in BINARY}
        self._noting["?"] = partial(self._noted, "select")
        for address in range(FOREST_P, shape.indices_p):
            self._know(algebra.word(address, tree=True))
        for lane in lanes:
            self._reference(lane)
        self._first = len(algebra)  # the number of the program's first word

    def __str__(self) -> str:
        return (
            f"fallback: {plural(self.merged, 'word')} named by {self.solver},"
            f" asked {self.solver.questions} questions"
        )

    def figures(self) -> dict[str, str | int]:
        """What was done, with the solver's version."""
        return {
            "solver": str(self.solver),
            "questions": self.solver.questions,
            "merged": self.merged,
        }

    # -- what is known -----------------------------------------------------------------------

    def _reference(self, lane: LaneTerms) -> None:
        """Note the reference's words: how they are computed, and their values."""
        value = lane.initial
        for node, stages, bit in zip(lane.nodes, lane.values, lane.bits, strict=True):
            self._note("^", (value, node), stages[0])
            for steps in hash_steps(self.algebra, stages[0]):
                for step in steps:
                    self._note(*step)
            value = stages[-1]
            self._note("&", (value, self.algebra.one), bit)
            for term in (node, *stages, bit):
                self._know(term)

    def _know(self, term: Term) -> None:
        self._settled[term] = term
        for key in self._keys(term):
            self._known.setdefault(key, term)

    def _note(self, op: str, operands: tuple[Term, ...], term: Term) -> None:
        """Record how ``term`` was first computed.

        Operands must be older than the term, so that following the records always ends.
        """
        if term.kind is not CONST and all(part.id < term.id for part in operands):
            self.raw.setdefault(term, (op, operands))

    def _keys(self, term: Term) -> Iterator[tuple[str, bytes]]:
        """Keys that the term shares with every term that differs from it by a constant."""
        values = self._values(term)
        for name, minus in (("^", xor), ("+", sub)):
            offsets = [minus(value, values[0]) & self.algebra.all_ones for value in values]
            yield name, array("I", offsets).tobytes()

    # -- what a program computes -------------------------------------------------------------

    def named(self, op: Op, operands: Mapping[str, Term], term: Term) -> Term:
        """What to call ``term``, which ``op`` computed: the reference's equal term, or itself."""
        self._note_op(op, operands, term)
        if term.kind in self.exact or len(self._settled) > MAX_WORDS:
            return term
        if term not in self._settled:
            found = self._search(term)
            self.merged += found is not term
            self._settled[term] = self._settled[found] = found
        return self._settled[term]

    def _note_op(self, op: Op, operands: Mapping[str, Term], term: Term) -> None:
        """Record how ``term`` was computed: by one op, or by those that its meaning is made of."""
        name = NAMES.get(op.value)
        if name:
            self._note(name, (operands["a"], operands["b"]), term)
        elif not address_expression(op):
            translate(op.value, operands, self.algebra.const, self._noting)

    def _noted(self, op: str, *operands: Term) -> Term:
        term = self.algebra.apply(op, *operands)
        self._note(op, operands, term)
        return term

    def _search(self, term: Term) -> Term:
        for guess, candidate in self._guesses(term):
            if candidate is term:
                return term
            if self._equal(term, guess):
                return candidate
        return term

    def _guesses(self, term: Term) -> Iterator[tuple[Guess, Term]]:
        values = self._values(term)
        if len(set(values)) == 1:
            return
        for key in self._keys(term):
            word = self._known.get(key)
            if word is not None:
                op, minus = (key[0], xor if key[0] == "^" else sub)
                constant = minus(values[0], self._values(word)[0]) & self.algebra.all_ones
                offset = self.algebra.const(constant)
                yield Guess(word, op, constant), self.algebra.apply(op, word, offset)

    # -- windows -----------------------------------------------------------------------------

    def _equal(self, term: Term, guess: Guess) -> bool:
        """Whether a solver proves both words equal over some window whose edge they share."""
        edge, oldest = {guess.word}, self._oldest(term)
        if oldest is None:
            return False
        for _ in range(MAX_LEVELS + 1):
            if min(word.id for word in edge) <= oldest:
                script = self._script(term, guess, edge)
                if script and self.solver.unsat(script):
                    return True
            deeper = {below for word in edge for below in self._below(word)}
            if deeper == edge:
                return False
            edge = deeper
        return False

    def _oldest(self, term: Term) -> int | None:
        """The number of the oldest of the reference's words that ``term`` is computed from.

        An edge that is younger than that word cannot be one of a window of ``term``. None if no
        window holds the program's words between them. Words with an offset may be computed from
        it instead, so their operands are left out.
        """
        oldest, pending, met = self._first, [term], {term}
        while pending:
            word = pending.pop()
            if word.id < self._first:
                oldest = min(oldest, word.id)
            elif self._offset(word) is None:
                found = self.raw.get(word) or self._structure(word)
                if found is None or len(met) > MAX_NODES:
                    return None
                parts = {part for part in found[1] if part.kind is not CONST} - met
                met |= parts
                pending += parts
        return oldest

    def _below(self, word: Term) -> tuple[Term, ...]:
        found = self.raw.get(word)
        return tuple(part for part in found[1] if part.kind is not CONST) if found else (word,)

    def _offset(self, word: Term) -> Guess | None:
        """An older word of the reference that differs from ``word`` by a constant, as terms."""
        if word not in self._offsets:
            same = (
                guess
                for guess, candidate in self._guesses(word)
                if candidate is word and guess.word.id < word.id
            )
            self._offsets[word] = next(same, None)
        return self._offsets[word]

    def _definition(self, word: Term, edge: set[Term]) -> Raw | None:
        """How ``word`` is computed: from a word of the edge by a constant, else as recorded."""
        offset = self._offset(word)
        if offset is not None and (offset.word in edge or word not in self.raw):
            return offset.op, (offset.word, self.algebra.const(offset.constant))
        return self.raw.get(word) or self._structure(word)

    def _structure(self, word: Term) -> Raw | None:
        """The operation that a term's own form stands for, where no op of the program made it."""
        kind, args, algebra = word.kind, word.args, self.algebra
        if kind is OPAQUE and args[0] not in ("switch", "M"):
            return args[0], args[1:]
        if kind is SHIFT or kind is MASKED:
            return ">>" if kind is SHIFT else "&", (args[0], algebra.const(args[1]))
        if kind is XOR:
            return "^", (args[0], *args[1])
        if kind is SUM and args[0] is algebra.zero and len(args[1]) == 1:
            ((atom, weight),) = args[1]
            return "*", (atom, algebra.const(weight))
        if kind is SUM:
            parts = [algebra.apply("*", atom, algebra.const(k)) for atom, k in args[1]]
            return "+", (args[0], *parts)
        return None

    def _script(self, term: Term, guess: Guess, edge: set[Term]) -> str | None:
        """SMT-LIB that has no model exactly if both words are equal whatever the edge holds.

        None if ``term`` is not computed from the edge, or in too many operations. Equal windows
        of other lanes and rounds give the same text.
        """
        lines = ["(set-logic QF_BV)"]
        names: dict[Term, str] = {}
        visits = 0

        def text(word: Term) -> str:
            nonlocal visits
            if word.kind is CONST:
                return smt.literal(word.args[0])
            if word in names:
                return names[word]
            if word in edge:
                name = names[word] = f"w{len(names)}"
                lines.append(f"(declare-const {name} (_ BitVec 32))")
                if word.mask != self.algebra.all_ones:
                    outside = word.mask ^ self.algebra.all_ones
                    lines.append(f"(assert (= #x00000000 (bvand {name} {smt.literal(outside)})))")
                return name
            visits += 1
            found = self._definition(word, edge)
            if found is None or visits > MAX_NODES:
                raise _TooWide
            body = smt.operation(found[0], [text(part) for part in found[1]])
            name = names[word] = f"w{len(names)}"
            lines.append(f"(define-fun {name} () (_ BitVec 32) {body})")
            return name

        try:
            left, right = text(term), text(guess.word)
        except _TooWide:
            return None
        right = smt.operation(guess.op, [right, smt.literal(guess.constant)])
        return "\n".join([*lines, f"(assert (distinct {left} {right}))", "(check-sat)", ""])
