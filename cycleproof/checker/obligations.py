"""Obligations: equations between nodes that must hold on every input, and how they are closed.

An equation is closed as a whole: its lanes are renamed injectively on both sides and in every
memory word it mentions, and only the renamed equation is proved and kept. The
definitions treat all lanes alike and all inputs are free, so it holds for the lanes it came from.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from .budget import Budget, TooComplex
from .certificate import Ref
from .samples import Sample
from .split import MAX_CASES, Goal, in_all_cases
from .symbolic import Symbolic
from .terms import Algebra, Value, spread
from .vocabulary import Apply, Contents, Lookup, Node, Reference, own

MAX_WORK = 1_000_000  # steps for one equation; the hardest of real kernels take 200,000
MAX_TOTAL_WORK = 60_000_000  # for one check; real kernels take up to 4,200,000
KEPT = 250_000  # steps after which normal forms are made anew, so that few are held
MAX_UNFOLD = 14  # stages below the latest V that an equation speaks of
MAX_REFS = 2_000  # in the condition of a path
SAMPLES = 12  # inputs on which every equation that the rules close is read as well
MORE_SAMPLES = 64  # inputs tried before others are asked about an equation that stays open


class Equation(NamedTuple):
    """``left == right``, on every input on which ``condition`` is not 0."""

    left: Node
    right: Node
    condition: Node = 1


class Membership(NamedTuple):
    """``node`` is one of ``words``, ascending, on every input on which ``condition`` is not 0."""

    node: Node
    condition: Node
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


def rename(node: Node, name: Callable[[int], int]) -> Node:
    """The node with ``name`` applied to the lane of every reference."""
    if isinstance(node, int):
        return node
    if isinstance(node, Ref):
        number, lanes = node
        return Ref(number, tuple(map(name, lanes))) if lanes else node
    if isinstance(node, Apply):
        return Apply(node.op, tuple([rename(arg, name) for arg in node.args]))
    address, table = rename(node.address, name), node.table
    if table.lanes:
        words = tuple((at, rename(ref, name)) for at, ref in table.words)
        table = Contents(words)  # type: ignore[arg-type]
    return Lookup(address, table)


def in_order() -> Callable[[int], int]:
    """Names lanes 0, 1, ... in the order in which it meets them: an injection."""
    names: dict[int, int] = {}
    return lambda lane: names.setdefault(lane, len(names))


def _apart(what: object, words: Iterable[Ref | int]) -> tuple[object, ...]:
    """A key of words that is the same if the same number is added to each of their lanes."""
    key, first = [what], None
    for word in words:
        if isinstance(word, int):
            key.append(word)
        else:
            number, lanes = word
            key.append(number)
            for lane in lanes:
                if first is None:
                    first = lane
                key.append(lane - first)
    return tuple(key)


class Obligations:
    """Closes equations and enumerates addresses; remembers what it has closed."""

    def __init__(self, reference: Reference, settle: Settle = unasked) -> None:
        self.reference, self._ask = reference, settle
        self._samples: dict[int, Sample] = {}
        self.asked = self.cases = 0
        self.budget = Budget(MAX_TOTAL_WORK)
        self._kept: dict[int, Symbolic] = {}
        self._kept_until = MAX_TOTAL_WORK - KEPT
        self._closed: dict[Equation, Verdict] = {}
        self._alike: dict[tuple[object, ...], bool] = {}
        self._tables: dict[tuple[tuple[int, ...], int], tuple[Any, Any, Contents | None]] = {}
        self._words: dict[tuple[Node, Node], tuple[int, ...] | None] = {}
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
        for key, words in self._words.items():
            if words is not None:
                yield Membership(*key, words), self._places[key]

    def table(
        self, memory: Sequence[Ref | None], at: tuple[int, ...], shift: int
    ) -> Contents | None:
        """What memory holds at some addresses plus a shift; None where a word is unclaimed.

        The table is listed by the addresses before the shift, and kept until a word changes.
        """
        select, contents, table = self._tables.get((at, shift), (None, (), None))
        if select is None:
            select = itemgetter(*(address + shift for address in at))
        now = select(memory)
        if now != contents:
            table = None if None in now else Contents(tuple(zip(at, now, strict=True)))
            self._tables[at, shift] = select, now, table
        return table

    def settle(self, left: Node, right: Node, condition: Node = 1) -> Verdict:
        """Whether left == right on every input on which ``condition`` is not 0."""
        verdict = self._settled(left, right, 1)
        if not verdict.holds and condition != 1:
            self._weigh([condition])
            verdict = self._settled(left, right, condition)
        return verdict

    def _settled(self, *sides: Node) -> Verdict:
        self.asked += 1
        if sides[0] == sides[1]:
            return Verdict(True)
        # Renamed, one equation stands for those of all lanes.
        verdict = self._remembered(sides, in_order())
        if not verdict.holds and self._anchored(sides):
            verdict = self._remembered(sides, own)
        return verdict

    def _anchored(self, nodes: Iterable[Node]) -> bool:
        """Whether it can matter which lanes they are: by what idle lanes start from, or by address.

        Elsewhere an equation with its own lanes says what the renamed one says.
        """
        table = self.reference.table
        return any(
            table[number].image or min(lanes, default=0) < 0 for number, lanes in refs(nodes)
        )

    def hold_alike(
        self,
        what: str | Contents,
        compute: Callable[..., Node],
        operands: Sequence[Ref | int],
        claim: Ref,
        lanes: int,
    ) -> bool:
        """Whether compute(operands) == claim, on every input, for these lanes and all others alike.

        ``what`` names what is computed. ``lanes``: how many equations it stands for, each with
        lanes of its own. False where that is not so, or where it may lean on which lanes they are.
        """
        key = _apart(what, (*operands, claim))
        holds = self._alike.get(key)
        if holds is None:
            left = compute(*operands)
            holds = left == claim or self._remembered((left, claim), in_order()).holds is True
            self._alike[key] = holds
        if holds:
            self.asked += lanes
        return holds

    def _remembered(self, sides: Iterable[Node], name: Callable[[int], int]) -> Verdict:
        equation = Equation(*(rename(side, name) for side in sides))
        if equation not in self._closed:
            self._places[equation] = str(self.place)
            self._closed[equation] = self._settle(equation)
        return self._closed[equation]

    def _settle(self, equation: Equation) -> Verdict:
        # First on sample inputs: an equation that fails there is accepted by no rule.
        refuted = self._refute(equation, range(SAMPLES))
        if refuted or self._close(equation):
            return refuted or Verdict(True)
        more = self._refute(equation, range(SAMPLES, MORE_SAMPLES))
        return more or self._ask(self.reference, equation)

    def _refute(self, equation: Equation, numbers: Iterable[int]) -> Verdict | None:
        for number in numbers:
            sample = self._sample(number)
            left, right, condition = map(sample.word, equation)
            if condition and left is not None and right is not None and left != right:
                return Verdict(False, f"on sample input {number}: {left:#x} is not {right:#x}")
        return None

    def _sample(self, number: int) -> Sample:
        if number not in self._samples:
            self._samples[number] = Sample(self.reference, number)
        return self._samples[number]

    def _floors(self, equation: Equation) -> list[int]:
        """No unfolding first; then ever earlier Vs."""
        last = self._last(equation, -1)
        return [last, *range(last - 1, max(last - 1 - MAX_UNFOLD, -2), -1)]

    def _last(self, nodes: Iterable[Node], default: int) -> int:
        table = self.reference.table
        return max((table[ref.expression].last for ref in refs(nodes)), default=default)

    def _close(self, equation: Equation) -> bool:
        def same(left: Value, right: Value) -> bool:
            return left is right or (isinstance(left, int) and left == right)

        left, right, condition = equation
        with self.budget.part(MAX_WORK) as work:
            return any(
                self._in_all_cases(Goal((condition, left, right), same, reader, Budget(MAX_CASES)))
                for reader in self._readers(self._floors(equation), work)
            )

    def _readers(self, floors: Iterable[int], work: Budget) -> Iterator[Symbolic]:
        """A reader for each floor, which spends of ``work``.

        Readers are kept for a while, and with them what was read and split: a form holds on
        every input, in whichever equation it stands.
        """
        if self.budget.left < self._kept_until:
            self._kept, self._kept_until = {}, self.budget.left - KEPT
        for floor in floors:
            reader = self._kept.get(floor)
            if reader is None:
                reader = self._kept[floor] = Symbolic(self.reference, Algebra(work), floor)
            reader.spend = reader.algebra.spend = work.spend
            yield reader

    def _in_all_cases(self, goal: Goal) -> bool:
        holds = in_all_cases(goal)
        self.cases += MAX_CASES - goal.cases.left
        return holds

    def words(self, node: Node, condition: Node = 1) -> tuple[int, ...] | None:
        """Every word that a node can be where ``condition`` is not 0, ascending.

        None where a bounded split does not tell. Words of cases that cannot occur may be among
        them.
        """
        if condition != 1:
            self._weigh((node, condition))
        name = in_order()
        key = node, condition = rename(node, name), rename(condition, name)
        if key not in self._words:
            self._places[key] = str(self.place)
            found: set[int] = set()
            floor = self._last(key, 0)
            with self.budget.part(MAX_WORK) as work:

                def known(value: Value) -> bool:
                    if isinstance(value, int):
                        found.add(value)
                        return True
                    words = spread(value) or ()
                    work.spend(len(words))
                    found.update(words)
                    return len(words) > 0

                (reader,) = self._readers([floor], work)
                goal = Goal((condition, node), known, reader, Budget(MAX_CASES))
                all_known = self._in_all_cases(goal) and found
            self._words[key] = tuple(sorted(found)) if all_known else None
        return self._words[key]

    def seen(self, node: Node, condition: Node) -> list[int]:
        """Words that a node has on sample inputs where ``condition`` is not 0."""
        node, condition = rename(node, own), rename(condition, own)
        samples = [self._sample(number) for number in range(SAMPLES)]
        words = [sample.word(node) for sample in samples if sample.word(condition)]
        return [word for word in words if word is not None]

    def _weigh(self, nodes: Sequence[Node]) -> None:
        """Charge the budget for renaming and copying these nodes; conditions grow with every split.

        Raises ``TooComplex`` past ``MAX_REFS``.
        """
        size = sum(1 for _ in refs(nodes))
        if size > MAX_REFS:
            raise TooComplex
        self.budget.spend(8 * size)


def refs(nodes: Iterable[Node]) -> Iterable[Ref]:
    """Every reference that nodes hold."""
    for node in nodes:
        if isinstance(node, Ref):
            yield node
        elif isinstance(node, Apply):
            yield from refs(node.args)
        elif isinstance(node, Lookup):
            yield from refs((node.address, *(ref for _, ref in node.words)))
