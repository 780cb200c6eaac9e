"""Random programs of all ops, legal by construction, and a tiny kernel that is right.

The programs crowd a few scratch words, so that slots of one bundle read what others write, and
keep small numbers in some of them, so that most loads, stores and jumps stay inside.
"""

import random
from collections.abc import Sequence
from typing import Any

from frozen.errors import Malformed
from frozen.ops import OPS, SLOT_LIMITS, Op
from frozen.problem import FOREST_P, HASH_STAGES, Shape
from frozen.program import check_program

SMALL = Shape(3, 5, 4)
WORDS = 40  # scratch words in use; vectors start up to here
IMAGE = 96
EDGES = (0, 1, 2, 31, 32, 33, 2**31, 2**32 - 1)
ALL_OPS = sorted(OPS)
DIVISIONS = ("//", "cdiv", "%")

Bundles = list[dict[str, list[list[Any]]]]
"""A program to be changed in place. A slot has its op's name first, and then numbers: any words."""


def random_slot(draw: random.Random, op: Op, bundles: int) -> list[Any]:
    operands = []
    for _, kind, _ in op.operands:
        if kind == "target":
            operands.append(draw.randint(0, bundles))
        elif kind == "imm" and op.name == "cond_jump_rel":
            operands.append(draw.randint(-3, 5))
        elif kind == "imm" and op.displaced:
            operands.append(draw.randint(-2, 7))
        elif kind == "imm":
            small = draw.random() < 0.7
            operands.append(draw.randint(0, IMAGE - 9) if small else draw.choice(EDGES))
        else:
            operands.append(draw.randint(2, WORDS))
    return [op.name, *operands]


def random_program(
    draw: random.Random, ops: Sequence[tuple[str, str]] = ALL_OPS, bundles: int | None = None
) -> Bundles:
    """Between 1 and 30 bundles over ``ops``; most load small constants first.

    Three in four have no division: they nearly always divide by zero in the end.
    """
    bundles = bundles or draw.randint(1, 30)
    if draw.random() < 0.75:
        ops = [key for key in ops if key[1] not in DIVISIONS]
    program: Bundles = []
    for number in range(bundles):
        bundle: dict[str, list[list[Any]]] = {}
        if number < bundles * 2 // 3:
            bundle["load"] = [["const", draw.randint(0, WORDS + 8), draw.randint(0, IMAGE - 8)]]
        for _ in range(draw.choice((0, 1, 3, 8))):
            engine, name = draw.choice(ops)
            slots = bundle.setdefault(engine, [])
            if len(slots) == SLOT_LIMITS[engine]:
                continue
            slots.append(random_slot(draw, OPS[engine, name], bundles))
            try:
                check_program([*[{}] * number, bundle, *[{}] * (bundles - number - 1)])
            except Malformed:  # a word written by two engines
                slots.pop()
        program.append({engine: slots for engine, slots in bundle.items() if slots})
    return program


def random_image(draw: random.Random) -> list[int]:
    return [
        draw.choice((draw.randint(0, IMAGE), draw.getrandbits(32), draw.choice(EDGES)))
        for _ in range(IMAGE)
    ]


def scalar_kernel(shape: Shape) -> Bundles:
    """A right kernel for any shape: one lane after the other, one slot a bundle.

    Scratch: 0 zero, 1 one, 2 two, 3 index, 4 value, 5..7 temporaries, 8 n_nodes, from 16 on
    the hash's constants.
    """
    program: Bundles = []

    def emit(engine: str, *slot: str | int) -> None:
        program.append({engine: [list(slot)]})

    emit("load", "const", 1, 1)
    emit("load", "const", 2, 2)
    emit("load", "const", 8, shape.n_nodes)
    emit("load", "const", 9, FOREST_P)
    for number, (_, constant, _, _, amount) in enumerate(HASH_STAGES):
        emit("load", "const", 16 + 2 * number, constant)
        emit("load", "const", 17 + 2 * number, amount)
    for lane in range(shape.batch_size):
        emit("load", "const", 10, shape.values_p + lane)
        emit("load", "load", 4, 10)
        emit("alu", "^", 3, 3, 3)
        for _ in range(shape.rounds):
            emit("alu", "+", 5, 9, 3)
            emit("load", "load", 5, 5)
            emit("alu", "^", 4, 4, 5)
            for number, (op1, _, op2, shift, _) in enumerate(HASH_STAGES):
                emit("alu", op1, 5, 4, 16 + 2 * number)
                emit("alu", shift, 6, 4, 17 + 2 * number)
                emit("alu", op2, 4, 5, 6)
            emit("alu", "%", 5, 4, 2)
            emit("alu", "+", 5, 5, 1)
            emit("alu", "*", 3, 3, 2)
            emit("alu", "+", 3, 3, 5)
            emit("alu", "<", 5, 3, 8)
            emit("alu", "*", 3, 3, 5)
        emit("store", "store", 10, 4)
    return program


def seeded(seed: int) -> random.Random:
    return random.Random(seed)
