"""The certificate, strictly decoded: a shared table of expressions, rows for bundles and joins.

The decoder settles what the document says, never whether it is true. Expressions may refer
only to earlier entries, so the table is acyclic by construction. A decoded expression is a function
of the lanes that it speaks of, whether the document writes them out or not.
"""

from itertools import pairwise
from typing import Any, NamedTuple, NoReturn

from frozen.artifact import parse_shape, read_json
from frozen.errors import Malformed
from frozen.ops import BINARY, MASK, SCRATCH_SIZE, VLEN
from frozen.problem import Shape

from ..base.statement import CHOICES, JUDGED, Statement
from .vocabulary import MAX_DEPTH, STAGES, Expressions, Ref, Word, following

FORMAT = "cycleproof-certificate/2"
MAX_LANES = 64  # that one expression speaks of
FIRST_LANE = 1 - VLEN  # lanes below 0 are idle: a vector's words before the first lane value

_ARITIES = {
    **dict.fromkeys(BINARY, (2, 2)),
    "+": (2, MASK),
    "^": (2, MASK),
    "M": (1, 1),
    "T": (2, MASK),
    "select": (3, 3),
}
_KEYS = {"format", "program_sha256", "problem", "cycles", "expressions", "rows"}


def first_lane(statement: Statement) -> int:
    """The first lane that has a name; an idle one has no start of its own, so no start index."""
    return 0 if statement.any_start else FIRST_LANE


class Join(NamedTuple):
    """What is claimed of words of paths that meet: raw items by scratch word and address."""

    scratch: dict[int, Any]
    memory: dict[int, Any]


class Certificate(NamedTuple):
    """A decoded certificate. ``rows`` hold raw items; the run reads each against its slot.

    ``entries``: for each entry of the document, what it says; None stands for the lane that an
    item names.
    """

    program_sha256: str
    shape: Shape
    statement: Statement
    cycles: int
    expressions: Expressions
    entries: list[Ref]
    rows: list[list[Any] | Join]

    def refs(self, item: Any, width: int) -> list[Word]:
        """What an item says of the ``width`` words of a slot; None where it claims nothing."""
        if isinstance(item, list) and len(item) == width == VLEN:
            return [self.refs(one, 1)[0] for one in item]
        if item is None:
            return [None] * width
        if isinstance(item, list) and len(item) == 2:
            number, lane = item
        else:
            number, lane = item, None
        if type(number) is not int or not 0 <= number < len(self.entries):
            raise Malformed(f"item {item!a:.60} names no expression")
        said = self.entries[number]
        if (None in said.lanes) != (lane is not None):
            raise Malformed(f"item {item!a:.60} must name a lane exactly when its expression does")
        if lane is None:
            return [said] * width
        first = first_lane(self.statement)
        if type(lane) is not int or not first <= lane <= self.shape.batch_size - width:
            raise Malformed(f"item {item!a:.60}: no such lanes")
        if width == VLEN and len(said.lanes) == 1:
            return following(Ref(said.expression, (lane,)), width)
        return [
            Ref(said.expression, tuple([lane + k if one is None else one for one in said.lanes]))
            for k in range(width)
        ]


def _numbers(entry: list[Any], bounds: list[tuple[int, int]], refuse: Any) -> tuple[int, ...]:
    if len(entry) != len(bounds) + 1:
        refuse(f"takes {len(bounds)} numbers")
    for value, (low, high) in zip(entry[1:], bounds, strict=True):
        if type(value) is not int or not low <= value <= high:
            refuse(f"expected an integer in {low}..{high}, got {value!a:.40}")
    return tuple(entry[1:])


def _entry(
    entry: Any,
    entries: list[Ref],
    expressions: Expressions,
    shape: Shape,
    statement: Statement,
) -> Ref:
    def refuse(problem: str) -> NoReturn:
        raise Malformed(f"expression {len(entries)}, {entry!a:.60}: {problem}")

    if type(entry) is int:
        if not 0 <= entry <= MASK:
            refuse("a constant is a 32-bit word")
        return expressions.word("const", (entry,))
    if not isinstance(entry, list) or not entry or type(entry[0]) is not str:
        refuse("expected a constant or an operation and its operands")
    op = entry[0]
    if op == "m":
        return expressions.word(op, _numbers(entry, [(0, shape.values_p - 1)], refuse))
    if op in ("V", "N", "Q") or (op == "I" and statement.any_start):
        start = entry == ["V", -1, STAGES] or entry[:3] == ["V", -1, STAGES]
        bounds = [(-1 if start else 0, shape.rounds - (op != "I"))]
        bounds += [(0, STAGES)] * (op == "V")
        count = len(bounds)
        bounds += [(first_lane(statement), shape.batch_size - 1)] * (len(entry) != count + 1)
        args = _numbers(entry, bounds, refuse)
        return expressions.word(op, args[:count], args[count:] or (None,))
    if op not in _ARITIES:
        refuse("unknown operation")
    low, high = _ARITIES[op]
    if not low <= len(entry) - 1 <= high:
        refuse("wrong number of operands")
    for value in entry[1:]:
        if type(value) is not int or not 0 <= value < len(entries):
            refuse(f"operand {value!a:.40} is not an earlier expression")
    operands = [entries[value] for value in entry[1:]]
    said = (
        expressions.picked(operands[0], operands[1:])
        if op == "T"
        else expressions.operation(op, operands)
    )
    if expressions.table[said.expression].depth > MAX_DEPTH:
        refuse(f"deeper than {MAX_DEPTH}")
    if len(said.lanes) > MAX_LANES:
        refuse(f"speaks of more than {MAX_LANES} lanes")
    return said


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


def _statement(said: Any) -> Statement:
    if not isinstance(said, dict) or said.keys() != CHOICES.keys():
        raise Malformed(f"statement: expected an object with the keys {sorted(CHOICES)}")
    for key, values in CHOICES.items():
        if said[key] not in values:
            raise Malformed(f"statement: {key}: expected one of {values}, got {said[key]!a:.40}")
    return Statement(**said)


def decode(data: bytes) -> Certificate:
    """Decode a certificate of format 2. Raises ``Malformed`` with what is wrong and where."""
    document = read_json(data)
    if not isinstance(document, dict) or document.keys() - {"statement"} != _KEYS:
        raise Malformed(f"certificate: expected an object with the keys {sorted(_KEYS)}")
    if document["format"] != FORMAT:
        raise Malformed(f"format: expected {FORMAT!r}, got {document['format']!a:.40}")
    if type(document["program_sha256"]) is not str:
        raise Malformed("program_sha256: expected a digest in hex")
    shape = parse_shape(document["problem"])
    statement = _statement(document.get("statement", JUDGED._asdict()))
    cycles, rows = document["cycles"], document["rows"]
    if type(cycles) is not int or cycles < 0:
        raise Malformed(f"cycles: expected a count, got {cycles!a:.40}")
    if not isinstance(rows, list):
        raise Malformed("rows: expected a list")
    if not isinstance(document["expressions"], list):
        raise Malformed("expressions: expected a list")
    expressions, entries = Expressions(), list[Ref]()
    for entry in document["expressions"]:
        entries.append(_entry(entry, entries, expressions, shape, statement))
    rows = [_row(row, number, shape) for number, row in enumerate(rows)]
    digest = document["program_sha256"]
    return Certificate(digest, shape, statement, cycles, expressions, entries, rows)
