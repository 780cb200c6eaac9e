"""The machine: a program is turned once into closures, then run on any number of images.

Each row of the op table becomes makers of closures. Their body is the row's own meaning; only the
access to memory of ``vload`` and of the two stores is written here. All slots of a bundle read
before its writes land (docs/spec.md, section 1). Bundles up to the next jump form a block, whose
cost is known beforehand.
"""

import re
from collections.abc import Callable, Sequence
from operator import length_hint
from typing import Any, NamedTuple

from .errors import Fault, OutOfFuel, where
from .ops import MASK, OPS, SCRATCH_SIZE, VLEN, Op, Program, Slot
from .program import check_program

DEFAULT_FUEL = 1_000_000  # executed bundles; the longest scalar program in bounds takes 738,000

Closure = Callable[..., Any]
Pairs = Sequence[tuple[Op, Slot]]
Observer = Callable[[int, list[int], list[int]], None]
"""Called after every bundle with its number, the scratch and the memory (not to be changed)."""


class Run(NamedTuple):
    """One finished run: cycles, the final memory, what ``trace_write`` appended."""

    cycles: int
    memory: list[int]
    trace: list[int]


def _vector(mem: list[int], at: int) -> list[int]:
    words = mem[at : at + VLEN]
    if len(words) != VLEN:
        raise IndexError
    return words


def _makers(op: Op) -> tuple[Closure, Closure]:
    """Two functions (scratch, memory, end, *operands) -> closure, made from a row's meaning.

    The first makes a closure that answers the slot's value: words for ``dest``, (address, words)
    for memory, the next pc, given the pc, for a jump. The second makes one that also writes it
    to ``dest``; it serves bundles of one slot.
    """
    value, setup = op.value, ""
    for name, kind, width in op.operands:
        if op.displaced and width:
            setup += f" {name} += offset\n"
        if kind == "src" and width == 1:
            value = re.sub(rf"\b{name}\b", f"s[{name}]", value)
        elif width == VLEN:
            setup += f" {name}_ = slice({name}, {name} + {VLEN})\n"
    vectors = [name for name, kind, width in op.operands if kind == "src" and width == VLEN]
    wide = any(kind == "dest" and width == VLEN for _, kind, width in op.operands)
    if op.place == "mem[addr]":
        value = f"s[addr], [{value}]"
    elif op.place == "mem[addr + lane]":
        value = "s[addr], s[src_]"
    elif value.startswith("mem[") and wide:
        value = "vector(mem, s[addr])"
    elif vectors:
        sources = ", ".join(f"s[{name}_]" for name in vectors)
        value = f"[({value}) & {MASK} for ({', '.join(vectors)},) in zip({sources})]"
    elif wide:
        value = f"[({value}) & {MASK}] * {VLEN}"
    elif op.place in ("dest", "trace"):
        value = f"({value}) & {MASK}"
    names = ", ".join(["s", "mem", "end", *(operand.name for operand in op.operands)])
    parameter = "pc" if op.place == "pc" else ""
    text = f"def make({names}):\n{setup} return lambda {parameter}: ({value})\n"
    if op.place == "dest":
        text += f"def make_step({names}):\n{setup} def step(): s[dest{'_' * wide}] = {value}\n"
        text += " return step\n"
    scope: dict[str, Any] = {"vector": _vector, "make_step": None}
    exec(text, scope)
    return scope["make"], scope["make_step"]


_MAKERS = {op: _makers(op) for op in OPS.values() if op.place}


class _Block(NamedTuple):
    """Bundles from one that is entered up to the next that may jump, that one included."""

    steps: list[Closure]
    jump: Closure | None  # the last step, which takes the next pc and answers another
    cost: int


