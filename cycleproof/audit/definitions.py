"""A fact of a certificate as SMT-LIB 2 text, written by the definitions and by no rule.

The definitions are those of ``docs/certificate-format.md``: machine ops, the initial memory ``m``
as an uninterpreted function, and V, N, Q and I by the recurrence of the reference. A V or an I
below a chosen floor is a free word, which asks for more than the fact says. Nothing is simplified.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from frozen.problem import FOREST_P, HASH_STAGES

from ..checker.obligations import Equation, Fact, Membership, floors
from ..checker.vocabulary import POSITIONS, STAGES, Ref, Reference, own
from .script import HEAD, Script
from .smtlib import WORD, binary, literal

MAX_SCRIPTS = 6  # for one fact
SPLIT = 16  # lookups of more words are put address by address


@lru_cache(maxsize=1)
def root_rounds(reference: Reference) -> list[int]:
    """For each round the last round, itself included, at which every lane is at the root.

    The recurrence is run on the least and the greatest index that any path can have.
    """
    roots, low, high = [], 0, 0
    for number in range(reference.shape.rounds + 1):
        if high == 0:
            root = number
        roots.append(root)
        low, high = reference.next_index(low, 0), reference.next_index(high, 1)
    return roots


class _Writer:
    """Writes expressions as SMT-LIB terms; each shared part once, as a definition of its own."""

    def __init__(self, reference: Reference, floor: int) -> None:
        self.reference, self.floor = reference, floor
        self.lines: list[str] = []
        self.free: set[str] = set()  # the Vs and Is that are free words
        self._names: dict[tuple[object, ...], str] = {}

    def define(self, key: tuple[object, ...], name: str, body: Callable[[], str | None]) -> str:
        """The name of a definition, written when it is first met; a free word if no body."""
        if key not in self._names:
            text = body()
            self.lines.append(
                f"(define-fun {name} () {WORD} {text})"
                if text
                else f"(declare-const {name} {WORD})"
            )
            self._names[key] = name
        return self._names[key]

    def _define(self, prefix: str, body: str | None) -> str:
        return self.define((prefix, len(self.lines)), f"{prefix}{len(self.lines)}", lambda: body)

    def free_index(self) -> str:
        """A node's number of which nothing else is said."""
        return self._node_number(self.free_word("i"))

    def free_word(self, prefix: str) -> str:
        """A word of which nothing is said."""
        return self._define(prefix, None)

    def word(self, ref: Ref) -> str:
        """The term of an expression, said of lanes."""
        op, numbers, operands, *_ = self.reference.table[ref.expression]
        if op == "const":
            return literal(numbers[0])
        if op == "m":
            return self.initial(numbers[0])
        if not operands:
            return getattr(self, op)(*ref.lanes, *numbers)  # type: ignore[no-any-return]
        for inner in self._below(ref):
            name = "_".join([f"e{inner.expression}", *map(_lane, inner.lanes)])
            self.define(("e", *inner), name, lambda inner=inner: self._body(inner))  # type: ignore[misc]
        return self._names["e", *ref]

    def operands(self, ref: Ref) -> Sequence[Ref]:
        """The words that an operation is applied to: of a table, what it lists."""
        expressions = self.reference.expressions
        found = expressions.operands(ref)
        if self.reference.table[ref.expression].op in ("T", "lookup"):
            return [found[0], *expressions.operands(found[1])]
        return found

    def listed(self, ref: Ref) -> Sequence[int]:
        """The places at which the table of a T or a lookup lists its words."""
        _, table = self.reference.table[ref.expression].operands
        return self.reference.table[table.expression].numbers

    def _below(self, ref: Ref) -> list[Ref]:
        """What is to be defined for an operation, itself included, operands before it.

        They may be hundreds deep, so each is met with its own operands defined already.
        """
        table = self.reference.table
        found, stack = {ref}, [ref]
        while stack:
            operands = self.operands(stack.pop())
            new = {one for one in operands if table[one.expression].operands} - found
            found |= new
            stack += new
        return sorted(found)

    def _body(self, ref: Ref) -> str:
        op = self.reference.table[ref.expression].op
        first, *rest = [
            self._names.get(("e", *operand)) or self.word(operand) for operand in self.operands(ref)
        ]
        if op == "M":
            return self._initial_at(first)
        if op in ("T", "lookup"):
            # Of a lookup at another place nothing is said.
            result = literal(0) if op == "T" else self.free_word("outside")
            for place, word in zip(self.listed(ref), rest, strict=True):
                result = f"(ite (= {first} {literal(place)}) {word} {result})"
            return result
        return _applied(op, [first, *rest])

    def initial(self, address: int) -> str:
        """An initial memory word: header and indices are known, unless the statement says more.

        0 outside memory.
        """
        shape, said = self.reference.shape, self.reference.statement
        if address < FOREST_P and not said.any_header:
            return literal(self.reference.header[address])
        if shape.indices_p <= address < shape.values_p:
            return self.I(own(address - shape.indices_p), 0) if said.any_start else literal(0)
        return f"(m {literal(address)})" if address < shape.memory_size else literal(0)

    def _initial_at(self, address: str) -> str:
        """The initial word at an address that is an expression."""
        shape, said = self.reference.shape, self.reference.statement
        result = literal(0)
        index = f"(m {address})" if said.any_start else literal(0)
        known = () if said.any_header else enumerate(self.reference.header)
        for first, end, word in (
            (0, shape.memory_size, f"(m {address})"),
            (shape.indices_p, shape.values_p, index),
        ):
            inside = f"(and (bvule {literal(first)} {address}) (bvult {address} {literal(end)}))"
            result = f"(ite {inside} {word} {result})"
        if said.any_start:
            self.lines.append(f"(assert (=> {inside} {self._is_node(index)}))")
        for at, header in known:
            result = f"(ite (= {address} {literal(at)}) {literal(header)} {result})"
        return result

    def V(self, lane: int, number: int, stage: int) -> str:  # noqa: N802 - the vocabulary's name
        """The lane's value in round ``number`` after ``stage`` stages of the hash."""
        if number < 0 and lane < 0:
            return self.initial(self.reference.shape.values_p + own(lane))
        position = POSITIONS * number + stage
        name = f"V_{_lane(lane)}_{'start' if number < 0 else f'{number}_{stage}'}"
        if number < 0 or position <= self.floor:
            self.free.add(name)
            return self.define(("V", lane, position), name, lambda: None)
        return self.define(("V", lane, position), name, lambda: self._stage(lane, number, stage))

    def _stage(self, lane: int, number: int, stage: int) -> str:
        if stage == 0:
            return binary("^", self.V(lane, number - 1, STAGES), self.N(lane, number))
        op1, constant, op2, shift, amount = HASH_STAGES[stage - 1]
        a = self.V(lane, number, stage - 1)
        return binary(op2, binary(op1, a, literal(constant)), binary(shift, a, literal(amount)))

    def Q(self, lane: int, number: int) -> str:  # noqa: N802
        """The path bit: 1 goes right."""
        return binary("&", self.V(lane, number, STAGES), literal(1))

    def N(self, lane: int, number: int) -> str:  # noqa: N802
        """The node value: the tree word at the lane's index."""
        index = self.I(lane, number)
        body = f"(m {binary('+', literal(FOREST_P), index)})"
        return self.define(("N", lane, number), f"N_{_lane(lane)}_{number}", lambda: body)

    def I(self, lane: int, number: int) -> str:  # noqa: E743, N802
        """The index before a round, by the recurrence from the last round at the root.

        If lanes start anywhere: by the recurrence down to the floor, a node's number there.
        """
        any_start = self.reference.statement.any_start
        if not any_start and root_rounds(self.reference)[number] == number:
            return literal(0)
        if any_start and number == 0 and lane < 0:
            return self._node_number(f"(m {literal(self.reference.shape.indices_p + own(lane))})")
        name = f"index_{_lane(lane)}_{number}"
        if any_start and (number == 0 or POSITIONS * number <= self.floor):
            self.free.add(name)
            return self._node_number(self.define(("I", lane, number), name, lambda: None))
        return self.define(
            ("I", lane, number),
            name,
            lambda: self.next_index(self.I(lane, number - 1), self.Q(lane, number - 1)),
        )

    def _node_number(self, word: str) -> str:
        """Assert that ``word`` is a node's number, once; returns ``word``."""
        said = f"(assert {self._is_node(word)})"
        if said not in self.lines:
            self.lines.append(said)
        return word

    def _is_node(self, index: str) -> str:
        return f"(bvult {index} {literal(self.reference.shape.n_nodes)})"

    def next_index(self, index: str, bit: str) -> str:
        """The recurrence of the index."""
        after = f"(bvadd (bvadd (bvmul #x00000002 {index}) #x00000001) {bit})"
        past = f"(bvule {literal(self.reference.shape.n_nodes)} {after})"
        return f"(ite {past} #x00000000 {after})"


