"""The op table: every op of the machine once (docs/spec.md, section 1).

A row's ``meaning`` is one assignment in Python's own syntax over the names of its operands.
A source operand's name stands for the scratch word it addresses, or for one lane of it where the
operand covers VLEN words; ``lane`` is that lane's number; an immediate's name is its value. The
left side is ``dest``, a word of ``mem``, ``pc`` (already advanced) or the core's ``trace``.
Every word written is reduced modulo 2**32; every source word is unsigned. A division or a
remainder by zero is a fault of the program.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

VLEN = 8
SCRATCH_SIZE = 1536
MASK = 0xFFFFFFFF
SLOT_LIMITS: Mapping[str, int] = {
    "alu": 12,
    "valu": 6,
    "load": 2,
    "store": 2,
    "flow": 1,
    "debug": 64,
}
ENGINES = tuple(engine for engine in SLOT_LIMITS if engine != "debug")
"""The engines that a shipped program may name; ``debug`` is for development only."""
UNSHIPPED = frozenset({("flow", "pause"), ("flow", "trace_write")})
"""(engine, name) of the ops that serve a debugger: no shipped program holds them."""

Slot = Sequence[str | int]
"""An op's name, then its operands: ``("+", 8, 0, 1)``."""
Bundle = Mapping[str, Sequence[Slot]]
"""Engine to slots. All slots read the old state, then all writes land."""
Program = Sequence[Bundle]


class Operand(NamedTuple):
    """One operand of an op: how it is named, what it is, how many scratch words it covers."""

    name: str
    kind: str  # "dest", "src", "imm" or "target"
    width: int  # 1 or VLEN; 0 for an immediate ("imm", "target")


class Op(NamedTuple):
    """One row of the table: ``place`` becomes ``value``, the two sides of its meaning.

    ``displaced``: the last operand is added to each scratch address.
    """

    engine: str
    name: str
    operands: tuple[Operand, ...]
    place: str
    value: str
    displaced: bool

    @property
    def meaning(self) -> str:
        """The whole assignment; empty for an op that changes nothing."""
        return f"{self.place} = {self.value}" if self.place else ""

    def _ranges(self, slot: Slot, kind: str) -> list[range]:
        shift = int(slot[-1]) if self.displaced else 0
        return [
            range(int(at) + shift, int(at) + shift + operand.width)
            for operand, at in zip(self.operands, slot[1:], strict=True)
            if operand.kind == kind
        ]

    def reads(self, slot: Slot) -> list[range]:
        """The scratch words that ``slot`` reads, one range per source operand."""
        return self._ranges(slot, "src")

    def writes(self, slot: Slot) -> list[range]:
        """The scratch words that ``slot`` writes: one range, or none."""
        return self._ranges(slot, "dest")


BINARY: Mapping[str, str] = {
    "+": "a + b",
    "-": "a - b",
    "*": "a * b",
    "//": "a // b",
    "cdiv": "-(-a // b)",
    "^": "a ^ b",
    "&": "a & b",
    "|": "a | b",
    "<<": "a << b if b < 32 else 0",
    ">>": "a >> b",
    "%": "a % b",
    "<": "a < b",
    "==": "a == b",
}
"""The value of each op of two operands, on alu and, lane by lane, on valu (section 1)."""

# engine, name, operands (kind:name; capitals cover VLEN words), meaning
_ROWS = [
    *(("alu", name, "d:dest s:a s:b", f"dest = {value}") for name, value in BINARY.items()),
    *(("valu", name, "D:dest S:a S:b", f"dest = {value}") for name, value in BINARY.items()),
    ("valu", "vbroadcast", "D:dest s:src", "dest = src"),
    ("valu", "multiply_add", "D:dest S:a S:b S:c", "dest = a * b + c"),
    ("load", "load", "d:dest s:addr", "dest = mem[addr]"),
    ("load", "load_offset", "d:dest s:addr i:offset", "dest = mem[addr]"),
    ("load", "vload", "D:dest s:addr", "dest = mem[addr + lane]"),
    ("load", "const", "d:dest i:value", "dest = value"),
    ("store", "store", "s:addr s:src", "mem[addr] = src"),
    ("store", "vstore", "s:addr S:src", "mem[addr + lane] = src"),
    ("flow", "select", "d:dest s:cond s:a s:b", "dest = a if cond else b"),
    ("flow", "vselect", "D:dest S:cond S:a S:b", "dest = a if cond else b"),
    ("flow", "add_imm", "d:dest s:a i:imm", "dest = a + imm"),
    ("flow", "halt", "", "pc = end"),
    ("flow", "pause", "", ""),
    ("flow", "trace_write", "s:src", "trace = src"),
    ("flow", "cond_jump", "s:cond t:target", "pc = target if cond else pc"),
    ("flow", "cond_jump_rel", "s:cond i:offset", "pc = pc + offset if cond else pc"),
    ("flow", "jump", "t:target", "pc = target"),
    ("flow", "jump_indirect", "s:addr", "pc = addr"),
    ("flow", "coreid", "d:dest", "dest = 0"),
]


_KINDS = {"d": "dest", "s": "src", "i": "imm", "t": "target"}


def _operand(text: str) -> Operand:
    kind, name = text.split(":")
    return Operand(name, _KINDS[kind.lower()], VLEN if kind.isupper() else int(kind in "ds"))


def _op(engine: str, name: str, operands: str, meaning: str) -> Op:
    place, _, value = meaning.partition(" = ")
    read = tuple(map(_operand, operands.split()))
    return Op(engine, name, read, place, value, displaced=name == "load_offset")


OPS: Mapping[tuple[str, str], Op] = {row[:2]: _op(*row) for row in _ROWS}
"""(engine, name) to row. Debug slots have no row: they never reach a judged program."""
