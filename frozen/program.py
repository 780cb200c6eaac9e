"""What a well-formed program is, and its digest.

``check_program`` holds any program against the machine (docs/spec.md, section 1); the simulator
and every analysis take their (op, slot) pairs from it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

from .errors import Malformed, where
from .ops import MASK, OPS, SCRATCH_SIZE, SLOT_LIMITS, Op, Program, Slot


def _bounds(op: Op, end: int = 0, shift: int = 0) -> list[tuple[int, int, str, str]]:
    """The least and the greatest value of each operand, what that is, and the operand's name.

    ``end`` is the last target; ``shift`` is added to each scratch address.
    """
    fixed = {"imm": (-MASK - 1, MASK, "an integer"), "target": (0, end, "a bundle")}
    return [
        (*fixed.get(kind, (-shift, SCRATCH_SIZE - width - shift, "a scratch word")), name)
        for name, kind, width in op.operands
    ]


_BOUNDS = {op: _bounds(op) for op in OPS.values()}


def _check_operands(op: Op, slot: Slot, end: int, bundle: int, index: int) -> None:
    if len(slot) != len(op.operands) + 1:
        problem = f"takes {len(op.operands)} operands, got {len(slot) - 1}"
        raise Malformed(f"{where(bundle, op.engine, index)}: {op.name} {problem}")
    bounds = _BOUNDS[op]
    if op.displaced or op.place == "pc":
        bounds = _bounds(op, end, slot[-1] if op.displaced and type(slot[-1]) is int else 0)
    for value, (low, high, what, name) in zip(slot[1:], bounds, strict=True):
        if type(value) is not int or not low <= value <= high:
            got = value if type(value) is int else type(value).__name__
            problem = f"{op.name} takes {what} in {low}..{high}, got {got}"
            raise Malformed(f"{where(bundle, op.engine, index, name)}: {problem}")


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