def _lane(lane: int) -> str:
    return f"l{lane}" if lane >= 0 else f"own{own(lane)}".replace("-", "_")


def _applied(op: str, args: Sequence[str]) -> str:
    if op == "select":
        condition, a, b = args
        return f"(ite (= {condition} #x00000000) {b} {a})"
    result = args[0]
    for arg in args[1:]:
        result = binary(op, result, arg)
    return result


def script(reference: Reference, fact: Fact, floor: int) -> tuple[Script, bool]:
    """The fact with every V after ``floor`` unfolded; whether its sides share the free Vs."""
    writer = _Writer(reference, floor)
    alike = True
    if isinstance(fact, Membership):
        condition = writer.word(fact.condition)
        outside = _outside(writer.word(fact.word), fact.words)
        cases: tuple[str, ...] = (f"(and (distinct {condition} #x00000000) {outside})",)
    elif is_split(reference, fact):
        cases = _split(writer, fact)
    else:
        condition, left = writer.word(fact.condition), writer.word(fact.left)
        seen, writer.free = writer.free, set()
        right = _Writer(reference, floor)
        right.word(fact.right)
        cases = (_differ(condition, left, writer.word(fact.right)),)
        alike = seen == right.free
    return Script(HEAD + "\n".join([*writer.lines, ""]), cases), alike


