"""Programs as words, for the interpreter, and its image of one seed, with the machine in it."""

from typing import NamedTuple

from frozen.ops import MASK, SCRATCH_SIZE, SLOT_LIMITS, VLEN, Op, Program, Slot
from frozen.problem import Shape
from frozen.program import check_program

from .. import stream
from ..meaning import EXECUTED, place_of, width_of
from .harness import DRAWN
from .reference import Frame

RECORD = 6  # words of an encoded slot: op, where its result lands, dest, three more operands
ROW = 2  # words of a bundle's row
WORK, END, CYCLES = range(3)
"""Facts: slots and bundles that the last run executed; the program's bundles; its claim."""
LANDS = {("dest", 1): 1, ("dest", VLEN): 2, ("mem", 1): 3, ("mem", VLEN): 4}
"""Where a result lands, as encoded; 0 for a jump, whose result lands in the pc."""
NUMBERS = {op: number for number, op in enumerate(EXECUTED)}
"""The number of each op in the encoding."""


class Places(NamedTuple):
    """Where the parts of the machine lie in a seed's image, in words."""

    frame: Frame
    blank: int  # the memory image of inputs that are all 0
    memory: int
    scratch: int
    pending: int  # a bundle's results before they land, VLEN words for each slot
    address: int  # and where those of stores will land
    facts: int  # WORK, END, CYCLES
    bundles: int  # a row for each, the end included: the place of its first slot, its cycles
    # The slots' records follow the last row.


def encode(program: Program, bundles: int) -> list[int]:
    """A program as words that will lie at the place ``bundles``: rows, then records.

    Raises ``Malformed`` if it breaks a rule of the machine.
    """
    checked = check_program(program)
    rows: list[int] = []
    code: list[int] = []
    for number, (slots, engines) in enumerate(zip(checked, program, strict=True)):
        cycles = int(any(engine != "debug" for engine in engines))
        rows += [len(code), cycles]
        for op, slot in slots:
            if op in NUMBERS:
                code += _record(op, slot, number + 1, len(checked))
    rows += [len(code), 0]
    start = bundles + len(rows)
    rows[::ROW] = [start + place for place in rows[::ROW]]
    return rows + code


def _record(op: Op, slot: Slot, following: int, end: int) -> list[int]:
    shift = int(slot[-1]) if op.displaced else 0
    dest, others = 0, []
    for operand, word in zip(op.operands, slot[1:], strict=True):
        given = int(word)
        if op.place == "pc" and operand.kind == "imm" and not 0 <= following + given <= end:
            given = MASK - following  # a jump out of the program, whose target must not wrap
        if operand.kind == "dest":
            dest = given + shift
        else:
            others.append((given + shift if operand.width else given) & MASK)
    return [NUMBERS[op], _lands(op), dest, *others, *[0] * (RECORD - 3 - len(others))]


def _lands(op: Op) -> int:
    return LANDS.get((place_of(op), width_of(op)), 0)


def places(shape: Shape) -> Places:
    """The plan of an image, the same for all programs."""
    values_at = stream.tree_words(shape)
    spare = -(-(values_at + shape.batch_size) // 4) * 4
    slots = sum(limit for engine, limit in SLOT_LIMITS.items() if engine != "debug")
    at = [spare + DRAWN]
    for size in (shape.memory_size, shape.memory_size, SCRATCH_SIZE, slots * VLEN, slots, VLEN):
        at.append(at[-1] + -(-size // VLEN) * VLEN)
    return Places(Frame(shape, 0, values_at, spare, at[-2] + WORK), *at)
