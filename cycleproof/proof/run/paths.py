"""Symbolic execution: a program is run on terms, all of its paths in step.

Paths split where the program counter is a function of path bits, and join as soon as they stand at
the same bundle after as many cycles. A word on which joined paths differ becomes a selection.
Between split and join a path keeps only the words that it wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from frozen.errors import where
from frozen.ops import SCRATCH_SIZE, VLEN, Op, Program, Slot

from ...artifact.format import slots_of
from .. import ops as semantics
from ..algebra import Algebra, Stuck
from ..fallback.sweep import Sweep
from ..store import CONST, SUM, XOR, Term, TooLarge
from .loads import Loads

MAX_PATHS = 256
MAX_STEPS = 1_000_000  # executed bundles, all paths together
NO_LANE = -1
MAX_SPREAD = 12  # bits of one opaque word that an address may be a function of


class Words(dict[int, Term]):
    """An array of terms seen through the writes of one path."""

    def __init__(self, base: Sequence[Term], writes: Mapping[int, Term] | None = None) -> None:
        super().__init__(writes or {})
        self.base = base

    def __missing__(self, at: int) -> Term:
        return self.base[at]


Array = list[Term] | Words


class Write(NamedTuple):
    """What one slot wrote: its op and operands, the terms of its words, in order.

    For a store whose address has several values: the words it may name, ascending, and their new
    terms. ``computed``: the terms as the algebra made them, where a sweep looked at them.
    ``lanes``: where the terms are those of one lane, the lane that each is said of, or ``NO_LANE``.
    """

    op: Op
    slot: Slot
    terms: list[Term]
    words: list[int] | None = None
    computed: Sequence[Term] = ()
    lanes: list[int] | None = None

    @property
    def start(self) -> int:
        """The first scratch word that it writes; no store has one."""
        return int(self.slot[1]) + (int(self.slot[-1]) if self.op.displaced else 0)


class Ran(NamedTuple):
    """One bundle run on one path: what its slots wrote, and at which bundles it goes on."""

    turn: int
    at: int
    writes: list[Write]
    following: tuple[int, ...]


class Joined(NamedTuple):
    """Paths that met at a bundle: every word that one of them wrote since they split."""

    turn: int
    at: int
    scratch: Mapping[int, Term]
    memory: Mapping[int, Term]


@dataclass
class Outcome:
    """A finished run: cycles, final memory, and (if asked for) a log.

    In each turn the log has the bundles run, then the joins, both in the order of the bundles.
    """

    cycles: int
    memory: Array
    log: list[Ran | Joined] = field(default_factory=list)
    paths: int = 1


@dataclass
class Path:
    """The machine where ``condition`` is 1."""

    pc: int
    condition: Term
    scratch: Array
    memory: Array
    cycles: int = 0


class Plan(NamedTuple):
    """How to run one op."""

    op: Op
    binary: Callable[[Term, Term], Term] | None
    value: semantics.Meaning | None
    address: semantics.Meaning | None


class Executor:
    """Runs one program on terms. ``run`` raises ``Stuck``, naming the place."""

    def __init__(
        self,
        algebra: Algebra,
        program: Program,
        *,
        keep_log: bool = False,
        max_paths: int = MAX_PATHS,
        sweep: Sweep | None = None,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.algebra = algebra
        self.checked = slots_of(program)
        self.cost = [int(any(engine != "debug" for engine in bundle)) for bundle in program]
        self.keep_log = keep_log
        self.max_paths = max_paths
        self.sweep = sweep
        self.tell = tell  # called with the cycles that have run
        self.plans = {op: self._plan(op) for op in semantics.all_rows()}
        self.lanes = [algebra.const(lane) for lane in range(VLEN)]
        self.loads = Loads(algebra)
        self.log: list[Ran | Joined] = []
        self.most_paths = 1

    def _plan(self, op: Op) -> Plan:
        text = semantics.address_expression(op)
        address = semantics.meaning(self.algebra, op, text) if text else None
        binary = semantics.binary_op(self.algebra, op)
        plain = binary or not op.value or op.value.startswith("mem[")
        return Plan(op, binary, None if plain else semantics.meaning(self.algebra, op), address)

    # -- one bundle --------------------------------------------------------------------------

    def _environment(self, op: Op, slot: Slot, scratch: Array, lane: int) -> dict[str, Term]:
        shift = int(slot[-1]) if op.displaced else 0
        env = {"lane": self.lanes[lane]}
        for (name, kind, width), at in zip(op.operands, slot[1:], strict=True):
            if kind == "src":
                env[name] = scratch[int(at) + shift + (lane if width > 1 else 0)]
            elif kind != "dest":
                env[name] = self.algebra.const(int(at))
        return env

    def _values(self, path: Path, plan: Plan, slot: Slot) -> list[Term]:
        op, scratch = plan.op, path.scratch
        width = op.operands[0].width
        if plan.binary:
            f, a, b = plan.binary, int(slot[2]), int(slot[3])
            if width == 1:
                return [f(scratch[a], scratch[b])]
            return [f(scratch[a + lane], scratch[b + lane]) for lane in range(width)]
        envs = [self._environment(op, slot, scratch, lane) for lane in range(width)]
        if plan.address:
            return [self._load(path, plan.address(env)) for env in envs]
        if plan.value is None:
            raise Stuck(f"{op.name} has no value")
        return [plan.value(env) for env in envs]

    def _step(self, path: Path) -> tuple[Term, list[Write]]:
        """Run one bundle of a path; the term of the next program counter, and what was written."""
        at = path.pc
        path.cycles += self.cost[at]
        following = self.algebra.const(at + 1)
        written: list[Write] = []
        stores: list[tuple[Op, Slot, Term, Term, int]] = []
        numbers: dict[str, int] = {}
        for op, slot in self.checked[at]:
            number = numbers[op.engine] = numbers.get(op.engine, -1) + 1
            plan = self.plans[op]
            try:
                if op.place == "dest":
                    write = self._written(path, plan, slot)
                    written.append(self._swept(self.sweep, path, write) if self.sweep else write)
                elif op.place == "pc" and plan.value:
                    env = self._environment(op, slot, path.scratch, 0)
                    env |= {"pc": following, "end": self.algebra.const(len(self.checked))}
                    following = plan.value(env)
                elif plan.address:
                    for lane in range(op.operands[1].width):
                        env = self._environment(op, slot, path.scratch, lane)
                        address = self._selector(path, plan.address(env))
                        self._in_range(path, address)
                        stores.append((op, slot, address, env["src"], int(slot[2]) + lane))
            except Stuck as stuck:
                raise Stuck(
                    f"{where(at, op.engine, number)}: {op.name}: {stuck}", stuck.witness
                ) from None
            except TooLarge as spent:
                raise Stuck(f"{where(at, op.engine, number)}: {op.name}: {spent}") from None
        for write in written:
            start, terms = write.start, write.terms
            if len(terms) == 1 or isinstance(path.scratch, Words):
                for word, term in enumerate(terms, start):
                    path.scratch[word] = term
            else:
                path.scratch[start : start + len(terms)] = terms
        for op, slot, address, term, source in stores:
            touched = self._store(path, address, term, source)
            if len(touched) > 1:
                written.append(Write(op, slot, [path.memory[a] for a in touched], touched))
        return following, written

    def _written(self, path: Path, plan: Plan, slot: Slot) -> Write:
        return Write(plan.op, slot, self._values(path, plan, slot))

    def _swept(self, sweep: Sweep, path: Path, write: Write) -> Write:
        """The same write under the names that the sweep finds."""
        named = [
            sweep.named(write.op, self._environment(write.op, write.slot, path.scratch, lane), term)
            for lane, term in enumerate(write.terms)
        ]
        return write._replace(terms=named, computed=write.terms)

    # -- memory ------------------------------------------------------------------------------

    def _enumerable(self, term: Term) -> Term | None:
        """The same value as a function of only bits, where few bits of it can be one."""
        if term.values is not None:
            return term
        algebra = self.algebra
        if term.kind is SUM or term.kind is XOR:
            base, parts = term.args
            atoms = parts if term.kind is SUM else [(atom, 1) for atom in parts]
        else:
            base, atoms = algebra.zero, [(term, 1)]
        if base.values is None:
            return None
        result = base
        for atom, weight in atoms:
            if atom.mask.bit_count() > MAX_SPREAD:
                return None
            value = algebra.zero
            for place in range(algebra.width):
                if atom.mask >> place & 1:
                    bit = algebra.mask(algebra.shr(atom, algebra.const(place)), 1)
                    value = algebra.add(value, algebra.scale(1 << place, bit))
            if term.kind is XOR:
                result = algebra.xor(result, value)
            else:
                result = algebra.add(result, algebra.scale(weight, value))
        return result if result.values is not None else None

    def _selector(self, path: Path, term: Term) -> Term:
        """``term`` as a function of only bits, cut down to what the path's condition allows."""
        found = self._enumerable(term)
        if found is None:
            raise Stuck("depends on more data than path bits", term)
        if path.condition is self.algebra.one or found.kind is CONST:
            return found
        marked = self.algebra.add(
            self.algebra.scale(1 << 20, self.algebra.sub(self.algebra.one, path.condition)), found
        )
        if marked.values is None or found.mask >= 1 << 20:
            return found
        allowed = [value for value in marked.values if value < 1 << 20]
        if not allowed:
            return found
        some = self.algebra.const(allowed[0])
        return self.algebra.switch(path.condition, {1: found, 0: some})

    def _in_range(self, path: Path, address: Term) -> None:
        size = self._size(path)
        if address.cases is not None and address.cases[1].top >= size:
            outside = next(value for value in address.values or () if value >= size)
            inside = self.algebra.lt(address, self.algebra.const(size))
            raise Stuck(
                f"address {outside} is outside memory (0..{size - 1})",
                self.algebra.xor(self.algebra.one, inside),
            )

    def _size(self, path: Path) -> int:
        memory = path.memory
        return len(memory.base) if isinstance(memory, Words) else len(memory)

    def _load(self, path: Path, term: Term) -> Term:
        address = self._selector(path, term)
        self._in_range(path, address)
        if address.kind is CONST:
            return path.memory[address.args[0]]
        if isinstance(path.memory, list):
            return self.loads.load(address, path.memory)
        named = set(address.values or ())
        return self.algebra.switch(address, {at: path.memory[at] for at in named})

    def _store(self, path: Path, address: Term, term: Term, source: int) -> list[int]:
        """Store ``term``, which is in the scratch word ``source``; the words that may change."""
        if address.kind is CONST:
            path.memory[address.args[0]] = term
            self.loads.stored(address.args[0])
            return [address.args[0]]
        touched = sorted(set(address.values or ()))
        for at in touched:
            here = self.algebra.eq(address, self.algebra.const(at))
            path.memory[at] = self.algebra.switch(here, {1: term, 0: path.memory[at]})
            self.loads.stored(at)
        return touched

    # -- paths -------------------------------------------------------------------------------

    def run(self, memory: list[Term], most_cycles: int = MAX_STEPS) -> Outcome:
        """Run from pc 0 with zeroed scratch until every path has stopped.

        All paths advance by one bundle a turn, so ``most_cycles`` bounds each of them.
        """
        zero = self.algebra.zero
        end = len(self.checked)
        live = [Path(0, self.algebra.one, [zero] * SCRATCH_SIZE, list(memory))]
        stopped: list[Path] = []
        steps = turns = 0
        while live:
            if turns > most_cycles:
                raise Stuck(
                    f"{where(live[0].pc)}: still running after {most_cycles} cycles",
                    live[0].condition,
                )
            turns += 1
            self.tell(turns)
            following: list[Path] = []
            for path in live:
                steps += 1
                if steps > MAX_STEPS:
                    raise Stuck(f"{where(path.pc)}: still running after {MAX_STEPS} bundles")
                at = path.pc
                pc, written = self._step(path)
                if pc.kind is CONST:
                    path.pc = pc.args[0]
                    forked = [path]
                else:
                    forked = self._fork(path, pc)
                following += forked
                if self.keep_log:
                    self.log.append(Ran(turns, at, written, tuple(each.pc for each in forked)))
            for path in following:
                if path.pc > end:
                    raise Stuck(
                        f"a jump to {path.pc} is outside the program (0..{end})", path.condition
                    )
            if len(following) > self.max_paths:
                raise Stuck(f"{len(following)} paths at once; the budget is {self.max_paths}")
            if len(following) + len(stopped) > 1:
                following = self._join(following)
                stopped = self._join(stopped + [path for path in following if path.pc == end])
                live = [path for path in following if path.pc < end]
                if len(live) == 1 and not stopped:
                    self._settle(live[0])
                self.most_paths = max(self.most_paths, len(live))
            else:
                stopped += [path for path in following if path.pc == end]
                live = [path for path in following if path.pc < end]
        counts = sorted({path.cycles for path in stopped})
        if len(counts) > 1:
            odd = next(path for path in stopped if path.cycles != counts[-1])
            raise Stuck(
                f"the number of cycles depends on data: {counts[0]} to {counts[-1]}", odd.condition
            )
        return Outcome(counts[0], stopped[0].memory, self.log, self.most_paths)

    def _fork(self, path: Path, pc: Term) -> list[Path]:
        """One path for each bundle that the program counter can name."""
        try:
            target = self._selector(path, pc)
        except Stuck as stuck:
            raise Stuck(f"{where(path.pc)}: jump: {stuck}", stuck.witness) from None
        values = sorted(set(target.values or ()))
        if len(values) > self.max_paths:
            raise Stuck(
                f"{where(path.pc)}: a jump to {len(values)} places; at most {self.max_paths}"
            )
        forked = []
        for value in values:
            here = self.algebra.eq(target, self.algebra.const(value))
            condition = self.algebra.and_(path.condition, here)
            if condition is self.algebra.zero:
                continue
            if condition.values is None:
                raise Stuck(f"{where(path.pc)}: the path depends on too many bits")
            forked.append(
                Path(value, condition, _child(path.scratch), _child(path.memory), path.cycles)
            )
        return forked

    def _join(self, paths: list[Path]) -> list[Path]:
        groups: dict[tuple[int, int], list[Path]] = {}
        for path in paths:
            groups.setdefault((path.pc, path.cycles), []).append(path)
        return [
            self._merge(group) if len(group) > 1 else group[0]
            for _, group in sorted(groups.items())
        ]

    def _merge(self, group: list[Path]) -> Path:
        """Merge the group into one path.

        On inputs that take none of its paths the merged values are never used, so they may be
        anything.
        """
        algebra = self.algebra
        condition, owner = group[0].condition, algebra.zero
        for number, path in enumerate(group[1:], 1):
            condition = algebra.or_(condition, path.condition)
            owner = algebra.switch(path.condition, {1: algebra.const(number), 0: owner})
        if owner.values is None or condition.values is None:
            raise Stuck(f"{where(group[0].pc)}: paths join on too many bits")
        first = group[0]
        scratch, memory = _child(first.scratch), _child(first.memory)
        for side, into in (("scratch", scratch), ("memory", memory)):
            arrays = [getattr(path, side) for path in group]
            touched = {at for array in arrays if isinstance(array, Words) for at in array}
            for at in touched:
                options = {number: array[at] for number, array in enumerate(arrays)}
                if len(set(options.values())) > 1:
                    into[at] = algebra.switch(owner, options)
                else:
                    into[at] = options[0]
        if self.keep_log:
            turn = self.log[-1].turn
            self.log.append(Joined(turn, first.pc, dict(scratch), dict(memory)))
        return Path(first.pc, condition, scratch, memory, first.cycles)

    def _settle(self, path: Path) -> None:
        """The only path left is always taken; its words are written through."""
        path.condition = self.algebra.one
        for side in ("scratch", "memory"):
            array = getattr(path, side)
            if isinstance(array, Words):
                base = list(array.base)
                for at, term in array.items():
                    base[at] = term
                    self.loads.stored(at)
                setattr(path, side, base)


def _child(array: Array) -> Words:
    if isinstance(array, Words):
        return Words(array.base, array)
    return Words(array)
