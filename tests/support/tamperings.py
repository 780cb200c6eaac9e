"""Ways to tamper with a certificate or a program; what they give may still be true.

Each changes the document or the program in place. It returns False where it does not apply, True
where its result is false for certain, and None where that is to be found out.
"""

import copy
import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from frozen.ops import MASK, OPS, VLEN
from frozen.problem import FOREST_P

BINARY = [name for engine, name in OPS if engine == "alu"]


Way = Callable[[random.Random, Any, Any], bool | None]


def _items(document: Any, keep: Callable[[Any], bool]) -> list[tuple[list[Any], int]]:
    """(container, position) of every item, and of every single word's item, that is kept."""
    found = []
    for row in document["rows"]:
        for at, item in enumerate(row):
            if isinstance(item, list) and len(item) == 8:
                found += [(item, k) for k, one in enumerate(item) if keep(one)]
            elif keep(item):
                found.append((row, at))
    return found


def _begins(number: int, item: Any) -> bool:
    return isinstance(item, list) and item[0] == number


def _entry(draw: random.Random, document: Any, ops: Sequence[str]) -> Any:
    table = document["expressions"]
    found = [e for e in table if isinstance(e, list) and e[0] in ops]
    return draw.choice(found) if found else None


def another_expression(draw: random.Random, document: Any, _: Any) -> bool | None:
    row, at = draw.choice(_items(document, lambda item: item is not None))
    other = draw.choice(_items(document, lambda item: isinstance(item, type(row[at]))))
    claim = other[0][other[1]]
    row[at] = claim if isinstance(claim, int) else [claim[0], row[at][1]]
    return None


def another_lane(draw: random.Random, document: Any, _: Any) -> bool | None:
    row, at = draw.choice(_items(document, lambda item: isinstance(item, list)))
    number, lane = row[at]
    row[at] = [number, max(1 - VLEN, lane + draw.choice([-8, -1, 1, 8]))]
    return None


def another_constant(draw: random.Random, document: Any, _: Any) -> bool | None:
    table = document["expressions"]
    at = draw.choice([n for n, entry in enumerate(table) if isinstance(entry, int)])
    table[at] ^= 1 << draw.randrange(32)
    return None


def another_name(draw: random.Random, document: Any, _: Any) -> bool | None:
    entry = _entry(draw, document, "VNQm")
    at = draw.randrange(1, len(entry))
    entry[at] += draw.choice([-1, 1])
    return None


def another_op(draw: random.Random, document: Any, _: Any) -> bool | None:
    entry = _entry(draw, document, BINARY)
    if entry is None:
        return False
    entry[0] = draw.choice([op for op in BINARY if op != entry[0]])
    return None


def other_operands(draw: random.Random, document: Any, _: Any) -> bool | None:
    entry = _entry(draw, document, [*BINARY, "select", "T", "M"])
    if entry is None:
        return False
    at = draw.randrange(1, len(entry))
    entry[at] = draw.randrange(document["expressions"].index(entry))
    return None


def confused_shifts(draw: random.Random, document: Any, _: Any) -> bool | None:
    """An annotator that takes one constant (a shift amount, a mask) for another, everywhere."""
    table = document["expressions"]
    constants = [n for n, entry in enumerate(table) if isinstance(entry, int) and entry < 33]
    one, other = draw.sample(constants, 2)
    table[one] = table[other]
    return None


def a_leaf_changed(draw: random.Random, document: Any, artifact: Any) -> bool | None:
    """A node written out as a table over its path bits, one leaf of it wrong."""
    table, shape = document["expressions"], artifact.shape
    nodes = [
        (n, e[1])
        for n, e in enumerate(table)
        if isinstance(e, list) and e[0] == "N" and e[1] % (shape.forest_height + 1)
    ]
    used = [(n, h, row, at) for n, h in nodes for row, at in _items(document, partial(_begins, n))]
    if not used:
        return False
    _, number, row, at = draw.choice(used)
    level = number % (shape.forest_height + 1)
    base = len(table)
    # index = sum of bits, the latest bit lowest; leaves in the tree's own order
    table += [["Q", number - level + i] for i in range(level)]
    table.append(2)
    index = base
    for i in range(1, level):
        table.append(["*", index, base + level])
        table.append(["+", len(table) - 1, base + i])
        index = len(table) - 1
    first = FOREST_P + (1 << level) - 1
    leaves = [first + i for i in range(1 << level)]
    leaves[draw.randrange(len(leaves))] = first - 1
    table += [["m", leaf] for leaf in leaves]
    start = len(table) - len(leaves)
    table.append(["T", index, *range(start, len(table))])
    row[at] = [len(table) - 1, row[at][1]]
    return True


