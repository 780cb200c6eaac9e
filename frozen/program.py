"""What a well-formed program is, and its digest.

``check_program`` holds any program against the machine (docs/spec.md, section 1); the simulator
and every analysis take their (op, slot) pairs from it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import NoReturn

from .errors import Malformed, where
from .ops import MASK, OPS, SCRATCH_SIZE, SLOT_LIMITS, Op, Program, Slot


def _bounds(op: Op) -> list[tuple[int, int]]:
    """The least and the greatest value of each operand, leaving displacements and targets aside."""
    return [
        (0, SCRATCH_SIZE - width) if width and not op.displaced else (-MASK - 1, MASK)
        for _, _, width in op.operands
    ]


_BOUNDS = {op: _bounds(op) for op in OPS.values()}


def _check_operands(op: Op, slot: Slot, end: int, bundle: int, index: int) -> None:
    bounds = _BOUNDS[op]
    if len(slot) != len(bounds) + 1:
        problem = f"takes {len(bounds)} operands, got {len(slot) - 1}"
        raise Malformed(f"{where(bundle, op.engine, index)}: {op.name} {problem}")
    for value, (low, high) in zip(slot[1:], bounds, strict=True):
        if type(value) is not int or not low <= value <= high:
            _refuse_operand(op, slot, bundle, index)
    if op.displaced:
        ends = [(words.start, words.stop) for words in op.reads(slot) + op.writes(slot)]
        if min(ends)[0] < 0 or max(ends)[1] > SCRATCH_SIZE:
            _refuse_operand(op, slot, bundle, index)
    if op.place == "pc" and op.operands and op.operands[-1].kind == "target":
        target = slot[-1]
        if type(target) is int and not 0 <= target <= end:
            problem = f"{op.name} target {target} is outside the program (0..{end})"
            raise Malformed(f"{where(bundle, op.engine, index, 'target')}: {problem}")


def _refuse_operand(op: Op, slot: Slot, bundle: int, index: int) -> NoReturn:
    """Say which operand is wrong, and how."""
    shift = slot[-1] if op.displaced and type(slot[-1]) is int else 0
    for (name, _, width), value in zip(op.operands, slot[1:], strict=True):
        at = f"{where(bundle, op.engine, index, name)}: {op.name}"
        if type(value) is not int:
            raise Malformed(f"{at} takes an integer, got {type(value).__name__}")
        if not -MASK - 1 <= value <= MASK:
            raise Malformed(f"{at} immediate {value} does not fit in 32 bits")
        first = value + shift
        if width and not 0 <= first <= SCRATCH_SIZE - width:
            words = f"{first}..{first + width - 1}" if width > 1 else f"{first}"
            raise Malformed(f"{at} word {words} is outside scratch (0..{SCRATCH_SIZE - 1})")
    raise RuntimeError(f"{where(bundle, op.engine, index)}: no operand is wrong")


def _check_writers(bundle: int, slots: Iterable[tuple[Op, Slot]]) -> None:
    owner: dict[int, str] = {}
    for op, slot in slots:
        for words in op.writes(slot):
            for word in words:
                first = owner.setdefault(word, op.engine)
                if first != op.engine:
                    raise Malformed(
                        f"{where(bundle)}: scratch word {word} is written by both"
                        f" {first} and {op.engine}; only one engine may write a word in a bundle"
                    )


def check_program(program: Program) -> list[list[tuple[Op, Slot]]]:
    """Hold a program against the machine; return each bundle's (op, slot) pairs in slot order.

    Debug slots are passed over. Raises ``Malformed`` at the first rule that is broken.
    """
    checked = []
    end = len(program)
    for number, bundle in enumerate(program):
        if not isinstance(bundle, Mapping):
            raise Malformed(f"{where(number)}: expected engines and slots, got {bundle!r:.40}")
        pairs: list[tuple[Op, Slot]] = []
        for engine, slots in bundle.items():
            if engine not in SLOT_LIMITS:
                raise Malformed(f"{where(number)}: unknown engine {engine!a:.40}")
            if not isinstance(slots, list | tuple):
                raise Malformed(f"{where(number, engine)}: expected a list of slots")
            if len(slots) > SLOT_LIMITS[engine]:
                raise Malformed(
                    f"{where(number, engine)}: {len(slots)} slots, limit {SLOT_LIMITS[engine]}"
                )
            if engine == "debug":
                continue
            for index, slot in enumerate(slots):
                if not isinstance(slot, list | tuple) or not slot or type(slot[0]) is not str:
                    raise Malformed(
                        f"{where(number, engine, index)}: a slot is an op's name and its operands"
                    )
                op = OPS.get((engine, slot[0]))
                if op is None:
                    raise Malformed(f"{where(number, engine, index)}: unknown op {slot[0]!a:.40}")
                _check_operands(op, slot, end, number, index)
                pairs.append((op, slot))
        if len(bundle) > 1:
            _check_writers(number, pairs)
        checked.append(pairs)
    return checked


def canonical(program: Program) -> bytes:
    """The RFC 8785 form of a checked program: its keys are ASCII, its numbers 32-bit integers."""
    return json.dumps(program, sort_keys=True, separators=(",", ":")).encode("ascii")


def program_digest(program: Program) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(program)).hexdigest()
