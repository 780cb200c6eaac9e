"""One bundle run on terms: all its slots read the old state of a path, then all writes land."""

from collections.abc import Callable
from typing import NamedTuple

from frozen.errors import where
from frozen.ops import VLEN, Op, Program, Slot

from ...artifact.format import slots_of
from .. import semantics
from ..algebra import Algebra, Stuck
from ..fallback.sweep import Sweep
from ..terms import Term, TooLarge
from .log import Write
from .memory import Array, Memory, Path, Words


class Plan(NamedTuple):
    """How to run one op."""

    op: Op
    binary: Callable[[Term, Term], Term] | None
    value: semantics.Meaning | None
    address: semantics.Meaning | None


class _Stored(NamedTuple):
    """A term on its way from the word ``source`` of scratch to memory."""

    op: Op
    slot: Slot
    address: Term
    term: Term
    source: int


class Bundles:
    """Runs the bundles of one program, each on the path that is at it."""

    def __init__(self, algebra: Algebra, program: Program, sweep: Sweep | None = None) -> None:
        self.algebra = algebra
        self.checked = slots_of(program)
        self.cost = [int(any(engine != "debug" for engine in bundle)) for bundle in program]
        self.sweep = sweep
        self.plans = {op: self._plan(op) for op in semantics.all_rows()}
        self.lanes = [algebra.const(lane) for lane in range(VLEN)]
        self.memory = Memory(algebra)

    def _plan(self, op: Op) -> Plan:
        text = semantics.address_expression(op)
        address = semantics.meaning(self.algebra, op, text) if text else None
        binary = semantics.binary_op(self.algebra, op)
        plain = binary or not op.value or op.value.startswith("mem[")
        return Plan(op, binary, None if plain else semantics.meaning(self.algebra, op), address)

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
            return [self.memory.load(path, plan.address(env)) for env in envs]
        if plan.value is None:
            raise Stuck(f"{op.name} has no value")
        return [plan.value(env) for env in envs]

    def step(self, path: Path) -> tuple[Term, list[Write]]:
        """Run one bundle: the next program counter's term, and the writes. Raises ``Stuck``."""
        at = path.pc
        path.cycles += self.cost[at]
        following = self.algebra.const(at + 1)
        written: list[Write] = []
        stores: list[_Stored] = []
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
                        address = self.memory.selector(path, plan.address(env))
                        self.memory.in_range(path, address)
                        stores.append(_Stored(op, slot, address, env["src"], int(slot[2]) + lane))
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
        for each in stores:
            touched = self._store(path, each.address, each.term, each.source)
            if len(touched) > 1:
                terms = [path.memory[a] for a in touched]
                written.append(Write(each.op, each.slot, terms, touched))
        return following, written

    def _written(self, path: Path, plan: Plan, slot: Slot) -> Write:
        return Write(plan.op, slot, self._values(path, plan, slot))

    def _swept(self, sweep: Sweep, path: Path, write: Write) -> Write:
        """The write with each term replaced by the one that the sweep knows it to equal."""
        named = [
            sweep.named(write.op, self._environment(write.op, write.slot, path.scratch, lane), term)
            for lane, term in enumerate(write.terms)
        ]
        return write._replace(terms=named)

    def _store(self, path: Path, address: Term, term: Term, source: int) -> list[int]:
        """Store a term that lies at ``source`` in scratch; returns the words that may change."""
        return self.memory.store(path, address, term)
