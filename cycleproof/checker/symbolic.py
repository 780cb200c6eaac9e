"""Expressions read as normal forms: what holds of them holds on every input."""

from typing import Any

from frozen.problem import FOREST_P, HASH_STAGES

from .read import Reader
from .terms import Algebra, Term, Value
from .vocabulary import POSITIONS, STAGES, Ref, Reference, own


class Symbolic(Reader):
    """Reads expressions into normal forms, with every V after ``floor`` unfolded."""

    def __init__(self, reference: Reference, algebra: Algebra, floor: int) -> None:
        super().__init__(reference, algebra.spend)
        self.algebra, self.floor, self.unknown = algebra, floor, algebra.term
        self.splits: dict[tuple[Term, ...], Any] = {}  # the cases of each, made already
        self._unfolded: dict[tuple[int, int, int], Value] = {}
        self._indices: dict[tuple[int, int], list[Value]] = {}
        self._shifts: dict[int, int | None] = {}

    def apply(self, op: str, *args: Any) -> Value:
        """The normal form of an op on normal forms."""
        return self.algebra.select(*args) if op == "select" else self.algebra.apply(op, *args)

    def initial(self, address: int) -> Value:
        """An initial memory word, known in the header and the indices if the statement says so.

        0 outside memory.
        """
        shape, statement = self.reference.shape, self.reference.statement
        if address < FOREST_P and not statement.any_header:
            return self.reference.header[address]
        if address < shape.indices_p:
            return self.algebra.term("m", address)
        if address < shape.values_p and statement.any_start:
            return self.I(own(address - shape.indices_p), 0)
        if shape.values_p <= address < shape.memory_size:
            return self.V(own(address - shape.values_p), -1, STAGES)
        return 0

    def named(self, op: str, lane: int, *numbers: int) -> Value:
        """A word of the reference, by its definition."""
        return getattr(self, op)(lane, *numbers)  # type: ignore[no-any-return]

    def V(self, lane: int, number: int, stage: int) -> Value:  # noqa: N802 - the vocabulary's name
        """The lane's value, by the recurrence down to the floor."""
        if number < 0 and lane < 0 and own(lane) < 0:
            return self.initial(self.reference.shape.values_p + own(lane))
        if number < 0 or POSITIONS * number + stage <= self.floor:
            return self.algebra.term("V", lane, number, stage)
        key = (lane, number, stage)
        if key not in self._unfolded:
            if stage == 0:
                before = self.V(lane, number - 1, STAGES)
                self._unfolded[key] = self.algebra.xor(before, self.N(lane, number))
            else:
                op1, constant, op2, shift, amount = HASH_STAGES[stage - 1]
                a, apply = self.V(lane, number, stage - 1), self.algebra.apply
                self._unfolded[key] = apply(op2, apply(op1, a, constant), apply(shift, a, amount))
        return self._unfolded[key]

    def Q(self, lane: int, number: int) -> Value:  # noqa: N802
        """The path bit: 1 goes right."""
        return self.algebra.mask(self.V(lane, number, STAGES), 1)

    def N(self, lane: int, number: int) -> Value:  # noqa: N802
        """The node value: a known tree word once the index is known."""
        return self.standing("M", self.algebra.add(FOREST_P, self.I(lane, number)))

    def I(self, lane: int, number: int) -> Value:  # noqa: E743, N802
        """The index before a round, by the recurrence from 0; or from any node's at the floor."""
        nodes, algebra, first = self.reference.shape.n_nodes, self.algebra, 0
        start: Value = 0
        if self.reference.statement.any_start:
            first = min(max(self.floor // POSITIONS, 0), number)
            start = algebra.term("I", lane, first, nodes)
        known = self._indices.setdefault((lane, first), [start])
        while len(known) <= number - first:
            twice = algebra.add(self.Q(lane, first + len(known) - 1), known[-1], 2)
            after = algebra.add(1, twice)
            known.append(algebra.select(algebra.less(after, nodes), after, 0))
        return known[number - first]

    def standing(self, op: str, place: Value, *table: Ref) -> Value:
        """The same; in a table of initial memory, at an address that it lists, the initial word.

        A lookup speaks of the addresses in its table only: that the address is one of them is
        established apart.
        """
        shift = None
        if op == "lookup" and isinstance(place, Term):
            shift = self._shift(table[0].expression)
        if shift is None:
            return super().standing(op, place, *table)
        return super().standing("M", self.algebra.add(shift, place))

    def _shift(self, number: int) -> int | None:
        """What to add to the addresses of a table for where its words stood at first, if one."""
        if number not in self._shifts:
            table = self.reference.table
            _, listed, words, *_ = table[number]
            shifts = {
                entry.numbers[0] - at if entry.op == "m" else None
                for at, entry in zip(
                    listed, [table[word.expression] for word in words], strict=True
                )
            }
            self._shifts[number] = shifts.pop() if len(shifts) == 1 else None
        return self._shifts[number]
