"""One run of a program, seen bundle by bundle."""

from __future__ import annotations  # array[int] is a type from Python 3.12 on

from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from frozen.artifact import Artifact
from frozen.errors import Fault
from frozen.harness import compare
from frozen.machine import Machine
from frozen.ops import SCRATCH_SIZE, Op, Slot
from frozen.problem import Inputs, memory_image
from frozen.program import check_program

from ..base.errors import Unreadable
from . import Pairs

# An analysis keeps something for each slot that ran; the starter program needs 147,732.
MAX_CYCLES = 500_000


class Step(NamedTuple):
    """One executed bundle: scratch as its slots read it, and as it is afterwards."""

    bundle: int
    slots: Pairs
    before: Sequence[int]
    after: Sequence[int]


class Execution(NamedTuple):
    """Which bundles ran, in order (every bundle of an artifact costs one cycle)."""

    order: array[int]
    bundles: list[Pairs]  # those that ran, one entry per cycle
    addresses: array[int]  # of every access to memory, in slot order; see ``accesses``
    answer: dict[str, Any]  # the run held against the reference; see ``frozen.harness.compare``


def accesses(op: Op) -> int:
    """How many memory words a slot of this row touches, from the address in its first source."""
    if not (op.place.startswith("mem") or op.value.startswith("mem[")):
        return 0
    return max(operand.width for operand in op.operands)


def address_of(op: Op, slot: Slot, scratch: Sequence[int]) -> int:
    """The address of a slot that touches memory, from scratch as it reads it."""
    return scratch[op.reads(slot)[0].start]


def is_store(op: Op) -> bool:
    """Whether a slot of this row writes memory."""
    return op.place.startswith("mem")


def execute(
    artifact: Artifact, inputs: Inputs, watch: Callable[[Step], None] | None = None
) -> Execution:
    """Run a decoded artifact once, handing every executed bundle to ``watch``.

    Raises ``Unreadable`` where the run faults or does not end in ``MAX_CYCLES``: then there is no
    whole schedule to look at.
    """
    checked = check_program(artifact.program)
    order, addresses = array("I"), array("I")
    before = [0] * SCRATCH_SIZE
    touching = [[pair for pair in slots if accesses(pair[0])] for slots in checked]

    def observe(bundle: int, scratch: list[int], _memory: list[int]) -> None:
        order.append(bundle)
        for op, slot in touching[bundle]:
            addresses.append(address_of(op, slot, before))
        if watch is not None:
            watch(Step(bundle, checked[bundle], before, scratch))
        before[:] = scratch

    try:
        machine = Machine(artifact.program)
        run = machine.run(memory_image(artifact.shape, inputs), MAX_CYCLES, observe)
    except Fault as fault:
        hint = "`cycleproof show --bundle N` disassembles a bundle all the same"
        raise Unreadable(f"the run faults: {fault}", hint) from None
    answer = compare(artifact.shape, inputs, run)
    return Execution(order, [checked[bundle] for bundle in order], addresses, answer)