def unclaimed(draw: random.Random, document: Any, _: Any) -> bool | None:
    """A live word is no longer claimed to be anything."""
    row, at = draw.choice(_items(document, lambda item: isinstance(item, list)))
    row[at] = None
    return True


def rows_changed(draw: random.Random, document: Any, _: Any) -> bool | None:
    rows = document["rows"]
    at = draw.randrange(len(rows) - 1)
    match draw.randrange(4):
        case 0:
            rows.pop(at)
        case 1:
            rows.insert(at, copy.deepcopy(rows[at]))
        case 2:
            rows[at], rows[at + 1] = rows[at + 1], rows[at]
        case 3:
            rows[at].reverse()
    return None


def head_changed(draw: random.Random, document: Any, _: Any) -> bool | None:
    match draw.randrange(4):
        case 0:
            digest = list(document["program_sha256"])
            digest[draw.randrange(64)] = "g"
            document["program_sha256"] = "".join(digest)
        case 1:
            key = draw.choice(list(document["problem"]))
            document["problem"][key] += draw.choice([-1, 1])
        case 2:
            document["cycles"] += draw.choice([-1, 1])
        case 3:
            key = draw.choice(list(document))
            document[key.upper()] = document.pop(key)
    return True


CERTIFICATES: dict[str, Way] = {
    "an item names another expression": another_expression,
    "an item names another lane": another_lane,
    "a constant with one bit flipped": another_constant,
    "a V, N, Q or m of another round, stage or address": another_name,
    "another op in an expression": another_op,
    "other operands in an expression": other_operands,
    "two small constants confused everywhere": confused_shifts,
    "a node written out with one leaf changed": a_leaf_changed,
    "a live word left unclaimed": unclaimed,
    "a row dropped, doubled, exchanged or reversed": rows_changed,
    "another digest, shape, count or key": head_changed,
}


def _slot(draw: random.Random, program: Any) -> tuple[Any, str, int]:
    bundle = draw.choice(program)
    engine = draw.choice(list(bundle))
    return bundle, engine, draw.randrange(len(bundle[engine]))


def _operand(draw: random.Random, program: Any, kind: str) -> tuple[Any, int] | None:
    bundle, engine, at = _slot(draw, program)
    slot = bundle[engine][at]
    op = OPS[engine, slot[0]]
    places = [n for n, operand in enumerate(op.operands, 1) if operand.kind == kind]
    return (slot, draw.choice(places)) if places else None


def wrong_op(draw: random.Random, _: Any, program: Any) -> bool | None:
    bundle, engine, at = _slot(draw, program)
    slot = bundle[engine][at]
    kin = [
        op.name
        for op in OPS.values()
        if op.engine == engine
        and op.name != slot[0]
        and [o.kind for o in op.operands] == [o.kind for o in OPS[engine, slot[0]].operands]
    ]
    if not kin:
        return False
    slot[0] = draw.choice(kin)
    return None


def wrong_address(kind: str) -> Way:
    def tamper(draw: random.Random, _: Any, program: Any) -> bool | None:
        found = _operand(draw, program, kind)
        if found is None:
            return False
        slot, at = found
        slot[at] += draw.choice([-8, -1, 1, 8])
        return None

    return tamper


def wrong_immediate(draw: random.Random, _: Any, program: Any) -> bool | None:
    found = _operand(draw, program, "imm")
    if found is None:
        return False
    slot, at = found
    slot[at] = (slot[at] ^ 1 << draw.randrange(32)) & MASK
    return None


def wrong_bundles(draw: random.Random, document: Any, program: Any) -> bool | None:
    at = draw.randrange(len(program) - 1)
    match draw.randrange(3):
        case 0:
            program[at], program[at + 1] = program[at + 1], program[at]
        case 1:
            program.pop(at)
        case 2:
            rows = document["rows"]
            program[at], program[at + 1] = program[at + 1], program[at]
            rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return None


ARTIFACTS: dict[str, Way] = {
    "another op in a slot": wrong_op,
    "another source": wrong_address("src"),
    "another destination": wrong_address("dest"),
    "an immediate with one bit flipped": wrong_immediate,
    "a bundle dropped, or two exchanged": wrong_bundles,
}
