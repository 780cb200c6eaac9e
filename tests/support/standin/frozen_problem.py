"""A stand-in for the official simulator: the same public names, written only for these tests."""

import random
from dataclasses import dataclass, field

VLEN, N_CORES, SCRATCH_SIZE = 8, 1, 1536
SLOT_LIMITS = {"alu": 12, "valu": 6, "load": 2, "store": 2, "flow": 1, "debug": 64}
HASH_STAGES = [
    ("+", 0x7ED55D16, "+", "<<", 12),
    ("^", 0xC761C23C, "^", ">>", 19),
    ("+", 0x165667B1, "+", "<<", 5),
    ("+", 0xD3A2646C, "^", "<<", 9),
    ("+", 0xFD7046C5, "+", "<<", 3),
    ("^", 0xB55A4F09, "^", ">>", 16),
]
Engine = str


def calculate(op, a, b):
    if op == "<<":
        return (a << b) % 2**32 if b < 32 else 0
    table = {
        "+": a + b,
        "-": a - b,
        "*": a * b,
        "^": a ^ b,
        "&": a & b,
        "|": a | b,
        ">>": a >> b,
        "<": int(a < b),
        "==": int(a == b),
    }
    if op in table:
        return table[op] % 2**32
    return {"//": lambda: a // b, "%": lambda: a % b, "cdiv": lambda: (a + b - 1) // b}[op]()


@dataclass
class DebugInfo:
    scratch_map: dict


@dataclass
class Core:
    scratch: list
    pc: int = 0
    running: bool = True
    trace_buf: list = field(default_factory=list)


class Machine:
    def __init__(self, mem_dump, program, debug_info, n_cores=1, trace=False):
        self.mem = list(mem_dump)
        self.program = program
        self.debug_info = debug_info
        self.cores = [Core([0] * SCRATCH_SIZE) for _ in range(n_cores)]
        self.cycle = 0
        self.enable_pause = self.enable_debug = True

    def run(self):
        (core,) = self.cores
        while core.running and core.pc < len(self.program):
            bundle = self.program[core.pc]
            core.pc += 1
            self.step(core, bundle)
            self.cycle += any(engine != "debug" for engine in bundle)

    def step(self, core, bundle):
        scratch_writes, memory_writes = {}, {}
        for engine, slots in bundle.items():
            if len(slots) > SLOT_LIMITS[engine]:
                raise ValueError(engine)
            for slot in slots:
                if engine != "debug":
                    getattr(self, engine)(core, slot, scratch_writes, memory_writes)
        for address, word in scratch_writes.items():
            core.scratch[address] = word
        for address, word in memory_writes.items():
            self.mem[address] = word

    def alu(self, core, slot, writes, _memory):
        op, dest, a, b = slot
        writes[dest] = calculate(op, core.scratch[a], core.scratch[b])

    def valu(self, core, slot, writes, _memory):
        op, dest, *sources = slot
        for lane in range(VLEN):
            if op == "vbroadcast":
                writes[dest + lane] = core.scratch[sources[0]]
            elif op == "multiply_add":
                a, b, c = (core.scratch[source + lane] for source in sources)
                writes[dest + lane] = (a * b + c) % 2**32
            else:
                a, b = (core.scratch[source + lane] for source in sources)
                writes[dest + lane] = calculate(op, a, b)

    def load(self, core, slot, writes, _memory):
        op, dest, operand, *offset = slot
        if op == "const":
            writes[dest] = operand % 2**32
        elif op == "load":
            writes[dest] = self.mem[core.scratch[operand]]
        elif op == "load_offset":
            writes[dest + offset[0]] = self.mem[core.scratch[operand + offset[0]]]
        else:
            for lane in range(VLEN):
                writes[dest + lane] = self.mem[core.scratch[operand] + lane]

    def store(self, core, slot, _writes, memory):
        op, address, source = slot
        for lane in range(VLEN if op == "vstore" else 1):
            memory[core.scratch[address] + lane] = core.scratch[source + lane]

    def flow(self, core, slot, writes, _memory):
        op, *operands = slot
        word = core.scratch
        if op == "select":
            dest, cond, a, b = operands
            writes[dest] = word[a] if word[cond] else word[b]
        elif op == "vselect":
            dest, cond, a, b = operands
            for lane in range(VLEN):
                writes[dest + lane] = word[a + lane] if word[cond + lane] else word[b + lane]
        elif op == "add_imm":
            dest, a, immediate = operands
            writes[dest] = (word[a] + immediate) % 2**32
        elif op == "halt":
            core.running = False
        elif op == "cond_jump":
            core.pc = operands[1] if word[operands[0]] else core.pc
        elif op == "cond_jump_rel":
            core.pc += operands[1] if word[operands[0]] else 0
        elif op == "jump":
            core.pc = operands[0]
        elif op == "jump_indirect":
            core.pc = word[operands[0]]
        elif op == "coreid":
            writes[operands[0]] = 0


@dataclass
class Tree:
    height: int
    values: list

    @staticmethod
    def generate(height):
        return Tree(height, [random.randint(0, 2**30 - 1) for _ in range(2 ** (height + 1) - 1)])


@dataclass
class Input:
    indices: list
    values: list
    rounds: int

    @staticmethod
    def generate(_forest, batch_size, rounds):
        values = [random.randint(0, 2**30 - 1) for _ in range(batch_size)]
        return Input([0] * batch_size, values, rounds)


def build_mem_image(tree, inputs):
    nodes, lanes = len(tree.values), len(inputs.values)
    head = [inputs.rounds, nodes, lanes, tree.height, 7, 7 + nodes, 7 + nodes + lanes]
    return head + tree.values + inputs.indices + inputs.values


def myhash(a):
    for op1, constant, op2, shift, amount in HASH_STAGES:
        a = calculate(op2, calculate(op1, a, constant), calculate(shift, a, amount))
    return a


def reference_kernel2(mem):
    rounds, nodes, lanes, _, forest, indices, values = mem[:7]
    for _ in range(rounds):
        for lane in range(lanes):
            index = mem[indices + lane]
            mem[values + lane] = myhash(mem[values + lane] ^ mem[forest + index])
            index = 2 * index + 1 + mem[values + lane] % 2
            mem[indices + lane] = index if index < nodes else 0
    yield mem
