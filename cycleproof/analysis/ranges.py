"""Ranges: for every word that a program reads, bounds that hold on all inputs of a shape.

An abstract run in the interval domain (Cousot and Cousot, 1977). The ops come from the op table by
way of ``meaning``; memory starts as the image of any input, with tree and lane values in all
32-bit words. A program without jumps is run once, in its order. For one with jumps the bounds hold
whatever the order: each word has one range for all the bundles together.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from frozen.ops import MASK, OPS, SCRATCH_SIZE, Op, Slot
from frozen.problem import Inputs, Shape, memory_image

from ..engine.meaning import names_of, translate
from . import Pairs
from .execution import accesses, is_store
from .footprints import Footprint

Range = tuple[int, int]
"""A lower and an upper bound; neither need be taken by a run."""

Place = tuple[int, int]
"""A slot: its bundle, and its position among all slots of the bundle."""

ANY: Range = (0, MASK)
_MEMORY = -1  # all of memory, as one more word beside those of scratch
_BITS = 96  # a value of more bits is not followed: its range as a word is ``ANY``
_EXACT_PASSES = 4  # over a program with jumps; ranges that grow after them become ``ANY``
_MOST_PASSES = 24  # after that many nothing is known of a program with jumps
_MOST_WORDS = 64  # memory words that one access may touch and be followed


class Shift(NamedTuple):
    """A left shift: where it is, which scratch words hold its amounts, and their upper bound."""

    bundle: int
    engine: str
    number: int  # of the slot in its engine's list
    amounts: range
    most: int


def left_shifts(
    shape: Shape, bundles: Sequence[Pairs], words: Sequence[Sequence[Footprint]]
) -> list[Shift]:
    """Every ``<<`` slot of a program for a shape, in program order."""
    shifts = {
        (bundle, at): Shift(bundle, op.engine, _number(slots, at), op.reads(slot)[-1], 0)
        for bundle, slots in enumerate(bundles)
        for at, (op, slot) in enumerate(slots)
        if op.name == "<<"
    }
    if shifts:
        _Ranges(shape, bundles, words, shifts).run()
    return list(shifts.values())


def _number(slots: Pairs, at: int) -> int:
    engine = slots[at][0].engine
    return sum(op.engine == engine for op, _ in slots[:at])


_LOADS = {(op.engine, op.name) for op in OPS.values() if accesses(op) and not is_store(op)}


def _written(op: Op, slot: Slot) -> Sequence[int]:
    """What a slot writes: scratch words, or ``_MEMORY``."""
    if is_store(op):
        return (_MEMORY,)
    return op.writes(slot)[0] if op.place == "dest" else ()


def _used(op: Op, slot: Slot) -> set[int]:
    """What a slot reads: scratch words, and ``_MEMORY``."""
    used = {word for source in op.reads(slot) for word in source}
    return used | {_MEMORY} if (op.engine, op.name) in _LOADS else used


def _feeding(bundles: Sequence[Pairs], shifts: Mapping[Place, Shift]) -> set[Place]:
    """All slots that amounts can come from, in whatever order they run."""
    writers: dict[int, list[Place]] = {}
    for bundle, slots in enumerate(bundles):
        for at, (op, slot) in enumerate(slots):
            for word in _written(op, slot):
                writers.setdefault(word, []).append((bundle, at))
    reached = {word for shift in shifts.values() for word in shift.amounts}
    left = list(reached)
    feeding: set[Place] = set()
    while left:
        for place in writers.get(left.pop(), ()):
            if place not in feeding:
                feeding.add(place)
                bundle, at = place
                new = _used(*bundles[bundle][at]) - reached
                reached |= new
                left += new
    return feeding


def _feeding_in_order(
    bundles: Sequence[Pairs], words: Sequence[Sequence[Footprint]], shifts: Mapping[Place, Shift]
) -> set[Place]:
    """``_feeding`` of a program without jumps: a backward slice (Weiser, 1984), bundle by bundle.

    A word that is needed comes from its last writer only. A store kills no memory word, since its
    address is not known here.
    """
    memory = 1 << SCRATCH_SIZE  # a bit beyond those of scratch
    needed = 0
    feeding: set[Place] = set()
    for bundle in range(len(bundles) - 1, -1, -1):
        ends = uses = 0
        for at, ((op, _), (read, written)) in enumerate(
            zip(bundles[bundle], words[bundle], strict=True)
        ):
            if (written or (memory if is_store(op) else 0)) & needed:
                feeding.add((bundle, at))
                ends |= written
                uses |= read | (memory if (op.engine, op.name) in _LOADS else 0)
            if op.name == "<<":
                amounts = shifts[bundle, at].amounts
                uses |= ((1 << len(amounts)) - 1) << amounts.start
        needed = needed & ~ends | uses
    return feeding


def _join(a: Range, b: Range) -> Range:
    return min(a[0], b[0]), max(a[1], b[1])


def _word(value: Range) -> Range:
    """The range of a value modulo 2^32."""
    low, high = value
    if low >> 32 == high >> 32:  # the same multiple of 2^32 is taken off both
        return low & MASK, high & MASK
    return ANY


def _corners(op: Callable[[int, int], int]) -> Callable[[Range, Range], Range]:
    """A function that is monotone in each operand takes its extremes at the corners."""

    def emit(a: Range, b: Range) -> Range:
        values = [op(x, y) for x in a for y in b]
        return min(values), max(values)

    return emit


def _quotient(op: Callable[[int, int], int]) -> Callable[[Range, Range], Range]:
    # A division by 0 is a fault, so the range of a run that goes on excludes it.
    return lambda a, b: _corners(op)(a, (max(b[0], 1), max(b[1], 1)))


def _bitwise(op: Callable[[int, int], int]) -> Callable[[Range, Range], Range]:
    def emit(a: Range, b: Range) -> Range:
        if a[0] == a[1] and b[0] == b[1]:
            return op(a[0], b[0]), op(a[0], b[0])
        return 0, (1 << max(a[1].bit_length(), b[1].bit_length())) - 1

    return emit


def _and(a: Range, b: Range) -> Range:
    return (a[0] & b[0], a[0] & b[0]) if a[0] == a[1] and b[0] == b[1] else (0, min(a[1], b[1]))


def _left(a: Range, b: Range) -> Range:
    return a[0] << min(b[0], _BITS), a[1] << min(b[1], _BITS)


def _remainder(a: Range, b: Range) -> Range:
    if a[0] == a[1] and b[0] == b[1] != 0:
        return a[0] % b[0], a[0] % b[0]
    if a[1] < b[0]:
        return a
    return 0, min(a[1], max(b[1] - 1, 0))


def _choose(condition: Range, a: Range, b: Range) -> Range:
    if condition[0] > 0:
        return a
    return b if condition[1] == 0 else _join(a, b)


_EMIT: Mapping[str, Callable[..., Range]] = {
    "+": _corners(lambda a, b: a + b),
    "-": _corners(lambda a, b: a - b),
    "*": _corners(lambda a, b: a * b),
    "//": _quotient(lambda a, b: a // b),
    "cdiv": _quotient(lambda a, b: -(-a // b)),
    "%": _remainder,
    "^": _bitwise(lambda a, b: a ^ b),
    "|": _bitwise(lambda a, b: a | b),
    "&": _and,
    "<<": _left,
    ">>": _corners(lambda a, b: a >> b),
    "<": lambda a, b: (int(a[1] < b[0]), int(a[0] < b[1])),
    "==": lambda a, b: (int(a[0] == a[1] == b[0] == b[1]), int(a[0] <= b[1] and b[0] <= a[1])),
    "?": _choose,
}


@functools.lru_cache(1 << 16)
def _value(value: str, *ranges: Range) -> Range:
    """The range of an op's value as a word, from those of its operands (see ``names_of``)."""
    operands = dict(zip(names_of(value), ranges, strict=True))
    return _word(translate(value, operands, lambda constant: (constant, constant), _EMIT))


