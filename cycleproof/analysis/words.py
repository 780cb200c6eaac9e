"""The scratch words of slots as masks: bit i stands for word i."""

from frozen.ops import OPS, SCRATCH_SIZE, VLEN, Op, Slot

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


_READ, _WRITTEN = (
    {(op.engine, op.name): _operands(op, kind) for op in OPS.values()} for kind in ("src", "dest")
)


def read(op: Op, slot: Slot) -> int:
    """The scratch words that a slot reads."""
    return _mask(_READ[op.engine, op.name], op, slot)


def written(op: Op, slot: Slot) -> int:
    """The scratch words that a slot writes."""
    return _mask(_WRITTEN[op.engine, op.name], op, slot)


def _mask(operands: list[tuple[int, list[int]]], op: Op, slot: Slot) -> int:
    words = 0
    shift = int(slot[-1]) if op.displaced else 0
    for number, at in operands:
        words |= at[int(slot[number]) + shift]
    return words
