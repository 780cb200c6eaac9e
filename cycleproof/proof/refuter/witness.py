"""Where two terms may differ: goals for the lanes, read off the terms themselves.

The goals would make a table's differing leaf count or a condition come true. They need not be
right: the frozen simulator decides.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from frozen.ops import MASK
from frozen.problem import FOREST_P

from ..attempt import Attempt
from ..terms import CONST, MASKED, OPAQUE, SHIFT, SUM, WORD, XOR, Term, align, children, spread
from .aim import Goals

PER_TABLE = 4  # differing leaves of one table that are tried
PER_CONDITION = 8  # draws of a value that makes one condition true
MAX_VISITS = 20_000  # terms looked at in one program's output


class GoalFinder:
    """Reads goals off the terms of one attempt."""

    def __init__(self, attempt: Attempt, rng: random.Random) -> None:
        self.attempt = attempt
        self.rng = rng
        self._bits: dict[Term, tuple[int, int, int]] = {}  # lane, round, 1 if it is the reverse
        self._values: dict[Term, tuple[int, int, int]] = {}
        self._near: dict[tuple[Term, ...], list[Term]] = {}  # values by the atoms they xor
        for lane, terms in enumerate(attempt.lanes):
            for h, stages in enumerate(terms.values):
                bit = terms.bits[h]
                self._bits.setdefault(bit, (lane, h, 0))
                if bit.cases and bit.values == (1, 0):  # what stands in tables
                    self._bits.setdefault(bit.cases[0][0], (lane, h, 1))
                for s, value in enumerate(stages):
                    self._values[value] = (lane, h, s)
                    if value.kind is XOR:
                        self._near.setdefault(value.args[1], []).append(value)

    # -- one condition -----------------------------------------------------------------------

    def goals(self, wanted: dict[Term, int]) -> Goals | None:
        """Goals under which each bit has the wanted value; None if one cannot be led."""
        result = Goals()
        for bit, value in wanted.items():
            if not self._want(bit, value, result):
                return None
        return result

    def _want(self, bit: Term, value: int, result: Goals) -> bool:
        if bit in self._bits:
            lane, h, reverse = self._bits[bit]
            result.lane(lane).bits[h] = value ^ reverse
            return True
        return self._condition(bit, value, result)

    def _condition(self, bit: Term, value: int, result: Goals) -> bool:
        if bit.kind is MASKED:
            return self._reach(bit, value, result)
        if bit.kind is OPAQUE and bit.args[0] == "==":
            target = 0 if value else self.rng.getrandbits(32) | 1
            return self._reach(bit.args[1], target, result)
        if bit.kind is OPAQUE and bit.args[0] == "<":
            x, y = bit.args[1:]
            if y.kind is CONST:
                low, high = (0, y.args[0] - 1) if value else (y.args[0], MASK)
                return self._within(x, low, max(low, high), result)
            if x.kind is CONST:
                low, high = (x.args[0] + 1, MASK) if value else (0, x.args[0])
                return self._within(y, min(low, high), high, result)
        return False

    def _within(self, term: Term, low: int, high: int, result: Goals) -> bool:
        """Add the goal that gives ``term`` a value in ``low``..``high``."""
        step = 1
        if (parts := _scaled(term)) is not None:
            values, _, step = parts
            low += (self.rng.choice(values) - low) % step
        drawn = range(low, high + 1, step)
        return bool(drawn) and self._reach(term, self.rng.choice(drawn), result)

    def _reach(self, term: Term, target: int, result: Goals) -> bool:
        """Add the goal that gives ``term`` the value ``target``, inverting what leads to it."""
        while True:
            if term in self._values:
                lane, h, s = self._values[term]
                result.lane(lane).values[h, s] = target
                return True
            kind, args = term.kind, term.args
            if term.cases is not None and kind is not MASKED and kind is not OPAQUE:
                return self._table(term, target, result)
            if kind is XOR:
                found = [
                    (t, self.attempt.algebra.apply("^", term, t))
                    for t in self._near.get(args[1], ())
                ]
                offsets = [(t, d.args[0]) for t, d in found if d.kind is CONST]
                if offsets:
                    term, target = offsets[0][0], target ^ offsets[0][1]
                elif args[0].values and len(args[1]) == 1:
                    term, target = args[1][0], target ^ self.rng.choice(args[0].values)
                else:
                    return False
            elif (parts := _scaled(term)) is not None:
                values, k, step = parts
                fitting = [value for value in values if (target - value) % step == 0]
                if not fitting:
                    return False
                term = args[1][0][0]
                zeros = step.bit_length() - 1
                target = (target - self.rng.choice(fitting) & MASK) >> zeros
                target = target * pow(k >> zeros, -1, 1 << 32)
                target = (target + (self.rng.getrandbits(zeros) << (32 - zeros))) & MASK
            elif kind is SHIFT:
                target = (target << args[1] | self.rng.getrandbits(args[1])) & MASK
                term = args[0]
            elif kind is MASKED:
                target = (target & args[1]) | (self.rng.getrandbits(32) & ~args[1])
                term = args[0]
            else:
                return False

    def _table(self, term: Term, target: int, result: Goals) -> bool:
        """Take the path to some leaf, and put a word there that gives it the value ``target``."""
        bits, leaves = term.cases or ((), None)
        if leaves is None:
            return False
        index = self.rng.randrange(len(leaves.terms))
        leaf = leaves.terms[index]
        if leaf.kind is XOR and leaf.args[0].kind is CONST and len(leaf.args[1]) == 1:
            target ^= leaf.args[0].args[0]
            leaf = leaf.args[1][0]
        if leaf.kind is WORD:
            result.tree[leaf.args[0] - FOREST_P] = target
        elif leaf.kind is not CONST or leaf.args[0] != target:
            return False
        return all(self._want(bit, index >> j & 1, result) for j, bit in enumerate(bits))

    # -- candidates --------------------------------------------------------------------------

    def where_true(self, condition: Term) -> Iterator[Goals]:
        """Goals under which a function of bits is not zero."""
        if condition.cases is None or condition.values is None:
            return
        bits, leaves = condition.cases
        indices = [i for i, value in enumerate(leaves.values or ()) if value]
        yield from self._assignments(bits, indices)

    def _assignments(self, bits: tuple[Term, ...], indices: list[int]) -> Iterator[Goals]:
        chosen = indices if len(indices) <= PER_TABLE else self.rng.sample(indices, PER_TABLE)
        for index in chosen:
            found = self.goals({bit: index >> j & 1 for j, bit in enumerate(bits)})
            if found:
                yield found

    def leaves(self, x: Term, y: Term) -> Iterator[Goals]:
        """Goals under which two case terms have different leaves."""
        if x.cases is None or y.cases is None or x is y:
            return
        bits, at_x, at_y = align(x.cases[0], y.cases[0])
        if len(bits) > self.attempt.algebra.max_bits:
            return
        leaf_x, leaf_y = x.cases[1].terms, y.cases[1].terms
        places = enumerate(zip(spread(at_x, len(bits)), spread(at_y, len(bits)), strict=True))
        yield from self._assignments(
            bits, [i for i, (a, b) in places if leaf_x[a] is not leaf_y[b]]
        )

    def conditions(
        self,
        x: Term,
        y: Term | None = None,
        values: Callable[[Term], Sequence[int]] = lambda _: (1, 0),
    ) -> Iterator[Goals]:
        """Goals for the conditions in ``x``, not in ``y``, that are no path bits: ``values``."""
        pending, seen = [x], {y}
        while pending and len(seen) < MAX_VISITS:
            term = pending.pop()
            if term in seen:
                continue
            seen.add(term)
            if term.mask == 1 and not term.ground and term not in self._bits:
                for value in [*values(term)] * PER_CONDITION:
                    found = self.goals({term: value})
                    if found:
                        yield found
            parts = term.cases[0] if term.cases and term.kind not in (MASKED, OPAQUE) else None
            pending += children(term) if parts is None else parts


def _scaled(term: Term) -> tuple[tuple[int, ...], int, int] | None:
    """Of bits + k·atom: the values of the bits, k, and the greatest power of two in k."""
    if term.kind is not SUM or term.args[0].values is None or len(term.args[1]) != 1:
        return None
    k = term.args[1][0][1]
    return term.args[0].values, k, k & -k
