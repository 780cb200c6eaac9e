"""The certificate, strictly decoded: a shared table of expressions, rows for bundles and joins.

The decoder settles what the document says, never whether it is true. Expressions may refer
only to earlier entries, so the table is acyclic by construction. A decoded expression is a function
of the lanes that it speaks of, whether the document writes them out or not.
"""

from itertools import pairwise, product
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
    **dict.fromkeys(("+", "^", "T"), (2, MASK)),
    "M": (1, 1),
    "select": (3, 3),
}
_KINDS = {
    "program_sha256": (str, "a digest in hex"),
    "cycles": (int, "a count"),
    "expressions": (list, "a list"),
    "rows": (list, "a list"),
}
_KEYS = {"format", "problem", *_KINDS}
_Bounds = list[tuple[int, int]]


def first_lane(statement: Statement) -> int:
    """The first lane that has a name; an idle one has no start of its own, so no start index."""
    return 0 if statement.any_start else FIRST_LANE


def pairs(value: Any, size: int, at: str) -> list[tuple[int, Any]]:
    """Words and their items, as a join or a store lists them. Raises ``Malformed``."""
    if not isinstance(value, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is int for pair in value
    ):
        raise Malformed(f"{at}: expected a list of [word, item]")
    if any(a >= b for a, b in pairwise([-1, *(word for word, _ in value), size])):
        raise Malformed(f"{at}: words must ascend, below {size}")
    return [(word, item) for word, item in value]


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
    rows: list[Any]  # lists of items, and dicts of pairs for joins

    def refs(self, item: Any, width: int) -> list[Word]:
        """What an item says of the words of a slot; None: nothing. Raises ``Malformed``."""
        if item is None:
            return [None] * width
        if isinstance(item, list) and len(item) == width == VLEN:
            return [self.refs(one, 1)[0] for one in item]
        number, lane = item if isinstance(item, list) and len(item) == 2 else (item, None)
        if type(number) is not int or not 0 <= number < len(self.entries):
            raise Malformed(f"item {item!a:.60} names no expression")
        said = self.entries[number]
        if (None in said.lanes) != (lane is not None):
            raise Malformed(f"item {item!a:.60} must name a lane exactly when its expression does")
        if lane is None:
            return [said] * width
        first, last = first_lane(self.statement), self.shape.batch_size - width
        if type(lane) is not int or not first <= lane <= last:
            raise Malformed(f"item {item!a:.60}: no such lanes")
        if len(said.lanes) == 1 and width > 1:
            return following(Ref(said.expression, (lane,)), width)
        return [
            Ref(said.expression, tuple([lane + k if one is None else one for one in said.lanes]))
            for k in range(width)
        ]


def _words(shape: Shape, statement: Statement) -> dict[str, tuple[_Bounds, _Bounds]]:
    """What numbers a word of the reference takes, and what lanes."""
    rounds, lane = (0, shape.rounds - 1), (first_lane(statement), shape.batch_size - 1)
    words: dict[str, tuple[_Bounds, _Bounds]] = {
        "m": ([(0, shape.values_p - 1)], []),
        "V": ([(-1, shape.rounds - 1), (0, STAGES)], [lane]),
        "N": ([rounds], [lane]),
        "Q": ([rounds], [lane]),
    }
    return {**words, "I": ([(0, shape.rounds)], [lane])} if statement.any_start else words


def _entry(
    entry: Any,
    entries: list[Ref],
    expressions: Expressions,
    words: dict[str, tuple[_Bounds, _Bounds]],
) -> Ref:
    def refuse(problem: str) -> NoReturn:
        raise Malformed(f"expression {len(entries)}, {entry!a:.60}: {problem}")

    if type(entry) is int:
        if not 0 <= entry <= MASK:
            refuse("a constant is a 32-bit word")
        return expressions.constant(entry)
    if not isinstance(entry, list) or not entry or type(entry[0]) is not str:
        refuse("expected a constant or an operation and its operands")
    op, *args = entry
    if op in words:
        numbers, lanes = words[op]
        count, bounds = len(numbers), [*numbers, *lanes]
        if len(args) not in (count, len(bounds)):
            refuse(f"takes {count} numbers, or {len(bounds)} with a lane")
        for value, (low, high) in zip(args, bounds, strict=False):
            if type(value) is not int or not low <= value <= high:
                refuse(f"expected an integer in {low}..{high}, got {value!a:.40}")
        if args[0] == -1 and args[1] != STAGES:
            refuse(f"before the first round there is only stage {STAGES}")
        return expressions.word(
            op, tuple(args[:count]), tuple(args[count:]) or (None,) * len(lanes)
        )
    if op not in _ARITIES:
        refuse("unknown operation")
    low, high = _ARITIES[op]
    if not low <= len(args) <= high:
        refuse("wrong number of operands")
    for value in args:
        if type(value) is not int or not 0 <= value < len(entries):
            refuse(f"operand {value!a:.40} is not an earlier expression")
    operands = [entries[value] for value in args]
    said = expressions.picked(operands) if op == "T" else expressions.operation(op, operands)
    if expressions.table[said.expression].depth > MAX_DEPTH:
        refuse(f"deeper than {MAX_DEPTH}")
    if len(said.lanes) > MAX_LANES:
        refuse(f"speaks of more than {MAX_LANES} lanes")
    return said


def _checked(row: Any, number: int, shape: Shape) -> Any:
    if not isinstance(row, list):
        sizes = {"scratch": SCRATCH_SIZE, "memory": shape.memory_size}
        if not isinstance(row, dict) or row.keys() != sizes.keys():
            raise Malformed(f"row {number}: expected items, or scratch and memory words of a join")
        return {side: pairs(row[side], sizes[side], f"row {number}, {side}") for side in sizes}
    return row


def _statement(said: Any) -> Statement:
    for statement in map(Statement._make, product(*CHOICES.values())):
        if said == statement._asdict():
            return statement
    raise Malformed(f"statement: expected one of each of {CHOICES}, got {said!a:.60}")


def decode(data: bytes) -> Certificate:
    """Decode a certificate of format 2. Raises ``Malformed`` with what is wrong and where."""
    document = read_json(data)
    if not isinstance(document, dict) or document.keys() - {"statement"} != _KEYS:
        raise Malformed(f"certificate: expected an object with the keys {sorted(_KEYS)}")
    if document["format"] != FORMAT:
        raise Malformed(f"format: expected {FORMAT!r}, got {document['format']!a:.40}")
    for key, (kind, said) in _KINDS.items():
        if type(document[key]) is not kind or (kind is int and document[key] < 0):
            raise Malformed(f"{key}: expected {said}, got {document[key]!a:.40}")
    shape = parse_shape(document["problem"])
    statement = _statement(document.get("statement", JUDGED._asdict()))
    words, expressions, entries = _words(shape, statement), Expressions(), list[Ref]()
    for entry in document["expressions"]:
        entries.append(_entry(entry, entries, expressions, words))
    rows = [_checked(row, number, shape) for number, row in enumerate(document["rows"])]
    digest, cycles = document["program_sha256"], document["cycles"]
    return Certificate(digest, shape, statement, cycles, expressions, entries, rows)
