"""Obligations: equations that must hold on every input, and how they are closed.

An equation is closed as a whole: the lanes of all that it mentions are renamed by one injection,
and only the renamed equation is proved and kept. The definitions treat all lanes alike and all
inputs are free, so it holds for the lanes it came from.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial
from itertools import islice
from operator import eq, itemgetter
from typing import Any, NamedTuple

from .budget import Budget, TooComplex
from .samples import Sample
from .split import MAX_CASES, in_all_cases
from .symbolic import Symbolic
from .terms import Algebra, Value, spread
from .vocabulary import MAX_DEPTH, Ref, Reference, Word, own

MAX_WORK = 1_000_000  # steps for one equation; the hardest of real kernels takes 265,000
MAX_TOTAL_WORK = 60_000_000  # for one check; real kernels take up to 12,000,000
KEPT = 250_000  # steps after which normal forms are made anew, so that few are held
MAX_UNFOLD = 14  # stages below the latest V that an equation speaks of
SAMPLES = 12  # inputs on which every equation that the rules close is read as well
MORE_SAMPLES = 64  # inputs tried before others are asked about an equation that stays open


class Equation(NamedTuple):
    """``left == right``, on every input on which ``condition`` is not 0."""

    left: Ref
    right: Ref
    condition: Ref


class Membership(NamedTuple):
    """``word`` is one of ``words``, ascending, on every input on which ``condition`` is not 0."""

    word: Ref
    condition: Ref
    words: tuple[int, ...]


Fact = Equation | Membership


class Verdict(NamedTuple):
    """``holds`` is None where nothing closed the equation and nothing refuted it."""

    holds: bool | None
    reason: str = ""


Settle = Callable[[Reference, Equation], Verdict]
"""The word of others on an equation that the rules close neither way; it is believed."""


def unasked(_reference: Reference, _equation: Equation) -> Verdict:
    """Nobody is asked: the rules have the last word."""
    return Verdict(None, "not closed by the rules")


Naming = Callable[[tuple[int, ...]], tuple[int, ...]]


@lru_cache(maxsize=1 << 16)
def in_order(lanes: tuple[int, ...]) -> tuple[int, ...]:
    """Names lanes 0, 1, ... in the order in which it meets them: an injection."""
    names: dict[int, int] = {}
    return tuple([names.setdefault(lane, len(names)) for lane in lanes])


def as_own(lanes: tuple[int, ...]) -> tuple[int, ...]:
    """Names each lane as itself."""
    return tuple(map(own, lanes))


def _lanes(refs: Iterable[Ref]) -> tuple[int, ...]:
    return tuple([lane for _, lanes in refs for lane in lanes])


def rename(refs: Iterable[Ref], name: Naming) -> tuple[Ref, ...]:
    """What is said by ``refs``, with all their lanes named together."""
    names = iter(name(_lanes(refs)))
    return tuple([Ref(number, tuple(islice(names, len(lanes)))) for number, lanes in refs])


def floors(reference: Reference, refs: Iterable[Ref]) -> range:
    """The latest V that is spoken of, after which nothing is to be unfolded; then ever earlier."""
    last = max(reference.table[ref.expression].last for ref in refs)
    return range(last, max(last - 1 - MAX_UNFOLD, -2), -1)


class Obligations:
    """Closes equations and enumerates addresses; remembers what it has closed."""

    def __init__(self, reference: Reference, settle: Settle = unasked) -> None:
        self.reference, self._ask = reference, settle
        self._sample = cache(partial(Sample, reference))
        self.asked = self.cases = 0
        self.budget = Budget(MAX_TOTAL_WORK)
        self._kept: dict[int, Symbolic] = {}
        self._kept_until = MAX_TOTAL_WORK - KEPT
        self._closed: dict[Equation, Verdict] = {}
        self._alike: dict[tuple[object, ...], bool] = {}
        self._tables: dict[tuple[tuple[int, ...], int], tuple[Any, Any, Word]] = {}
        self._words: dict[tuple[Ref, ...], tuple[int, ...] | None] = {}
        self.place: object = ""  # the step of the run that is being checked
        self._places: dict[object, str] = {}  # where each fact was first needed

    @property
    def distinct(self) -> int:
        """How many different equations were put."""
        return len(self._closed)

    def established(self) -> Iterator[tuple[Fact, str]]:
        """Every distinct fact that the verdict leans on, and the step that first needed it.

        Two identical sides of an equation are no fact: they never differ.
        """
        for equation, verdict in self._closed.items():
            if verdict.holds:
                yield equation, self._places[equation]
        for (word, condition), words in self._words.items():
            if words is not None:
                yield Membership(word, condition, words), self._places[word, condition]

    def table(self, memory: Sequence[Word], at: tuple[int, ...], shift: int) -> Word:
        """What memory holds at some addresses plus a shift; None where a word is unclaimed.

        The table is listed by the addresses before the shift, and kept until a word changes.
        """
        select, held, table = self._tables.get((at, shift), (None, (), None))
        if select is None:
            select = itemgetter(*(address + shift for address in at))
        now = select(memory)
        if now != held:
            table = None if None in now else self.reference.expressions.operation("table", now, at)
            self._tables[at, shift] = select, now, table
        return table

    def settle(self, left: Ref, right: Ref, condition: Ref) -> Verdict:
        """Whether left == right on every input on which ``condition`` is not 0."""
        self.asked += 1
        verdict = Verdict(left == right)
        for said in dict.fromkeys((self.reference.one, condition)):
            if not verdict.holds:  # renamed, one equation stands for those of all lanes
                verdict = self._remembered((left, right, said), in_order)
            if not verdict.holds and self._anchored((left, right, said)):
                verdict = self._remembered((left, right, said), as_own)
        return verdict

    def _anchored(self, refs: Iterable[Ref]) -> bool:
        """Whether it can matter which lanes they are: by what idle lanes start from, or by address.

        Elsewhere an equation with its own lanes says what the renamed one says.
        """
        table = self.reference.table
        return any(table[number].image or min(lanes, default=0) < 0 for number, lanes in refs)

    def hold_alike(self, meaning: str, refs: Sequence[Ref], words: int) -> bool:
        """Whether an op on operands is the claim, the last of ``refs``, for all lanes alike.

        ``words``: how many equations it stands for, each with lanes of its own. False where that
        is not so, or where it may lean on which lanes they are.
        """
        key = (meaning, in_order(_lanes(refs)), *[number for number, _ in refs])
        holds = self._alike.get(key)
        if holds is None:
            *operands, claim = refs
            left = self.reference.expressions.result(meaning, operands)
            equation = left, claim, self.reference.one
            holds = left == claim or self._remembered(equation, in_order).holds is True
            self._alike[key] = holds
        if holds:
            self.asked += words
        return holds

    def _remembered(self, equation: Sequence[Ref], name: Naming) -> Verdict:
        renamed = Equation(*rename(equation, name))
        if renamed not in self._closed:
            self._places[renamed] = str(self.place)
            self._closed[renamed] = self._settle(renamed)
        return self._closed[renamed]

    def _settle(self, equation: Equation) -> Verdict:
        # First on sample inputs: an equation that fails there is accepted by no rule.
        refuted = self._refute(equation, range(SAMPLES))
        if refuted or self._close(equation):
            return refuted or Verdict(True)
        more = self._refute(equation, range(SAMPLES, MORE_SAMPLES))
        return more or self._ask(self.reference, equation)

    def _refute(self, equation: Equation, numbers: Iterable[int]) -> Verdict | None:
        for number in numbers:
            left, right, condition = map(self._sample(number).word, equation)
            if condition and None not in (left, right) and left != right:
                return Verdict(False, f"on sample input {number}: {left:#x} is not {right:#x}")
        return None

    def _close(self, equation: Equation) -> bool:
        left, right, condition = equation
        return self._in_all_cases((condition, left, right), eq, floors(self.reference, equation))

    def _in_all_cases(
        self, words: Sequence[Ref], test: Callable[..., bool], floors: Iterable[int]
    ) -> bool:
        """``in_all_cases``, tried with what is after each floor unfolded.

        Readers are kept for a while, and with them what was read and split: a form holds on
        every input, in whichever equation it stands.
        """
        if self.budget.left < self._kept_until:
            self._kept, self._kept_until = {}, self.budget.left - KEPT
        holds, self.budget.reserve = False, max(self.budget.left - MAX_WORK, 0)
        for floor in floors:
            if floor not in self._kept:
                self._kept[floor] = Symbolic(self.reference, Algebra(self.budget), floor)
            cases = Budget(MAX_CASES)
            holds = in_all_cases(self._kept[floor], words, test, cases)
            self.cases += MAX_CASES - cases.left
            if holds:
                break
        self.budget.reserve = 0
        return holds

    def words(self, word: Ref, condition: Ref) -> tuple[int, ...] | None:
        """All that a word can be where ``condition`` is not 0, ascending.

        None where a bounded split does not tell. What it is in cases that cannot occur may be
        among them.
        """
        key = word, condition = rename((word, condition), in_order)
        if key not in self._words:
            self._places[key] = str(self.place)
            found: set[int] = set()

            def known(value: Value) -> bool:
                words = [value] if isinstance(value, int) else spread(value) or ()
                self.budget.spend(len(words))
                found.update(words)
                return bool(words)

            latest = floors(self.reference, key)[:1]
            all_known = self._in_all_cases((condition, word), known, latest) and found
            self._words[key] = tuple(sorted(found)) if all_known else None
        return self._words[key]

    def seen(self, word: Ref, condition: Ref) -> list[int]:
        """What a word is on sample inputs where ``condition`` is not 0."""
        word, condition = rename((word, condition), as_own)
        samples = [self._sample(number) for number in range(SAMPLES)]
        words = [sample.word(word) for sample in samples if sample.word(condition)]
        return [word for word in words if word is not None]

    def combined(self, op: str, *conditions: Ref) -> Ref:
        """A condition made of others. Raises ``TooComplex`` past ``MAX_DEPTH``."""
        made = self.reference.expressions.operation(op, conditions)
        if self.reference.table[made.expression].depth > MAX_DEPTH:
            raise TooComplex
        return made
