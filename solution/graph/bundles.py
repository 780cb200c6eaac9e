"""A schedule becomes bundles: refs turn into scratch addresses, each slot keeps its label."""

from typing import NamedTuple

from frozen.ops import ENGINES, OPS, VLEN, Bundle, Program, Slot

from . import ir
from .ir import SPAN, Graph


class Schedule(NamedTuple):
    """``issued``: (cycle, engine, op) of every slot, in order.

    ``base``: each value's block or buffer. ``finish``: each op's last cycle.
    """

    cycles: int
    issued: list[tuple[int, int, int]]
    base: list[int]
    finish: list[int]


Labels = list[dict[str, list[str]]]
"""Parallel to a program: engine to one short label per slot."""


def addresses(graph: Graph, schedule: Schedule, first_block: int, buffers: list[int]) -> list[int]:
    """The scratch address of each value (of a buffer's addresses, for pool BUFFERS)."""
    return [
        value.base if value.base >= 0
        else buffers[base] if value.pool == ir.BUFFERS
        else first_block + VLEN * base
        for value, base in zip(graph.values, schedule.base, strict=True)
    ]  # fmt: skip


def make(
    graph: Graph, schedule: Schedule, first_block: int, buffers: list[int]
) -> tuple[Program, Labels]:
    """The program and a label for each of its slots."""
    home = addresses(graph, schedule, first_block, buffers)
    program: list[dict[str, list[Slot]]] = [{} for _ in range(schedule.cycles)]
    labels: Labels = [{} for _ in range(schedule.cycles)]
    units: dict[tuple[int, int], int] = {}
    for cycle, number, op in schedule.issued:
        engine = ENGINES[number]
        unit = units.get((op, number), 0)
        units[op, number] = unit + 1
        slot = graph.ops[op].forms[engine][unit]
        program[cycle].setdefault(engine, []).append(_addressed(engine, slot, home))
        labels[cycle].setdefault(engine, []).append(graph.ops[op].label)
    ordered: list[Bundle] = [
        {engine: bundle[engine] for engine in ENGINES if engine in bundle} for bundle in program
    ]
    return ordered, labels


def _addressed(engine: str, slot: Slot, home: list[int]) -> Slot:
    """The slot with scratch addresses in place of refs."""
    name = str(slot[0])
    row: list[str | int] = [name]
    for operand, ref in zip(OPS[engine, name].operands, slot[1:], strict=True):
        ref = int(ref)
        row.append(home[ref // SPAN] + ref % SPAN if operand.width else ref)
    return tuple(row)
