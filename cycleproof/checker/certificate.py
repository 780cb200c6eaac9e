"""The certificate, strictly decoded: a shared table of expressions, rows for bundles and joins.

The decoder settles what the document says, never whether it is true. Expressions may refer
only to earlier entries, so the table is acyclic by construction.
"""

from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, NoReturn

from frozen.artifact import parse_shape, read_json
from frozen.errors import Malformed
from frozen.ops import MASK, OPS, SCRATCH_SIZE, VLEN
from frozen.problem import HASH_STAGES, Shape

FORMAT = "cycleproof-certificate/1"
MAX_DEPTH = 200  # of an expression; far below the interpreter's own limit
STAGES = len(HASH_STAGES)
FIRST_LANE = 1 - VLEN  # lanes below 0 are idle: a vector's words before the first lane value
BINARY = tuple(name for engine, name in OPS if engine == "alu")

_ARITIES = {
    **dict.fromkeys(BINARY, (2, 2)),
    "+": (2, MASK),
    "^": (2, MASK),
    "M": (1, 1),
    "T": (2, MASK),
    "select": (3, 3),
    "=": (2, MASK),
}
_KEYS = {"format", "program_sha256", "problem", "cycles", "expressions", "rows"}


class Ref(NamedTuple):
    """An expression, said of one lane; ``lane`` is None exactly when it speaks of no lane."""

    expression: int
    lane: int | None

    @property
    def following(self) -> "list[Ref | None]":
        """What a vector holds whose first word this is, and whose lanes follow one another."""
        return _following(self)


@lru_cache(maxsize=1 << 16)
def _following(first: Ref) -> list[Ref | None]:
    number, lane = first
    return [first if lane is None else Ref(number, lane + k) for k in range(VLEN)]


class Expression(NamedTuple):
    """One entry of the table (``docs/certificate-format.md``).

    ``args``: entries for an operation, else plain numbers.
    """

    op: str
    args: tuple[int, ...]
    hole: bool  # whether it speaks of a lane that the reference to it names
    depth: int


class Join(NamedTuple):
    """What is claimed of words of paths that meet: raw items by scratch word and address."""

    scratch: dict[int, Any]
    memory: dict[int, Any]


class Certificate(NamedTuple):
    """A decoded certificate. ``rows`` hold raw items; the run reads each against its slot."""

    program_sha256: str
    shape: Shape
    cycles: int
    expressions: list[Expression]
    rows: list[list[Any] | Join]

    def refs(self, item: Any, width: int) -> list[Ref | None]:
        """What an item says of the ``width`` words of a slot; None where it claims nothing."""
        if isinstance(item, list) and len(item) == width == VLEN:
            return [self.refs(one, 1)[0] for one in item]
        if item is None:
            return [None] * width
        if isinstance(item, list) and len(item) == 2:
            number, lane = item
        else:
            number, lane = item, None
        if type(number) is not int or not 0 <= number < len(self.expressions):
            raise Malformed(f"item {item!a:.60} names no expression")
        if self.expressions[number].hole != (lane is not None):
            raise Malformed(f"item {item!a:.60} must name a lane exactly when its expression does")
        if lane is None:
            return [Ref(number, None)] * width
        if type(lane) is not int or not FIRST_LANE <= lane <= self.shape.batch_size - width:
            raise Malformed(f"item {item!a:.60}: no such lanes")
        if width == VLEN:
            return _following(Ref(number, lane))
        return [Ref(number, lane + k) for k in range(width)]


def _numbers(entry: list[Any], bounds: list[tuple[int, int]], refuse: Any) -> tuple[int, ...]:
    if len(entry) != len(bounds) + 1:
        refuse(f"takes {len(bounds)} numbers")
    for value, (low, high) in zip(entry[1:], bounds, strict=True):
        if type(value) is not int or not low <= value <= high:
            refuse(f"expected an integer in {low}..{high}, got {value!a:.40}")
    return tuple(entry[1:])


