"""Many inputs at once: a straight-line program run on numpy arrays, one column an input.

Only for studies, where thousands of runs are wanted; no verdict rests on it.
"""

from collections.abc import Callable, Sequence

import numpy as np

from frozen.ops import SCRATCH_SIZE, VLEN, Program
from frozen.problem import HASH_STAGES, Inputs, Shape, memory_image
from frozen.program import check_program

Words = np.ndarray
BINARY: dict[str, Callable[[Words, Words], Words]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "//": np.floor_divide,
    "cdiv": lambda a, b: a // b + (a % b != 0),
    "%": np.remainder,
    "^": np.bitwise_xor,
    "&": np.bitwise_and,
    "|": np.bitwise_or,
    "<<": lambda a, b: np.where(b < 32, a << (b & 31), 0),
    ">>": lambda a, b: np.where(b < 32, a >> (b & 31), 0),
    "<": np.less,
    "==": np.equal,
}


def images(shape: Shape, inputs: Sequence[Inputs]) -> Words:
    """Memory images as columns."""
    return np.array([memory_image(shape, one) for one in inputs], dtype=np.uint32).T.copy()


def run(program: Program, memory: Words) -> Words:
    """Run a program without jumps; ``memory`` (words × inputs) is changed and returned."""
    count = memory.shape[1]
    columns = np.arange(count)
    s = np.zeros((SCRATCH_SIZE, count), dtype=np.uint32)
    for slots in check_program(program):
        writes, stores = [], []
        for op, (name, *operands) in slots:
            args = [int(each) for each in operands]
            width = op.operands[0].width if op.operands else 0
            at = slice(args[0], args[0] + width) if args else slice(0)
            if op.engine in ("alu", "valu") and name in BINARY:
                a, b = (s[x : x + width] for x in args[1:])
                writes.append((at, BINARY[str(name)](a, b)))
            elif name == "multiply_add":
                a, b, c = (s[x : x + width] for x in args[1:])
                writes.append((at, a * b + c))
            elif name == "vbroadcast":
                writes.append((at, np.repeat(s[args[1] : args[1] + 1], VLEN, axis=0)))
            elif name in ("load", "vload"):
                rows = s[args[1]][None, :] + np.arange(width, dtype=np.uint32)[:, None]
                writes.append((at, memory[rows, columns]))
            elif name == "load_offset":
                word = args[0] + args[2]
                writes.append((slice(word, word + 1), memory[s[args[1] + args[2]], columns][None]))
            elif name == "const":
                writes.append((at, np.full((1, count), np.uint32(args[1] & 0xFFFFFFFF))))
            elif name in ("select", "vselect"):
                c, a, b = (s[x : x + width] for x in args[1:])
                writes.append((at, np.where(c != 0, a, b)))
            elif name == "add_imm":
                value = np.uint32(args[2] & 0xFFFFFFFF)
                writes.append((at, s[args[1] : args[1] + 1] + value))
            elif name == "coreid":
                writes.append((at, np.zeros((1, count), dtype=np.uint32)))
            elif name in ("store", "vstore"):
                width = op.operands[1].width
                rows = s[args[0]][None, :] + np.arange(width, dtype=np.uint32)[:, None]
                stores.append((rows, s[args[1] : args[1] + width].copy()))
            elif name == "halt":
                return memory
            else:
                raise NotImplementedError(f"{name}: the batch runs only straight-line programs")
        for at, words in writes:
            s[at] = words
        for rows, words in stores:
            memory[rows, columns] = words
    return memory


def reference(shape: Shape, memory: Words) -> Words:
    """The reference's output words (lanes × inputs)."""
    count = memory.shape[1]
    columns = np.arange(count)
    values = memory[shape.values_p : shape.memory_size].copy()
    index = np.zeros_like(values)
    for _ in range(shape.rounds):
        values ^= memory[index + np.uint32(7), columns]
        for op1, constant, op2, shift, amount in HASH_STAGES:
            left = BINARY[op1](values, np.full_like(values, constant))
            right = BINARY[shift](values, np.full_like(values, amount))
            values = BINARY[op2](left, right).astype(np.uint32)
        index = index * 2 + 1 + (values & 1)
        index = np.where(index >= shape.n_nodes, 0, index).astype(np.uint32)
    return values
