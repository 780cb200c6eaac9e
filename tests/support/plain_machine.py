"""A second machine, written only from the specification and in another style.

It matches on names, one slot and one lane at a time, keeps its pending writes in dictionaries and
shares nothing with ``frozen``. It is the oracle of the differential tests and, being the style of
the public simulator, the opponent in ``benchmarks/frozen.py``.
"""

from collections.abc import Sequence
from typing import Self

from frozen.ops import Program

WORD = 2**32


class PlainError(Exception):
    """The program did something that the specification calls an error."""


class OutOfFuel(PlainError):
    """More bundles were executed than allowed."""


def arithmetic(name: str, a: int, b: int) -> int:
    match name:
        case "+":
            result = a + b
        case "-":
            result = a - b
        case "*":
            result = a * b
        case "//" | "cdiv" | "%" if b == 0:
            raise PlainError("division by zero")
        case "//":
            result = a // b
        case "cdiv":
            result = (a + b - 1) // b
        case "%":
            result = a % b
        case "^":
            result = a ^ b
        case "&":
            result = a & b
        case "|":
            result = a | b
        case "<<":
            result = a * 2**b if b < 32 else 0
        case ">>":
            result = a // 2**b if b < 32 else 0
        case "<":
            result = 1 if a < b else 0
        case "==":
            result = 1 if a == b else 0
        case _:
            raise PlainError(f"unknown op {name}")
    return result % WORD


class PlainMachine:
    """Runs one program on one memory image."""

    def __init__(self, program: Program, image: Sequence[int]) -> None:
        self.program = program
        self.memory = list(image)
        self.scratch = [0] * 1536
        self.pc = 0
        self.cycles = 0
        self.trace: list[int] = []
        self.running = True
        self.scratch_writes: dict[int, int] = {}
        self.memory_writes: dict[int, int] = {}

    def run(self, fuel: int) -> Self:
        while self.running and self.pc < len(self.program):
            if fuel == 0:
                raise OutOfFuel
            fuel -= 1
            bundle = self.program[self.pc]
            self.pc += 1
            if set(bundle) - {"debug"}:
                self.cycles += 1
            self.scratch_writes = {}
            self.memory_writes = {}
            for engine, slots in bundle.items():
                for slot in slots:
                    if engine != "debug":
                        getattr(self, engine)(*slot)
            for address, value in self.scratch_writes.items():
                self.scratch[address] = value % WORD
            for address, value in self.memory_writes.items():
                self.memory[address] = value
            if not 0 <= self.pc <= len(self.program):
                raise PlainError("jump out of the program")
        return self

    def fetch(self, address: int) -> int:
        if address >= len(self.memory):
            raise PlainError("outside memory")
        return self.memory[address]

    def keep(self, address: int, value: int) -> None:
        if address >= len(self.memory):
            raise PlainError("outside memory")
        self.memory_writes[address] = value

    def alu(self, name: str, dest: int, a: int, b: int) -> None:
        self.scratch_writes[dest] = arithmetic(name, self.scratch[a], self.scratch[b])

    def valu(self, name: str, dest: int, *sources: int) -> None:
        for lane in range(8):
            if name == "vbroadcast":
                value = self.scratch[sources[0]]
            elif name == "multiply_add":
                a, b, c = (self.scratch[source + lane] for source in sources)
                value = (a * b + c) % WORD
            else:
                a, b = (self.scratch[source + lane] for source in sources)
                value = arithmetic(name, a, b)
            self.scratch_writes[dest + lane] = value

    def load(self, name: str, dest: int, source: int, offset: int = 0) -> None:
        match name:
            case "const":
                self.scratch_writes[dest] = source % WORD
            case "load":
                self.scratch_writes[dest] = self.fetch(self.scratch[source])
            case "load_offset":
                self.scratch_writes[dest + offset] = self.fetch(self.scratch[source + offset])
            case "vload":
                for lane in range(8):
                    self.scratch_writes[dest + lane] = self.fetch(self.scratch[source] + lane)

    def store(self, name: str, address: int, source: int) -> None:
        lanes = 8 if name == "vstore" else 1
        for lane in range(lanes):
            self.keep(self.scratch[address] + lane, self.scratch[source + lane])

    def flow(self, name: str, *operands: int) -> None:
        scratch = self.scratch
        match name, operands:
            case "select", (dest, cond, a, b):
                self.scratch_writes[dest] = scratch[a] if scratch[cond] != 0 else scratch[b]
            case "vselect", (dest, cond, a, b):
                for lane in range(8):
                    chosen = a if scratch[cond + lane] != 0 else b
                    self.scratch_writes[dest + lane] = scratch[chosen + lane]
            case "add_imm", (dest, a, immediate):
                self.scratch_writes[dest] = (scratch[a] + immediate) % WORD
            case "halt", ():
                self.running = False
            case "pause", ():
                pass
            case "trace_write", (source,):
                self.trace.append(scratch[source])
            case "cond_jump", (cond, target):
                if scratch[cond] != 0:
                    self.pc = target
            case "cond_jump_rel", (cond, offset):
                if scratch[cond] != 0:
                    self.pc += offset
            case "jump", (target,):
                self.pc = target
            case "jump_indirect", (address,):
                self.pc = scratch[address]
            case "coreid", (dest,):
                self.scratch_writes[dest] = 0
