"""A program run on the terms of one lane, which stand for those of every lane.

A word is kept as a term of *the* lane and the number of the lane that it is said of. Slots that do
the same for another lane, or for eight lanes at once, meet terms that are made already. A word
that depends on several lanes is ``MIXED``: nothing is known of it, nor of words computed from it.
Refused are a jump on data, a store at an address that depends on data, and any address or divisor
that is ``MIXED``.
"""

from collections.abc import Callable, Sequence

from frozen.ops import SCRATCH_SIZE, VLEN, Program, Slot

from ...engine.meaning import divisors_of
from ..algebra import Algebra, Stuck
from ..terms import CONST, OPAQUE, WORD, Leaves, Term, children
from .bundle import Plan
from .log import NO_LANE, Outcome, Write
from .memory import Path
from .paths import Executor

MIXED = 1 << 30  # in place of a lane's number: several lanes
_WITHOUT = ([NO_LANE] * VLEN, [NO_LANE])  # of words that depend on no lane


class Mixed(Stuck):
    """The program does not fall apart into lanes."""


class LaneExecutor(Executor):
    """Runs a program of lanes that never meet. ``memory_lanes`` are those of the final memory."""

    def __init__(
        self,
        algebra: Algebra,
        program: Program,
        *,
        keep_log: bool = False,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        super().__init__(algebra, program, keep_log=keep_log, tell=tell)
        self.memory_lanes: list[int] = []
        self._scratch_lanes = [NO_LANE] * SCRATCH_SIZE
        self._owned: set[int] = set()  # addresses that have held a lane's word
        self._shared: dict[
            Leaves, int
        ] = {}  # addresses clear of owned ones, and how many those were
        self._dependent: dict[Term, bool] = {}
        self._sources: list[tuple[int, int]] = []  # of the bundle's stores: address, scratch word
        self._unknown = algebra.make(OPAQUE, ("mixed", algebra.zero), algebra.all_ones)

    def run_lanes(self, memory: Sequence[Term], lanes: Sequence[int], most_cycles: int) -> Outcome:
        """Run on an image whose words are said of these lanes. Raises ``Stuck``."""
        self.memory_lanes = list(lanes)
        self._owned = {at for at, lane in enumerate(lanes) if lane != NO_LANE}
        return self.run(list(memory), most_cycles)

    def step(self, path: Path) -> tuple[Term, list[Write]]:
        """Run one bundle, and note the lane of each word that it writes. Raises ``Mixed``."""
        self._sources = []
        following, written = super().step(path)
        if following.kind is not CONST:
            raise Mixed("the program counter depends on data")
        for address, lane in self._stored(self._sources):
            self.memory_lanes[address] = lane
        for write in written:
            start, lanes = write.start, write.lanes or []
            self._scratch_lanes[start : start + len(lanes)] = lanes
        return following, written

    def _stored(self, sources: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The lanes of stored words; scratch still has those from before the bundle."""
        stored = [(address, self._scratch_lanes[source]) for address, source in sources]
        self._owned.update(address for address, lane in stored if lane != NO_LANE)
        return stored

    def _store(self, path: Path, address: Term, term: Term, source: int) -> list[int]:
        if address.kind is not CONST:
            raise Mixed("a store at an address that depends on data")
        self._sources.append((address.args[0], source))
        return super()._store(path, address, term, source)

    def _written(self, path: Path, plan: Plan, slot: Slot) -> Write:
        op, width, scratch = plan.op, plan.op.operands[0].width, path.scratch
        if not isinstance(scratch, list):
            raise Mixed("paths have split")
        shift = int(slot[-1]) if op.displaced else 0
        env: dict[str, Term] = {"lane": self.lanes[0]}
        columns: list[tuple[str, list[Term]]] = []  # operands that differ along a vector
        lanes = [NO_LANE] * width
        for (name, kind, wide), at in zip(op.operands, slot[1:], strict=True):
            if kind == "src":
                start = int(at) + shift
                words = scratch[start : start + wide]
                env[name] = words[0]
                if words.count(words[0]) < wide:
                    columns.append((name, words))
                of = self._scratch_lanes[start : start + wide]
                lanes = _met(lanes, of if wide == width else of * width)
            elif kind != "dest":
                env[name] = self.algebra.const(int(at))
        if plan.address:
            return self._loaded(path, plan, slot, env, lanes)
        if not columns and MIXED not in lanes:
            term = self._value(plan, env)
            if not self._depends(term):
                lanes = [NO_LANE] * width
            return Write(op, slot, [term] * width, lanes=lanes)
        terms = []
        for k, lane in enumerate(lanes):
            for name, words in columns:
                env[name] = words[k]
            if lane == MIXED:
                if divisors_of(op.value):
                    raise Mixed("a divisor that depends on several lanes")
                terms.append(self._unknown)
            else:
                terms.append(self._value(plan, env))
        lanes = [
            lane if lane == MIXED or self._depends(term) else NO_LANE
            for lane, term in zip(lanes, terms, strict=True)
        ]
        return Write(op, slot, terms, lanes=lanes)

    def _value(self, plan: Plan, env: dict[str, Term]) -> Term:
        if plan.binary:
            return plan.binary(env["a"], env["b"])
        if plan.value is None:
            raise Stuck(f"{plan.op.name} has no value")
        return plan.value(env)

    def _loaded(
        self, path: Path, plan: Plan, slot: Slot, env: dict[str, Term], lanes: list[int]
    ) -> Write:
        memory = path.memory
        if plan.address is None or not isinstance(memory, list):
            raise Mixed("paths have split")
        if MIXED in lanes:
            raise Mixed("an address that depends on several lanes")
        terms, found = [], []
        for number, of in zip(self.lanes, lanes, strict=False):
            named = plan.address({**env, "lane": number})
            indexed = self.memory.loads.load_indexed(named, memory)
            if indexed is not None:  # a word of the image that is no lane's
                terms.append(indexed)
                found.append(of)
                continue
            address = self.memory.selector(path, named)
            self.memory.in_range(path, address)
            term, lane = self._content(memory, address, of)
            terms.append(term)
            found.append(lane)
        return Write(plan.op, slot, terms, lanes=found)

    def _content(self, memory: list[Term], address: Term, lane: int) -> tuple[Term, int]:
        """The term at an address that is said of ``lane``, and the lane that the term is of."""
        if address.kind is CONST:
            at = address.args[0]
            return memory[at], self.memory_lanes[at]
        if not self._is_shared(address):
            owners = {self.memory_lanes[at] for at in address.values or ()}
            if owners - {NO_LANE, lane}:
                return self._unknown, MIXED
        term = self.memory.loads.load(address, memory)
        return term, lane if self._depends(term) else NO_LANE

    def _is_shared(self, address: Term) -> bool:
        """Whether no word that the address can name was ever a lane's."""
        _, leaves = address.cases or ((), None)
        if leaves is None or leaves.values is None:
            raise ValueError("the address is no function of only bits")
        if self._shared.get(leaves) != len(self._owned):
            if not self._owned.isdisjoint(leaves.values):
                return False
            self._shared[leaves] = len(self._owned)
        return True

    def _depends(self, term: Term) -> bool:
        """Whether a term depends on the lane's initial value."""
        if term.ground:
            return False
        known = self._dependent.get(term)
        if known is None:
            known = term.kind is WORD or any(map(self._depends, children(term)))
            self._dependent[term] = known
        return known


def _met(lanes: list[int], more: list[int]) -> list[int]:
    """The lanes of words that are computed from two operands, word by word."""
    if lanes == more or more in _WITHOUT:  # nearly all are of these kinds
        return lanes
    return more if lanes in _WITHOUT else list(map(_either, lanes, more))


def _either(one: int, other: int) -> int:
    """The lane of a word computed from two: the one lane that they have, else ``MIXED``."""
    if NO_LANE in (one, other):
        return max(one, other)
    return one if one == other else MIXED
