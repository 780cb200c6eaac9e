"""The ``problem`` module that a captured generator imports: the challenge's public names.

Handed over as text to the child that runs a generator; imports nothing of ours, and nothing of
ours imports it. ``Machine`` is a convenience for builders that simulate their own programs while
they search: it has no bearing on judging. Written from the machine's description (docs/isa.md).
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

Engine = Literal["alu", "load", "store", "flow", "valu", "debug"]
Instruction = dict[Engine, list[tuple[Any, ...]]]

VLEN = 8
N_CORES = 1
BASE_ADDR_TID = 100_000  # the first thread number of scratch words in a trace
SCRATCH_SIZE = 1536
SLOT_LIMITS = {"alu": 12, "valu": 6, "load": 2, "store": 2, "flow": 1, "debug": 64}
HASH_STAGES = [
    ("+", 0x7ED55D16, "+", "<<", 12),
    ("^", 0xC761C23C, "^", ">>", 19),
    ("+", 0x165667B1, "+", "<<", 5),
    ("+", 0xD3A2646C, "^", "<<", 9),
    ("+", 0xFD7046C5, "+", "<<", 3),
    ("^", 0xB55A4F09, "^", ">>", 16),
]
_WORD = 1 << 32


def cdiv(a: int, b: int) -> int:
    """Division rounded up."""
    return -(-a // b)


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "cdiv": cdiv,
    "^": lambda a, b: a ^ b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "<<": lambda a, b: a << b if b < 32 else 0,
    ">>": lambda a, b: a >> b,
    "%": lambda a, b: a % b,
    "<": lambda a, b: int(a < b),
    "==": lambda a, b: int(a == b),
}


class CoreState(Enum):
    """Whether a core goes on, waits for the next ``run()``, or has ended."""

    RUNNING = 1
    PAUSED = 2
    STOPPED = 3


@dataclass
class Core:
    """One core's registers."""

    id: int
    scratch: list[int]
    trace_buf: list[int] = field(default_factory=list)
    pc: int = 0
    state: CoreState = CoreState.RUNNING


@dataclass
class DebugInfo:
    """Names of scratch words: address to (name, length)."""

    scratch_map: dict[int, tuple[str, int]]