def is_split(reference: Reference, fact: Equation) -> bool:
    """Whether a fact is put address by address: what is loaded from one of many."""
    op, _, operands, *_ = reference.table[fact.left.expression]
    return op == "lookup" and len(reference.table[operands[1].expression].numbers) > SPLIT


def _differ(condition: str, left: str, right: str) -> str:
    """That two words are not the same, and a condition holds."""
    differ = f"(distinct {left} {right})"
    if condition == literal(1):
        return differ
    return f"(and (distinct {condition} #x00000000) {differ})"


def _split(writer: _Writer, fact: Equation) -> tuple[str, ...]:
    """A case for each address of a lookup, and one for all others."""
    first, *words = writer.operands(fact.left)
    address, found, listed = writer.word(first), writer.free_word("found"), writer.listed(fact.left)
    differ = _differ(writer.word(fact.condition), found, writer.word(fact.right))
    cases = [
        f"(and (= {address} {literal(at)}) (= {found} {writer.word(word)}) {differ})"
        for at, word in zip(listed, words, strict=True)
    ]
    return (*cases, f"(and {_outside(address, listed)} {differ})")


def _outside(word: str, words: Sequence[int]) -> str:
    """That a word is none of an ascending list, which is written as ranges."""
    parts = []
    for low, high in _ranges(words):
        if low == high:
            parts.append(f"(distinct {word} {literal(low)})")
        else:
            parts.append(f"(or (bvult {word} {literal(low)}) (bvult {literal(high)} {word}))")
    return parts[0] if len(parts) == 1 else f"(and {' '.join(parts)})"


def _ranges(words: Sequence[int]) -> Iterator[tuple[int, int]]:
    low = last = words[0]
    for word in words[1:]:
        if word != last + 1:
            yield low, last
            low = word
        last = word
    yield low, last


def root_lemma(reference: Reference, number: int) -> Script:
    """That every path is back at the root ``number`` rounds after a round at the root."""
    writer = _Writer(reference, -1)
    index = literal(0)
    for step in range(number):
        bit = binary("&", writer.free_word("v"), literal(1))
        body = writer.next_index(index, bit)
        index = writer.define(("index", step), f"index_{step + 1}", lambda body=body: body)  # type: ignore[misc]
    return Script(HEAD + "\n".join([*writer.lines, ""]), (f"(distinct {index} #x00000000)",))


def node_lemma(reference: Reference) -> Script:
    """That a node's number is followed by one."""
    writer = _Writer(reference, -1)
    index = writer.free_index()
    after = writer.next_index(index, binary("&", writer.free_word("v"), literal(1)))
    past = f"(bvule {literal(reference.shape.n_nodes)} {after})"
    return Script(HEAD + "\n".join([*writer.lines, ""]), (past,))


def candidates(reference: Reference, fact: Fact) -> tuple[Script, ...]:
    """Scripts that say the fact at ever earlier floors, those likely to be closed first.

    Two sides that speak of the same free Vs are likely to be equal whatever these are.
    """
    refs = fact[:2] if isinstance(fact, Membership) else fact
    found = [script(reference, fact, floor) for floor in floors(reference, refs)]
    ranked = sorted(found, key=lambda pair: not pair[1])
    return tuple(dict.fromkeys(one for one, _ in ranked))[:MAX_SCRIPTS]