class Machine:
    """A program made ready to run. Raises ``Malformed`` if it breaks a rule of the machine."""

    def __init__(self, program: Program) -> None:
        self._scratch = [0] * SCRATCH_SIZE
        self._memory: list[int] = []
        self._trace: list[int] = []
        self._checked = check_program(program)
        self._costs = [int(any(engine != "debug" for engine in bundle)) for bundle in program]
        self._single: dict[tuple[str | int, ...], Closure] = {}
        self._steps = [self._step(slots) for slots in self._checked]
        self._jumps = [any(op.place == "pc" for op, _ in slots) for slots in self._checked]
        self._blocks: dict[int, _Block] = {}

    def _closure(self, op: Op, slot: Slot, step: bool = False) -> Closure:
        make: Closure = _MAKERS[op][step]
        closure: Closure = make(self._scratch, self._memory, len(self._checked), *slot[1:])
        return closure

    def _step(self, slots: Pairs) -> Closure:
        """One closure for a whole bundle; it takes and answers the pc if the bundle may jump."""
        if len(slots) == 1 and slots[0][0].place == "dest":
            op, slot = slots[0]
            key = (op.engine, *slot)
            if key not in self._single:  # scalar programs repeat a few slots very often
                self._single[key] = self._closure(op, slot, step=True)
            return self._single[key]
        scratch, memory = self._scratch, self._memory
        reads, stores, jump = [], [], None
        dests: list[int | slice | None] = []
        for op, slot in slots:
            if op.place == "dest":
                (words,) = op.writes(slot)
                dests.append(words.start if len(words) == 1 else slice(words.start, words.stop))
                reads.append(self._closure(op, slot))
            elif op.place == "trace":
                reads.append(self._closure(op, slot))
                dests.append(None)
            elif op.place == "pc":
                jump = self._closure(op, slot)
            elif op.place:
                stores.append(self._closure(op, slot))

        def step(pc: int = 0) -> int:
            values = [read() for read in reads]
            writes = [store() for store in stores]
            if jump:
                pc = jump(pc)
            for address, words in writes:
                if address + len(words) > len(memory):
                    raise IndexError
            for dest, value in zip(dests, values, strict=True):
                if dest is None:
                    self._trace.append(value)
                else:
                    scratch[dest] = value
            for address, words in writes:
                memory[address : address + len(words)] = words
            return pc

        return step

    def _block(self, start: int, most: int) -> _Block:
        stop = start
        while stop < min(len(self._steps), start + most):
            stop += 1
            if self._jumps[stop - 1]:
                break
        steps, cost = self._steps[start:stop], sum(self._costs[start:stop])
        return _Block(steps, steps.pop() if self._jumps[stop - 1] else None, cost)

    def run(
        self, image: Sequence[int], fuel: int = DEFAULT_FUEL, observe: Observer | None = None
    ) -> Run:
        """Run on one memory image of unsigned words, scratch zeroed.

        ``fuel`` bounds the executed bundles. Raises ``Fault``, naming bundle, engine, slot and
        operand, on an access outside memory, a division by zero or a jump out of the program,
        and ``OutOfFuel``.
        """
        self._scratch[:] = [0] * SCRATCH_SIZE
        self._memory[:] = image
        self._trace = []
        end = len(self._steps)
        cycles = pc = 0
        while pc < end:
            if not fuel:
                raise OutOfFuel(f"{where(pc)}: out of fuel after {cycles} cycles; does it end?")
            if observe or fuel < end:  # a block must not outrun the observer or the fuel
                block = self._block(pc, 1 if observe else fuel)
            elif pc in self._blocks:
                block = self._blocks[pc]
            else:
                block = self._blocks[pc] = self._block(pc, end)
            steps = iter(block.steps)
            at = pc + len(block.steps)  # the bundle that may jump, or the one after the block
            ran = False
            try:
                for step in steps:
                    step()
                ran = True
                pc = at if block.jump is None else block.jump(at + 1)
            except (IndexError, ZeroDivisionError):
                raise self._fault(at if ran else at - length_hint(steps) - 1) from None
            fuel -= len(block.steps) + (block.jump is not None)
            cycles += block.cost
            if not 0 <= pc <= end:
                raise Fault(f"{where(at, 'flow', 0)}: jump to {pc}, outside the program (0..{end})")
            if observe:
                observe(at if block.jump else at - 1, self._scratch, self._memory)
        return Run(cycles, list(self._memory), self._trace)

    def _fault(self, bundle: int) -> Fault:
        """Name the slot that failed: no write has landed, so each slot can be asked again."""
        index: dict[str, int] = {}
        size = len(self._memory)
        for op, slot in self._checked[bundle]:
            number = index[op.engine] = index.get(op.engine, -1) + 1
            if "mem" in op.meaning:
                at = self._scratch[op.reads(slot)[0].start]
                if at + max(operand.width for operand in op.operands) > size:
                    what = f"{op.name} at {at}, outside memory (0..{size - 1})"
                    return Fault(f"{where(bundle, op.engine, number, 'addr')}: {what}")
            elif op.place == "dest":
                try:
                    self._closure(op, slot)()
                except ZeroDivisionError:
                    return Fault(f"{where(bundle, op.engine, number, 'b')}: division by zero")
        raise RuntimeError(f"{where(bundle)}: no slot fails on its own")