class Machine:
    """Runs a program on a memory image; ``mem`` and ``cycle`` hold the outcome.

    The methods named like an engine take a core and a slot; what they write lands at the end of
    ``step``. ``prints`` shows each bundle. No trace file is ever written, so ``trace`` is ``None``.
    """

    def __init__(
        self,
        mem_dump: Sequence[int],
        program: Sequence[Mapping[Any, Any]],
        debug_info: Any = None,
        n_cores: int = N_CORES,
        scratch_size: int = SCRATCH_SIZE,
        trace: bool = False,
        value_trace: Mapping[Any, int] | None = None,
    ) -> None:
        self.mem = list(mem_dump)
        self.program = program
        self.debug_info = debug_info
        self.cores = [Core(number, [0] * scratch_size) for number in range(n_cores)]
        self.value_trace = {} if value_trace is None else value_trace
        self.cycle = 0
        self.prints = False
        self.trace = None
        self.enable_pause = True
        self.enable_debug = True
        self.scratch_write: dict[int, int] = {}
        self.mem_write: dict[int, int] = {}

    def run(self) -> None:
        """Run until every core has paused or ended; a paused one goes on where it was."""
        for core in self.cores:
            if core.state is CoreState.PAUSED:
                core.state = CoreState.RUNNING
        while any(core.state is CoreState.RUNNING for core in self.cores):
            counted = False
            for core in self.cores:
                if core.state is not CoreState.RUNNING:
                    continue
                if core.pc >= len(self.program):
                    core.state = CoreState.STOPPED
                    continue
                bundle = self.program[core.pc]
                if self.prints:
                    print(core.pc, self.rewrite_instr(bundle))
                core.pc += 1
                self.step(bundle, core)
                counted |= any(engine != "debug" for engine in bundle)
            self.cycle += counted

    def step(self, instr: Mapping[Any, Any], core: Core) -> None:
        """One bundle: all slots read the old state; then all writes land, the last one wins."""
        self.scratch_write, self.mem_write = {}, {}
        for engine, slots in instr.items():
            if engine != "debug" or self.enable_debug:
                run = self._compare if engine == "debug" else getattr(self, engine)
                for slot in slots:
                    run(core, *slot)
        for dest, value in self.scratch_write.items():
            core.scratch[dest] = value
        for address, value in self.mem_write.items():
            self.mem[address] = value

    def scratch_map(self, core: Core) -> dict[str, list[int]]:
        """The words of every name in the debug info, now."""
        return {
            name: core.scratch[start : start + length]
            for start, (name, length) in self._names().items()
        }

    def rewrite_instr(self, instr: Mapping[Any, Any]) -> dict[Any, list[tuple[Any, ...]]]:
        """A bundle with names in place of the scratch addresses that have one."""
        names = self._names()
        return {
            engine: [
                tuple(names[word][0] if type(word) is int and word in names else word for word in s)
                for s in slots
            ]
            for engine, slots in instr.items()
        }

    def _names(self) -> dict[int, tuple[str, int]]:
        return getattr(self.debug_info, "scratch_map", None) or {}

    def _set(self, dest: int, value: int) -> None:
        self.scratch_write[dest] = value % _WORD

    def alu(self, core: Core, op: str, dest: int, a1: int, a2: int) -> None:
        """``dest = a1 op a2``."""
        self._set(dest, _ARITHMETIC[op](core.scratch[a1], core.scratch[a2]))

    def valu(self, core: Core, name: str, dest: int, *sources: int) -> None:
        """``alu`` in eight lanes; also vbroadcast and multiply_add."""
        s = core.scratch
        for lane in range(VLEN):
            match name, sources:
                case "vbroadcast", (source,):
                    self._set(dest + lane, s[source])
                case "multiply_add", (a, b, c):
                    self._set(dest + lane, s[a + lane] * s[b + lane] + s[c + lane])
                case _, (a, b):
                    self.alu(core, name, dest + lane, a + lane, b + lane)
                case _:
                    raise ValueError(f"unknown valu op {(name, dest, *sources)!r}")

    def load(self, core: Core, name: str, dest: int, source: int, offset: int = 0) -> None:
        """Memory, or an immediate, into scratch."""
        match name:
            case "const":
                self._set(dest, source)
            case "vload":
                start = core.scratch[source]
                for lane in range(VLEN):
                    self._set(dest + lane, self.mem[start + lane])
            case "load" | "load_offset":
                self._set(dest + offset, self.mem[core.scratch[source + offset]])
            case _:
                raise ValueError(f"unknown load op {name!r}")

    def store(self, core: Core, name: str, address: int, source: int) -> None:
        """Scratch into memory."""
        start = core.scratch[address]
        for lane in range({"store": 1, "vstore": VLEN}[name]):
            self.mem_write[start + lane] = core.scratch[source + lane]

    def flow(self, core: Core, name: str, *operands: int) -> None:
        """Selections, jumps and what ends or pauses a core."""
        s = core.scratch
        match name, operands:
            case "select", (dest, cond, a, b):
                self._set(dest, s[a] if s[cond] else s[b])
            case "vselect", (dest, cond, a, b):
                for i in range(VLEN):
                    self._set(dest + i, s[a + i] if s[cond + i] else s[b + i])
            case "add_imm", (dest, a, immediate):
                self._set(dest, s[a] + immediate)
            case "coreid", (dest,):
                self._set(dest, core.id)
            case "halt", ():
                core.state = CoreState.STOPPED
            case "pause", ():
                if self.enable_pause:
                    core.state = CoreState.PAUSED
            case "trace_write", (source,):
                core.trace_buf.append(s[source])
            case "jump", (target,):
                core.pc = target
            case "jump_indirect", (address,):
                core.pc = s[address]
            case "cond_jump", (cond, target):
                core.pc = target if s[cond] else core.pc
            case "cond_jump_rel", (cond, offset):
                core.pc += offset if s[cond] else 0
            case _:
                raise ValueError(f"unknown flow op {(name, *operands)!r}")

    def _compare(self, core: Core, *slot: Any) -> None:
        """Hold scratch against the traced values of the reference; other debug ops do nothing."""
        if slot[0] == "compare":
            keys, got = [slot[2]], core.scratch[slot[1] : slot[1] + 1]
        elif slot[0] == "vcompare":
            keys, got = list(slot[2]), core.scratch[slot[1] : slot[1] + VLEN]
        else:
            return
        expected = [self.value_trace[key] for key in keys]
        if got != expected:
            raise AssertionError(f"bundle {core.pc - 1}: {keys} are {got}, expected {expected}")


