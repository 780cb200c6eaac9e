"""Footprints of slots: the scratch words that each reads and writes, as masks (bit i: word i)."""

from collections.abc import Sequence
from typing import NamedTuple

from frozen.ops import OPS, SCRATCH_SIZE, VLEN, Op

from . import Pairs

_AT = {  # the words of an operand, by its width and its scratch address
    width: [((1 << width) - 1) << at for at in range(SCRATCH_SIZE)] for width in (1, VLEN)
}


def _operands(op: Op, kind: str) -> list[tuple[int, list[int]]]:
    """Where in a slot the operands of a kind are, and their masks by scratch address."""
    return [
        (number, _AT[width])
        for number, (_, each, width) in enumerate(op.operands, start=1)
        if each == kind
    ]


_OPERANDS = {key: (_operands(op, "src"), _operands(op, "dest")) for key, op in OPS.items()}


class Footprint(NamedTuple):
    """The scratch words that a slot reads, and those that it writes."""

    read: int
    written: int


class _Known(dict[tuple[str | int, ...], Footprint]):
    """The words of a slot, by its engine and itself; those of equal slots are found once."""

    def __missing__(self, key: tuple[str | int, ...]) -> Footprint:
        engine, name, *values = key
        op = str(engine), str(name)
        shift = int(values[-1]) if OPS[op].displaced else 0
        masks = []
        for operands in _OPERANDS[op]:
            mask = 0
            for number, at in operands:
                mask |= at[int(key[number + 1]) + shift]
            masks.append(mask)
        words = self[key] = Footprint(*masks)
        return words


def footprints(bundles: Sequence[Pairs]) -> list[list[Footprint]]:
    """The words of each slot of each bundle."""
    known = _Known()
    return [[known[op.engine, *slot] for op, slot in slots] for slots in bundles]
