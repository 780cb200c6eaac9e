"""Stripping a program for shipping: no debug slots, no pauses, nothing empty, jumps re-targeted."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from frozen.errors import FrozenError
from frozen.ops import MASK, OPS, UNSHIPPED, Program, Slot
from frozen.program import check_program

from ..base.errors import Unreadable


class Stripped(NamedTuple):
    """The program that ships, how many slots and bundles were left out, how many filled."""

    program: list[dict[str, list[list[str | int]]]]
    slots_removed: int
    bundles_removed: int
    bundles_filled: int = 0


def _normal(slot: Slot) -> list[str | int]:
    """The slot as a list; immediates of 32-bit words as unsigned words (-1 is 4294967295)."""
    name, *operands = slot
    if name == "const":
        operands[1] = int(operands[1]) & MASK
    return [name, *operands]


def ships(engine: str, slot: Slot) -> bool:
    """Whether a slot stays in a shipped program."""
    return engine != "debug" and (engine, slot[0]) not in UNSHIPPED


def without_debug(program: Any) -> Any:
    """A program, not yet checked, without its debug slots.

    The challenge's machine skips them before it holds a bundle against its limits, so a bundle
    may have any number of them. What is no list of slots stays, for the check to refuse.
    """
    if not isinstance(program, list):
        return program
    return [
        {
            engine: slots
            for engine, slots in bundle.items()
            if engine != "debug" or not isinstance(slots, list | tuple)
        }
        if isinstance(bundle, Mapping)
        else bundle
        for bundle in program
    ]


def strip(program: Program) -> Stripped:
    """Leave out debug slots, pauses, trace writes and what they leave empty.

    Bundles that cost a cycle and do nothing go too. Every jump is re-targeted. The targets of
    ``jump_indirect`` cannot be, so in such a program nothing moves: what would be left empty is
    filled with a jump to the next bundle, which costs a cycle. Raises ``Unreadable`` with the
    bundle.
    """
    try:
        check_program(without_debug(program))
    except FrozenError as error:
        raise Unreadable(f"program: {error}") from None
    kept: list[dict[str, list[list[str | int]]]] = []
    numbers: list[int] = []  # old bundle number -> number of the first kept bundle at or after it
    removed_slots = filled = 0
    fixed = any(slot[0] == "jump_indirect" for b in program for slot in b.get("flow", ()))
    for number, bundle in enumerate(program):
        numbers.append(len(kept))
        engines = {
            engine: [_normal(slot) for slot in slots if ships(engine, slot)]
            for engine, slots in bundle.items()
        }
        removed_slots += sum(map(len, bundle.values())) - sum(map(len, engines.values()))
        engines = {engine: slots for engine, slots in engines.items() if slots}
        if fixed and not engines:
            engines = {"flow": [["jump", number + 1]]}
            filled += 1
        if engines:
            kept.append(engines)
    numbers.append(len(kept))
    removed = len(program) - len(kept)
    if removed:
        _retarget(program, kept, numbers)
    return Stripped(kept, removed_slots, removed, filled)


def _retarget(
    program: Program, kept: list[dict[str, list[list[str | int]]]], numbers: list[int]
) -> None:
    old_numbers = [old for old in range(len(program)) if numbers[old] < numbers[old + 1]]
    for old, bundle in zip(old_numbers, kept, strict=True):
        for slot in bundle.get("flow", ()):
            kinds = [kind for _, kind, _ in OPS["flow", str(slot[0])].operands]
            if "target" in kinds:
                slot[-1] = numbers[int(slot[-1])]
            elif slot[0] == "cond_jump_rel":
                target = old + 1 + int(slot[-1])
                if not 0 <= target <= len(program):
                    raise Unreadable(f"bundle {old}: cond_jump_rel leaves the program")
                slot[-1] = numbers[target] - (numbers[old] + 1)
