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
_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "cdiv": lambda a, b: -(-a // b),
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
    """Runs a program on a memory image; ``mem`` and ``cycle`` hold the outcome."""

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
        self.enable_pause = True
        self.enable_debug = True

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
                core.pc += 1
                self._step(core, bundle)
                counted |= any(engine != "debug" for engine in bundle)
            self.cycle += counted

    def _step(self, core: Core, bundle: Mapping[Any, Any]) -> None:
        """All slots read the old state; then all writes land, in slot order."""
        words: list[tuple[int, int]] = []
        stores: list[tuple[int, int]] = []
        for engine, slots in bundle.items():
            for slot in slots:
                if engine == "debug":
                    if self.enable_debug:
                        self._compare(core, slot)
                elif engine == "store":
                    stores += self._store(core, *slot)
                elif engine == "load":
                    words += self._load(core, *slot)
                elif engine == "flow":
                    words += self._flow(core, *slot)
                else:
                    words += self._compute(core, engine, *slot)
        for dest, value in words:
            core.scratch[dest] = value % _WORD
        for address, value in stores:
            self.mem[address] = value

    @staticmethod
    def _compute(
        core: Core, engine: str, name: str, dest: int, *sources: int
    ) -> list[tuple[int, int]]:
        s = core.scratch
        if name == "vbroadcast":
            return [(dest + lane, s[sources[0]]) for lane in range(VLEN)]
        if name == "multiply_add":
            a, b, c = sources
            return [(dest + i, s[a + i] * s[b + i] + s[c + i]) for i in range(VLEN)]
        a, b = sources
        function = _ARITHMETIC[name]
        lanes = VLEN if engine == "valu" else 1
        return [(dest + i, function(s[a + i], s[b + i])) for i in range(lanes)]

    def _load(
        self, core: Core, name: str, dest: int, source: int, offset: int = 0
    ) -> list[tuple[int, int]]:
        if name == "const":
            return [(dest, source)]
        if name == "vload":
            start = core.scratch[source]
            return [(dest + lane, self.mem[start + lane]) for lane in range(VLEN)]
        if name in ("load", "load_offset"):
            return [(dest + offset, self.mem[core.scratch[source + offset]])]
        raise ValueError(f"unknown load op {name!r}")

    @staticmethod
    def _store(core: Core, name: str, address: int, source: int) -> list[tuple[int, int]]:
        lanes = {"store": 1, "vstore": VLEN}[name]
        start = core.scratch[address]
        return [(start + lane, core.scratch[source + lane]) for lane in range(lanes)]

    def _flow(self, core: Core, name: str, *operands: int) -> list[tuple[int, int]]:
        s = core.scratch
        match name, operands:
            case "select", (dest, cond, a, b):
                return [(dest, s[a] if s[cond] else s[b])]
            case "vselect", (dest, cond, a, b):
                lanes = range(VLEN)
                return [(dest + i, s[a + i] if s[cond + i] else s[b + i]) for i in lanes]
            case "add_imm", (dest, a, immediate):
                return [(dest, s[a] + immediate)]
            case "coreid", (dest,):
                return [(dest, core.id)]
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
        return []

    def _compare(self, core: Core, slot: Sequence[Any]) -> None:
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
    """A batch of lanes: where each stands, its value, and the rounds to go."""

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
    for op1, constant, op2, shift, amount in HASH_STAGES:
        left = _ARITHMETIC[op1](a, constant) % _WORD
        right = _ARITHMETIC[shift](a, amount) % _WORD
        a = _ARITHMETIC[op2](left, right) % _WORD
    return a


def _walk(
    tree: Sequence[int], index: int, value: int, trace: dict[Any, int], key: tuple[int, int]
) -> tuple[int, int]:
    """One round of one lane; every value that a debug slot may ask for goes into ``trace``."""
    trace[*key, "idx"], trace[*key, "val"] = index, value
    trace[*key, "node_val"] = tree[index]
    value ^= tree[index]
    for stage, (op1, constant, op2, shift, amount) in enumerate(HASH_STAGES):
        left = _ARITHMETIC[op1](value, constant) % _WORD
        right = _ARITHMETIC[shift](value, amount) % _WORD
        value = trace[*key, "hash_stage", stage] = _ARITHMETIC[op2](left, right) % _WORD
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
    """The same on a memory image, in place; yields it before the first and after the last round.

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
