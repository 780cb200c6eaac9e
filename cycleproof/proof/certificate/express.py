"""Terms written in the reference's vocabulary, as the certificate's expressions.

An expression leaves its lane open, so that lanes share it. A term becomes a position in the table
of expressions and a lane, or no lane where none occurs. Terms that mix lanes are *fixed*: written
with each lane spelled out.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ..algebra import Algebra
from ..fallback.sweep import Raw
from ..reference import LaneTerms
from ..rules.forms import constant_part
from ..terms import CONST, MASKED, OPAQUE, SHIFT, SUM, TABLE, WORD, XOR, Bits, Leaves, Term

Entry = int | tuple[str | int, ...]
MAX_DEPTH = 150


class Expressed(NamedTuple):
    """A position in the table, the lane it is for (None: for no lane), how deep it nests."""

    entry: int
    lane: int | None
    depth: int = 0


class Vocabulary:
    """The names of the reference, and the table of expressions made so far."""

    def __init__(
        self,
        algebra: Algebra,
        lanes: list[LaneTerms],
        idle: list[LaneTerms],
        raw: Mapping[Term, Raw],
    ) -> None:
        self.algebra = algebra
        self.raw = raw
        self.entries: list[Entry] = []
        self._positions: dict[Entry, int] = {}
        self._names: dict[Term, tuple[tuple[str | int, ...], int]] = {}
        self._nodes: dict[Term, tuple[tuple[str | int, ...], int, int]] = {}
        self._sums: dict[tuple[Term, ...], Term] = {}
        self._done: dict[tuple[Term, bool], Expressed | None] = {}
        for lane, terms in enumerate(idle + lanes, -len(idle)):
            self._name_lane(lane, terms)

    def _name_lane(self, lane: int, terms: LaneTerms) -> None:
        self._name(terms.initial, ("V", -1, 6), lane)
        for h, index in enumerate(terms.indices):
            if index in self.algebra.indices:
                self._name(index, ("I", h), lane)
        for h, stages in enumerate(terms.values):
            for s, value in enumerate(stages):
                self._name(value, ("V", h, s), lane)
            self._name(terms.bits[h], ("Q", h), lane)
            if terms.nodes[h].kind is OPAQUE:
                self._name(terms.nodes[h], ("N", h), lane)
            if terms.nodes[h].kind is TABLE:
                constant, rest = constant_part(self.algebra, terms.nodes[h])
                self._nodes.setdefault(rest, (("N", h), lane, constant))

    def _name(self, term: Term, name: tuple[str | int, ...], lane: int) -> None:
        if term.ground:
            return  # what an idle lane computes from only known words is written out
        if term.cases is None or term.mask == 1:
            self._names.setdefault(term, (name, lane))
            if term.kind is XOR and term.args[0].kind is CONST:
                self._sums.setdefault(term.args[1], term)

    def entry(self, entry: Entry) -> int:
        """The position of this entry, which is added if it is new."""
        found = self._positions.get(entry)
        if found is None:
            found = self._positions[entry] = len(self.entries)
            self.entries.append(entry)
        return found

    def express(self, term: Term) -> Expressed | None:
        """``term`` as an expression; None where it has none worth writing."""
        found = self._express(term, fixed=False)
        return self._express(term, fixed=True) if found is None else found

    def _express(self, term: Term, fixed: bool) -> Expressed | None:
        key = (term, fixed)
        if key not in self._done:
            self._done[key] = None  # a term never holds itself; this guards the depth below
            self._done[key] = self._write(term, fixed)
        return self._done[key]

    def _leaf(self, name: tuple[str | int, ...], lane: int, fixed: bool) -> Expressed:
        if fixed:
            return Expressed(self.entry((*name, lane)), None)
        return Expressed(self.entry(name), lane)

    def _constant(self, value: int) -> Expressed:
        return Expressed(self.entry(value), None)

    def _node(self, head: str, parts: list[Expressed | None]) -> Expressed | None:
        """The expression ``head`` over ``parts``; None if one is missing or their lanes differ."""
        positions: list[str | int] = [head]
        lane, depth = None, 0
        for part in parts:
            if part is None or (None not in (part.lane, lane) and part.lane != lane):
                return None
            positions.append(part.entry)
            lane = part.lane if lane is None else lane
            depth = max(depth, part.depth)
        if depth >= MAX_DEPTH:
            return None
        return Expressed(self.entry(tuple(positions)), lane, depth + 1)

    def _write(self, term: Term, fixed: bool) -> Expressed | None:
        kind, args = term.kind, term.args
        named = self._names.get(term)
        if named:
            return self._leaf(*named, fixed)
        near = self._sums.get(args[1]) if kind is XOR and args[0].kind is CONST else None
        if term in self.raw and term.values is None and near is None:
            op, operands = self.raw[term]
            return self._node(op, [self._express(part, fixed) for part in operands])
        if kind is CONST:
            return self._constant(args[0])
        if kind is WORD:
            return Expressed(self.entry(("m", args[0])), None)
        if kind is TABLE:
            return self._table(term, fixed)
        if kind is SUM:
            parts = [] if args[0] is self.algebra.zero else [self._express(args[0], fixed)]
            parts += [self._times(k, self._express(atom, fixed)) for atom, k in args[1]]
            return parts[0] if len(parts) == 1 else self._node("+", parts)
        if kind is XOR:
            if near is not None:
                constant = near.args[0].args[0] ^ args[0].args[0]
                return self._node("^", [self._express(near, fixed), self._constant(constant)])
            parts = [] if args[0] is self.algebra.zero else [self._express(args[0], fixed)]
            parts += [self._express(atom, fixed) for atom in args[1]]
            return self._node("^", parts)
        if kind is SHIFT or kind is MASKED:
            head = ">>" if kind is SHIFT else "&"
            return self._node(head, [self._express(args[0], fixed), self._constant(args[1])])
        if kind is OPAQUE and args[0] != "switch":
            return self._node(args[0], [self._express(part, fixed) for part in args[1:]])
        return None

    def _times(self, k: int, part: Expressed | None) -> Expressed | None:
        return part if k == 1 else self._node("*", [self._constant(k), part])

    # -- tables ------------------------------------------------------------------------------

    def _table(self, term: Term, fixed: bool) -> Expressed | None:
        bits, leaves = term.args
        if leaves.values is not None:
            return self._function(bits, leaves.values, fixed)
        constant, rest = constant_part(self.algebra, term)
        near = self._nodes.get(rest)
        if near:
            node = self._leaf(near[0], near[1], fixed)
            return self._offset(node, constant ^ near[2])
        if rest.kind is TABLE and all(leaf.kind is WORD for leaf in rest.args[1].terms):
            addresses = tuple(leaf.args[0] for leaf in rest.args[1].terms)
            word = self._node("M", [self._function(rest.args[0], addresses, fixed)])
            return self._offset(word, constant)
        return self._listed(bits, leaves, fixed)

    def _offset(self, part: Expressed | None, constant: int) -> Expressed | None:
        return self._node("^", [part, self._constant(constant)]) if constant else part

    def _function(self, bits: Bits, values: tuple[int, ...], fixed: bool) -> Expressed | None:
        """A function of only bits: affine in them if it is, else a table."""
        weights = [(values[1 << j] - values[0]) & self.algebra.all_ones for j in range(len(bits))]
        total = [values[0]]
        for weight in weights:
            total += [(value + weight) & self.algebra.all_ones for value in total]
        if tuple(total) == values:
            terms: list[Expressed | None] = [self._constant(values[0])] if values[0] else []
            terms += [
                self._times(weight, self._express(bit, fixed))
                for bit, weight in zip(bits, weights, strict=True)
            ]
            return terms[0] if len(terms) == 1 else self._node("+", terms)
        return self._listed(
            bits, self.algebra.leaves(tuple(map(self.algebra.const, values))), fixed
        )

    def _listed(self, bits: Bits, leaves: Leaves, fixed: bool) -> Expressed | None:
        index = self._function(bits, tuple(range(1 << len(bits))), fixed)
        return self._node("T", [index, *(self._express(leaf, fixed) for leaf in leaves.terms)])
