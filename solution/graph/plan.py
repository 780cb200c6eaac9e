"""The plan: which strategy serves which level, and what the memory holds.

A strategy that does not fit the shape is replaced by a more general one, and a note says so.
"""

from collections.abc import Sequence
from typing import NamedTuple

from frozen.ops import VLEN
from frozen.problem import FOREST_P, Shape

from . import forked, tables
from .options import Options
from .tables import RecordTable, Table


class Plan(NamedTuple):
    """``tables``: record tables, first level first. ``buffer_addresses``: of the store buffers.

    ``second_copy``: of the first table, for all descents but the first. It lies where the last
    groups' indices go, so the other groups can store theirs while it is in use.

    ``groups``: the first lane of each group of VLEN (negative where the batch is smaller than a
    group: its lanes end at the batch's end). ``select``: the last selected level. ``via``: VLEN
    words through which constants become vectors, none if empty: the first group's values, which
    are in scratch by then, and come back after them.
    """

    tables: Sequence[RecordTable]
    second_copy: Table | None
    buffer_addresses: list[int]
    groups: list[int]
    select: int
    via: range


def make(shape: Shape, options: Options, notes: list[str]) -> Plan:
    """The plan for a shape; every fallback adds a line to ``notes``."""
    height, _, batch = shape
    select = min(options.select, height)
    groups = list(range(0, batch - VLEN + 1, VLEN))
    if batch % VLEN:
        groups.append(batch - VLEN)
        notes.append(
            f"batch {batch} is no multiple of {VLEN}: the last group overlaps its neighbour"
            if batch > VLEN
            else f"batch {batch} is smaller than {VLEN}: one group with idle lanes"
        )
    if options.select > height:
        notes.append(f"selected levels end at {height}, the lowest")
    levels = [level for level in options.pairs if level + 1 <= min(height, shape.rounds - 1)]
    if len(levels) < len(options.pairs):
        notes.append(f"record pairs {list(options.pairs[len(levels) :])}: no such levels in a walk")
    found, second_copy, buffers = _laid_out(shape, options, levels)
    if levels and not found:
        notes.append(f"record pairs {levels}: no room in memory; the levels are fetched in place")
    via = range(shape.values_p, shape.values_p + VLEN) if options.stored else range(0)
    if via and groups[0] < 0:  # else words before the values would be written, too
        via = range(0)
        notes.append("stored constants: the batch is smaller than a group; they are broadcast")
    return Plan(found, second_copy, buffers, groups, select, via)


def _laid_out(
    shape: Shape, options: Options, levels: list[int]
) -> tuple[Sequence[RecordTable], Table | None, list[int]]:
    """Tables, the first one's second copy, and buffers, in the memory of indices and tree.

    Two tables lie among the indices, a third one over the upper levels of the tree themselves.
    Fetches in place and tables over the tree exclude each other, so the third table may only
    cover levels that are all served from tables or scratch: up to its own second one.
    """
    if not levels:
        return [], None, []
    at, end = shape.indices_p, shape.values_p
    second_copy = None
    found: list[Table] = []
    if options.indices and shape.rounds > shape.forest_height + 1:
        end -= 4 << levels[0]
        second_copy = tables.plain(levels[0], end)
    if _may_fork(shape, options, levels) and at + forked.SIZE <= end:
        room = at + forked.SIZE
        if room + VLEN * options.buffer_count > end:
            return [], None, []
        all_three = forked.tables(at, tables.plain(forked.LINEAR, 0))
        return all_three, second_copy, list(range(room, room + VLEN * options.buffer_count, VLEN))
    if options.nested and len(levels) > 1:
        found += tables.nested(levels[0], at)
    else:
        for level in levels[:2]:
            found.append(tables.plain(level, at))
            at = found[-1].words.stop
    for level in levels[2:]:
        table = tables.plain(level, 0)
        if len(levels) > 3 or table.words.stop > FOREST_P + (1 << (level + 2)) - 1:
            return [], None, []
        found.append(table)
    room = found[min(len(levels), 2) - 1].words.stop
    first = end - VLEN * options.buffer_count if second_copy else room
    if first < room or first + VLEN * options.buffer_count > end:
        return [], None, []
    return found, second_copy, list(range(first, first + VLEN * options.buffer_count, VLEN))


def _may_fork(shape: Shape, options: Options, levels: list[int]) -> bool:
    """Forked tables take all three pairs, and their bits make no final index.

    With indices, the last descent needs a second copy of the first table, and must end before
    the second pair.
    """
    last = shape.rounds - shape.forest_height - 1
    ends_apart = not options.indices or 0 < last <= forked.INNER
    return options.forked and len(levels) == len(options.pairs) and ends_apart