def _expression(entry: Any, table: list[Expression], shape: Shape) -> Expression:
    def refuse(problem: str) -> NoReturn:
        raise Malformed(f"expression {len(table)}, {entry!a:.60}: {problem}")

    if type(entry) is int:
        if not 0 <= entry <= MASK:
            refuse("a constant is a 32-bit word")
        return Expression("const", (entry,), False, 1)
    if not isinstance(entry, list) or not entry or type(entry[0]) is not str:
        refuse("expected a constant or an operation and its operands")
    op = entry[0]
    if op == "m":
        return Expression(op, _numbers(entry, [(0, shape.values_p - 1)], refuse), False, 1)
    if op in ("V", "N", "Q"):
        start = entry == ["V", -1, STAGES] or entry[:3] == ["V", -1, STAGES]
        bounds = [(-1 if start else 0, shape.rounds - 1)]
        bounds += [(0, STAGES)] * (op == "V")
        hole = len(entry) == len(bounds) + 1
        bounds += [(FIRST_LANE, shape.batch_size - 1)] * (not hole)
        return Expression(op, _numbers(entry, bounds, refuse), hole, 1)
    if op not in _ARITIES:
        refuse("unknown operation")
    low, high = _ARITIES[op]
    if not low <= len(entry) - 1 <= high:
        refuse("wrong number of operands")
    for value in entry[1:]:
        if type(value) is not int or not 0 <= value < len(table):
            refuse(f"operand {value!a:.40} is not an earlier expression")
        if table[value].op == "=":
            refuse(f"operand {value} is a chain of equalities, not a value")
    children = [table[value] for value in entry[1:]]
    depth = 1 + max(child.depth for child in children)
    if depth > MAX_DEPTH:
        refuse(f"deeper than {MAX_DEPTH}")
    return Expression(op, tuple(entry[1:]), any(child.hole for child in children), depth)


def _row(row: Any, number: int, shape: Shape) -> list[Any] | Join:
    if isinstance(row, list):
        return row
    sizes = {"scratch": SCRATCH_SIZE, "memory": shape.memory_size}
    if not isinstance(row, dict) or row.keys() != sizes.keys():
        raise Malformed(f"row {number}: expected items, or scratch and memory words of a join")
    for side, pairs in row.items():
        if not isinstance(pairs, list) or not all(
            isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is int for pair in pairs
        ):
            raise Malformed(f"row {number}, {side}: expected a list of [word, item]")
        if any(a >= b for a, b in pairwise([-1, *(word for word, _ in pairs), sizes[side]])):
            raise Malformed(f"row {number}, {side}: words must ascend, below {sizes[side]}")
    return Join(dict(row["scratch"]), dict(row["memory"]))


def decode(data: bytes) -> Certificate:
    """Decode a certificate of format 1. Raises ``Malformed`` with what is wrong and where."""
    document = read_json(data)
    if not isinstance(document, dict) or document.keys() != _KEYS:
        raise Malformed(f"certificate: expected an object with the keys {sorted(_KEYS)}")
    if document["format"] != FORMAT:
        raise Malformed(f"format: expected {FORMAT!r}, got {document['format']!a:.40}")
    if type(document["program_sha256"]) is not str:
        raise Malformed("program_sha256: expected a digest in hex")
    shape = parse_shape(document["problem"])
    cycles, rows = document["cycles"], document["rows"]
    if type(cycles) is not int or cycles < 0:
        raise Malformed(f"cycles: expected a count, got {cycles!a:.40}")
    if not isinstance(rows, list):
        raise Malformed("rows: expected a list")
    if not isinstance(document["expressions"], list):
        raise Malformed("expressions: expected a list")
    table: list[Expression] = []
    for entry in document["expressions"]:
        table.append(_expression(entry, table, shape))
    rows = [_row(row, number, shape) for number, row in enumerate(rows)]
    return Certificate(document["program_sha256"], shape, cycles, table, rows)
