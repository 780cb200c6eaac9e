"""The machine: a program is turned once into closures, then run on any number of images.

Each row of the op table becomes a maker of closures whose body is the row's own meaning, so the
simulator has no second statement of what an op does. A slot's closure only reads; the bundle's
writes land after all of its slots have read (spec, section 1).
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .decode import check_program
from .errors import Fault, OutOfFuel, where
from .ops import MASK, OPS, SCRATCH_SIZE, VLEN, Op, Program, Slot

DEFAULT_FUEL = 3_000_000  # executed bundles; four times the longest scalar program in bounds

Closure = Callable[..., Any]
Observer = Callable[[int, list[int], list[int]], None]
"""Called after every bundle with its number, the scratch and the memory (not to be changed)."""


class Run(NamedTuple):
    """One finished run: cycles, the final memory, how many stored words were overlapped."""

    cycles: int
    memory: list[int]
    overlaps: int
    trace: list[int]


def _vector(mem: list[int], at: int) -> list[int]:
    words = mem[at : at + VLEN]
    if len(words) != VLEN:
        raise IndexError
    return words


def _maker(op: Op) -> Callable[..., Closure]:
    """A function (scratch, memory, end, *operands) -> closure that computes the row's value.

    The closure of a store returns (address, words), that of a jump takes the pc.
    """
    value = op.value
    setup = ""
    for name, kind, width in op.operands:
        if op.displaced and width:
            setup += f" {name} += offset\n"
        if kind == "src" and width == 1:
            value = re.sub(rf"\b{name}\b", f"s[{name}]", value)
        elif kind == "src":
            setup += f" {name}_ = slice({name}, {name} + {VLEN})\n"
    vectors = [name for name, kind, width in op.operands if kind == "src" and width == VLEN]
    loop = f"for ({', '.join(vectors)},) in zip({', '.join(f's[{v}_]' for v in vectors)})"
    wide = any(kind == "dest" and width == VLEN for _, kind, width in op.operands)
    if op.place == "mem[addr]":
        body = f"lambda: (s[addr], [{value}])"
    elif op.place == "mem[addr + lane]":
        body = "lambda: (s[addr], s[src_])"
    elif op.place == "pc":
        body = f"lambda pc: {value}"
    elif value.startswith("mem[") and wide:
        body = "lambda: vector(mem, s[addr])"
    elif vectors:
        body = f"lambda: [({value}) & {MASK} {loop}]"
    elif wide:
        body = f"lambda: [({value}) & {MASK}] * {VLEN}"
    else:
        body = f"lambda: ({value or '0'}) & {MASK}"
    names = ", ".join(operand.name for operand in op.operands)
    scope: dict[str, Any] = {"vector": _vector}
    exec(f"def make(s, mem, end, {names}):\n{setup} return {body}\n", scope)
    return scope["make"]  # type: ignore[no-any-return]


_MAKERS = {op: _maker(op) for op in OPS.values()}


class _Step(NamedTuple):
    """One bundle, compiled. ``dests`` takes what ``reads`` compute, in slot order."""

    cost: int
    reads: list[Closure]
    dests: list[int | slice]
    stores: list[Closure]
    traces: list[Closure]
    jump: Closure | None


class Machine:
    """A program made ready to run. Raises ``Malformed`` if it breaks a rule of the machine."""

    def __init__(self, program: Program) -> None:
        self._scratch = [0] * SCRATCH_SIZE
        self._memory: list[int] = []
        self._checked = check_program(program)
        self._steps = [
            self._compile(int(any(engine != "debug" for engine in bundle)), slots)
            for bundle, slots in zip(program, self._checked, strict=True)
        ]

    def _closure(self, op: Op, slot: Slot) -> Closure:
        return _MAKERS[op](self._scratch, self._memory, len(self._checked), *slot[1:])

    def _compile(self, cost: int, slots: Sequence[tuple[Op, Slot]]) -> _Step:
        reads, stores, traces, jump = [], [], [], None
        dests: list[int | slice] = []
        for op, slot in slots:
            closure = self._closure(op, slot)
            if op.place == "dest":
                (words,) = op.writes(slot)
                reads.append(closure)
                dests.append(words.start if len(words) == 1 else slice(words.start, words.stop))
            elif op.place.startswith("mem"):
                stores.append(closure)
            elif op.place == "trace":
                traces.append(closure)
            elif op.place == "pc":
                jump = closure
        return _Step(cost, reads, dests, stores, traces, jump)

    def run(
        self, image: Sequence[int], fuel: int = DEFAULT_FUEL, observe: Observer | None = None
    ) -> Run:
        """Run on one memory image of unsigned words, scratch zeroed.

        ``fuel`` bounds the executed bundles. Raises ``Fault``, naming bundle, engine, slot and
        operand, on an access outside memory, a division by zero, a jump out of the program or
        empty fuel.
        """
        scratch, memory, steps = self._scratch, self._memory, self._steps
        scratch[:] = [0] * SCRATCH_SIZE
        memory[:] = image
        size, end = len(memory), len(steps)
        cycles = overlaps = pc = 0
        trace: list[int] = []
        while pc < end:
            if not fuel:
                raise OutOfFuel(f"{where(pc)}: out of fuel after {cycles} cycles; does it end?")
            fuel -= 1
            at = pc
            cost, reads, dests, stores, traces, jump = steps[pc]
            cycles += cost
            pc += 1
            try:
                values = [read() for read in reads]
                writes = [store() for store in stores]
                if traces:
                    trace += [read() for read in traces]
                if jump:
                    pc = jump(pc)
            except (IndexError, ZeroDivisionError):
                raise self._fault(at) from None
            for dest, value in zip(dests, values, strict=True):
                scratch[dest] = value
            for address, words in writes:
                if address + len(words) > size:
                    raise self._store_fault(at, writes, size)
                memory[address : address + len(words)] = words
            if len(writes) > 1:
                overlaps += _overlap(writes)
            if not 0 <= pc <= end:
                raise Fault(f"{where(at, 'flow', 0)}: jump to {pc}, outside the program (0..{end})")
            if observe:
                observe(at, scratch, memory)
        return Run(cycles, list(memory), overlaps, trace)

    def _fault(self, bundle: int) -> Fault:
        """Name the slot that failed: the writes have not landed, so each can be asked again."""
        index: dict[str, int] = {}
        for op, slot in self._checked[bundle]:
            slot_number = index.setdefault(op.engine, 0)
            index[op.engine] += 1
            if op.place == "pc":
                continue
            try:
                self._closure(op, slot)()
            except ZeroDivisionError:
                return Fault(f"{where(bundle, op.engine, slot_number, 'b')}: division by zero")
            except IndexError:
                shift = int(slot[-1]) if op.displaced else 0
                address = self._scratch[int(slot[2]) + shift]
                return _outside(bundle, op, slot_number, address, len(self._memory))
        raise RuntimeError(f"{where(bundle)}: no slot fails on its own")

    def _store_fault(
        self, bundle: int, writes: Sequence[tuple[int, list[int]]], size: int
    ) -> Fault:
        stores = [op for op, _ in self._checked[bundle] if op.engine == "store"]
        for number, (op, (address, words)) in enumerate(zip(stores, writes, strict=True)):
            if address + len(words) > size:
                return _outside(bundle, op, number, address, size)
        raise RuntimeError(f"{where(bundle)}: no store fails on its own")


def _outside(bundle: int, op: Op, number: int, address: int, size: int) -> Fault:
    return Fault(
        f"{where(bundle, op.engine, number, 'addr')}: {op.name} at {address},"
        f" outside memory (0..{size - 1})"
    )


def _overlap(writes: Sequence[tuple[int, list[int]]]) -> int:
    """How many memory words one bundle's stores write more than once."""
    words = [address + i for address, row in writes for i in range(len(row))]
    return len(words) - len(set(words))