@dataclass
class Tree:
    """A perfect binary tree in heap order."""

    height: int
    values: list[int]

    @staticmethod
    def generate(height: int) -> "Tree":
        """A tree of random 30-bit values."""
        return Tree(height, [random.randint(0, 2**30 - 1) for _ in range(2 ** (height + 1) - 1)])


@dataclass
class Input:
    """A batch of lanes: each one's index and value, and the rounds to go."""

    indices: list[int]
    values: list[int]
    rounds: int

    @staticmethod
    def generate(forest: Tree, batch_size: int, rounds: int) -> "Input":  # noqa: ARG004
        """Lanes at the root with random 30-bit values."""
        values = [random.randint(0, 2**30 - 1) for _ in range(batch_size)]
        return Input([0] * batch_size, values, rounds)


def myhash(a: int) -> int:
    """The hash of one word."""
    return myhash_traced(a, {}, 0, 0)


def myhash_traced(a: int, trace: dict[Any, int], round: int, batch_i: int) -> int:  # noqa: A002
    """``myhash``; ``trace`` takes each stage's value under (round, lane, "hash_stage", stage)."""
    for stage, (op1, constant, op2, shift, amount) in enumerate(HASH_STAGES):
        left = _ARITHMETIC[op1](a, constant) % _WORD
        right = _ARITHMETIC[shift](a, amount) % _WORD
        a = trace[round, batch_i, "hash_stage", stage] = _ARITHMETIC[op2](left, right) % _WORD
    return a


def _walk(
    tree: Sequence[int], index: int, value: int, trace: dict[Any, int], key: tuple[int, int]
) -> tuple[int, int]:
    """One round of one lane; every value that a debug slot may ask for goes into ``trace``."""
    trace[*key, "idx"], trace[*key, "val"] = index, value
    trace[*key, "node_val"] = tree[index]
    value = myhash_traced(value ^ tree[index], trace, *key)
    trace[*key, "hashed_val"] = value
    index = trace[*key, "next_idx"] = 2 * index + (1 if value % 2 == 0 else 2)
    index = trace[*key, "wrapped_idx"] = 0 if index >= len(tree) else index
    return index, value


def reference_kernel(t: Tree, inp: Input) -> None:
    """Walk all lanes through all rounds, in place."""
    for r in range(inp.rounds):
        for i, (index, value) in enumerate(zip(inp.indices, inp.values, strict=True)):
            inp.indices[i], inp.values[i] = _walk(t.values, index, value, {}, (r, i))


def build_mem_image(t: Tree, inp: Input) -> list[int]:
    """Header of seven words, tree, indices, values."""
    n_nodes, batch = len(t.values), len(inp.values)
    indices_p = 7 + n_nodes
    header = [inp.rounds, n_nodes, batch, t.height, 7, indices_p, indices_p + batch]
    return [*header, *t.values, *inp.indices, *inp.values]


def reference_kernel2(mem: list[int], trace: dict[Any, int] | None = None) -> Iterator[list[int]]:
    """``reference_kernel`` on a memory image, in place; yields it before and after all rounds.

    ``trace`` takes the values of every lane and round under (round, lane, what).
    """
    trace = {} if trace is None else trace
    rounds, n_nodes, batch, _, forest_p, indices_p, values_p = mem[:7]
    yield mem
    for r in range(rounds):
        for i in range(batch):
            tree = mem[forest_p : forest_p + n_nodes]
            ends = _walk(tree, mem[indices_p + i], mem[values_p + i], trace, (r, i))
            mem[indices_p + i], mem[values_p + i] = ends
    yield mem
