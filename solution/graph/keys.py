"""Priorities: one integer per op, smaller is more urgent, in quarters of a cycle.

The plain ones stagger the groups: each starts a fixed time after the one before, so that at any
time some groups select, some fetch and all hash. What groups share is due just before its first
use. A *hints* file replaces them by keys that a search has found.
"""

from ..errors import BadRecipe
from . import kinds
from .core.justify import QUANTUM
from .ir import Graph, Op

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
LINE = 120
LIMIT = len(DIGITS) ** 2


def plain(graph: Graph, cycles: int, stagger: int) -> list[int]:
    """Keys for about ``cycles`` cycles; a walk lasts ``stagger`` percent of its critical path."""
    n = len(graph.ops)
    depth = [0] * n
    length: dict[int, int] = {}
    for number, op in enumerate(graph.ops):
        if op.group < 0:
            continue
        for pred in graph.preds[number]:
            before = graph.ops[pred]
            if before.group == op.group:
                depth[number] = max(depth[number], depth[pred] + _duration(before))
        length[op.group] = max(length.get(op.group, 0), depth[number] + 1)
    groups = len(length)
    far = (cycles + 1) * QUANTUM
    keys = [far] * n
    for number, op in enumerate(graph.ops):
        if op.group >= 0:
            walk = length[op.group] * stagger // 100
            begin = max(0, cycles - walk) * op.group // max(1, groups - 1)
            keys[number] = (begin * 100 + depth[number] * stagger) * QUANTUM // 100
    for number in range(n - 1, -1, -1):  # shared ops: as late as their users allow
        lead = _duration(graph.ops[number]) * QUANTUM
        for pred in graph.preds[number]:
            if graph.ops[pred].group < 0:
                keys[pred] = min(keys[pred], keys[number] - lead)
    lowest = min(keys, default=0)
    return [key - lowest for key in keys]


def _duration(op: Op) -> int:
    if op.kind == kinds.LOAD:
        return max(1, len(op.forms["load"]) // kinds.SLOTS[kinds.LOAD_ENGINE])
    return kinds.KINDS[op.kind].duration


def fit(keys: list[int]) -> list[int]:
    """The same priorities within what a hints file holds: shifted, and scaled if need be."""
    low = min(keys, default=0)
    span = max(keys, default=0) - low
    if span < LIMIT:
        return [key - low for key in keys]
    return [(key - low) * (LIMIT - 1) // span for key in keys]


def dump(keys: list[int]) -> str:
    """The text of a hints file: two digits a key, ops in graph order."""
    base = len(DIGITS)
    text = "".join(DIGITS[key // base] + DIGITS[key % base] for key in fit(keys))
    return "".join(text[at : at + LINE] + "\n" for at in range(0, len(text), LINE))


def load(text: str, count: int, name: str) -> list[int] | None:
    """Keys from a hints file; None if they are for another graph. Raises ``BadRecipe``."""
    digits = "".join(text.split())
    value = {digit: at for at, digit in enumerate(DIGITS)}
    try:
        row = [value[digit] for digit in digits]
    except KeyError as error:
        raise BadRecipe(f"{name}: unexpected character {error}") from None
    if len(row) != 2 * count:
        return None
    return [high * len(DIGITS) + low for high, low in zip(row[::2], row[1::2], strict=True)]