class _Write(NamedTuple):
    """A word that a slot writes, and its range; unless ``certain``, the word may stay as it was."""

    words: list[Range]  # of scratch or of memory
    at: int
    value: Range
    certain: bool


class _Ranges:
    """The abstract state and its run; ``shifts`` get their greatest amounts."""

    def __init__(
        self,
        shape: Shape,
        bundles: Sequence[Pairs],
        words: Sequence[Sequence[Footprint]],
        shifts: dict[Place, Shift],
    ) -> None:
        lowest, highest = (
            memory_image(shape, Inputs([word] * shape.n_nodes, [word] * shape.batch_size))
            for word in ANY
        )
        self.memory: list[Range] = list(zip(lowest, highest, strict=True))
        self.scratch: list[Range] = [(0, 0)] * SCRATCH_SIZE
        self.shifts = shifts
        self.jumps = any(op.place == "pc" and op.operands for slots in bundles for op, _ in slots)
        self.feeding = (
            _feeding(bundles, shifts) if self.jumps else _feeding_in_order(bundles, words, shifts)
        )
        self.slots = [
            (place, *bundles[place[0]][place[1]]) for place in sorted(self.feeding | shifts.keys())
        ]

    def run(self) -> None:
        """Once without jumps. With jumps until a pass changes nothing, or without any bounds."""
        for number in range(_MOST_PASSES):
            if not self._pass(widen=number >= _EXACT_PASSES) or not self.jumps:
                return
        for place, shift in self.shifts.items():
            self.shifts[place] = shift._replace(most=MASK)

    def _pass(self, widen: bool) -> bool:
        """One walk over all bundles; returns whether a range has changed."""
        changed, last = False, 0
        pending: list[_Write] = []
        for place, op, slot in self.slots:
            if place[0] != last:
                changed |= self._land(pending, widen)
                pending, last = [], place[0]
            if op.name == "<<":
                shift = self.shifts[place]
                most = max(self.scratch[word][1] for word in shift.amounts)
                self.shifts[place] = shift._replace(most=max(most, shift.most))
            if place in self.feeding:
                pending += self._writes(op, slot)
        return self._land(pending, widen) or changed

    def _writes(self, op: Op, slot: Slot) -> list[_Write]:
        named = [operand.name for operand in op.operands if operand.kind == "src"]
        sources = dict(zip(named, op.reads(slot), strict=True))
        if is_store(op):
            return self._stored(self.scratch[sources["addr"].start], sources["src"])
        (dests,) = op.writes(slot)
        if accesses(op):
            address = self.scratch[sources["addr"].start]
            values = [self._loaded(address, lane) for lane in range(len(dests))]
        else:
            given = {o.name: at for o, at in zip(op.operands, slot[1:], strict=True)}
            values = [
                _value(
                    op.value,
                    *(
                        self.scratch[sources[name][lane % len(sources[name])]]
                        if name in sources
                        else (int(given[name]), int(given[name]))
                        for name in names_of(op.value)
                    ),
                )
                for lane in range(len(dests))
            ]
        return [
            _Write(self.scratch, at, value, certain=True)
            for at, value in zip(dests, values, strict=True)
        ]

    def _loaded(self, address: Range, lane: int) -> Range:
        """A load outside memory is a fault, so only the words inside count."""
        low, high = address[0] + lane, address[1] + lane
        if high - low >= _MOST_WORDS or low >= len(self.memory):
            return ANY
        words = self.memory[low : high + 1]
        return min(word[0] for word in words), max(word[1] for word in words)

    def _stored(self, address: Range, sources: range) -> list[_Write]:
        low, high = address
        size, followed = len(self.memory), high - low < _MOST_WORDS
        if not followed:
            last = min(high + len(sources), size)
            return [_Write(self.memory, at, ANY, certain=True) for at in range(low, last)]
        return [
            _Write(self.memory, at, self.scratch[source], certain=low == high)
            for lane, source in enumerate(sources)
            for at in range(low + lane, min(high + lane + 1, size))
        ]

    def _land(self, writes: Sequence[_Write], widen: bool) -> bool:
        changed = False
        for words, at, value, certain in writes:
            old = words[at]
            if self.jumps or not certain:
                value = _join(old, value)
            if value != old:
                changed = True
                words[at] = ANY if self.jumps and widen else value
        return changed
