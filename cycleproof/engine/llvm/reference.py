"""LLVM assembly of the reference: the rounds of every lane, and the comparison.

It is written from the problem, and has nothing of the program's: ``check`` is a function of its
own, which is not inlined, and reads only a seed's inputs and the program's outputs. So LLVM sees
no word that both compute, and cannot make one out of the other.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from frozen.problem import HASH_STAGES, Shape

from ..layout import progression
from .block import Block
from .emit import WIDTH, Words
from .host import host
from .vectors import cut

PICKED = {16: 8, 8: 5, 4: 1}
"""Levels of the tree, from the root, whose words are picked, by the words in a vector."""
BESIDE = {16: 8, 8: 4, 4: 2}
"""Vectors of lanes that go side by side at the most, by the words in a processor's vector."""


class Frame(NamedTuple):
    """Where a seed's inputs lie in its image; the words at ``spare`` take the stream's end.

    ``tree_at`` and ``values_at`` are the places of tree word 0 and of lane 0; all three are
    multiples of four. At ``work`` ``program`` leaves how many slots it interpreted.
    """

    shape: Shape
    tree_at: int
    values_at: int
    spare: int
    work: int


def beside(lanes: Sequence[int], most: int) -> int:
    """How many vectors of lanes go side by side: a divisor of their number, at most ``most``."""
    vectors = len(lanes) // WIDTH
    return max(number for number in range(1, most + 1) if vectors % number == 0)


def values(words: Words, frame: Frame, lanes: Sequence[int], start: int, behind: int) -> str:
    """The input values of these lanes from number ``%at + behind`` on.

    ``start`` is the place of the first one in the table of all lanes.
    """
    block = words.block
    if progression(lanes) == (lanes[0], 1):
        place = block.let(f"add i32 %at, {frame.values_at + lanes[0] + behind}")
        pointer = block.let(f"getelementptr i32, ptr %image, i32 {place}")
        return block.let(f"load {words.type}, ptr {pointer}, align 4")
    place = block.let(f"add i32 %at, {start + behind}")
    pointer = block.let(f"getelementptr i32, ptr @lanes, i32 {place}")
    some = block.let(f"load {words.type}, ptr {pointer}, align 64")
    return words.load(words.let("add", some, words.word(frame.values_at)))


class Side(NamedTuple):
    """One vector of lanes in a round: their values, and their nodes' numbers within the level."""

    value: str
    offset: str


class _Rounds:
    """The blocks that compute rounds, on vectors of lanes side by side.

    ``now``: the lanes after the last block; ``number``: the rounds done before it, later after it;
    ``ends``: the lanes at the end of each block, by its label.
    """

    def __init__(self, frame: Frame, sides: int) -> None:
        self.frame, self.body = frame, Block("r")
        self.words = Words(self.body, WIDTH)
        self.now = [Side(f"%start_{side}", self.words.word(0)) for side in range(sides)]
        self.number = "%before"
        self.ends: dict[str, list[Side]] = {}

    def _after(self, label: str, follower: str) -> None:
        """The end of a block that computed a round: on, or to the comparison."""
        done = self.body.let(f"add i32 {self.number}, 1")
        more = self.body.let(f"icmp ult i32 {done}, {self.frame.shape.rounds}")
        self.body.do(f"br i1 {more}, label %{follower}, label %compare")
        self.ends[label], self.number = self.now, done

    def near(self, level: int) -> None:
        """A block for one level, whose words are picked."""
        if level:
            self.body.label(f"level_{level}")
        nodes = 1 << level
        picked = _near(self.words, self.frame.tree_at + nodes - 1, nodes, self.now)
        self.now = _round(self.words, self.now, picked)
        follower = f"level_{level + 1}" if level < self.frame.shape.forest_height else "turn"
        self._after(f"level_{level}", follower)

    def far(self, level: int) -> None:
        """A loop for this level and all below it; then the next round is at the root."""
        body, words, label, came = self.body, self.words, f"level_{level}", f"level_{level - 1}"
        entering, entered = self.now, self.number
        body.label(label)
        body.do("%nodes = phi i32 [ " + f"{1 << level}, %{came} ], [ %nodes_below, %turn ]")
        at = len(body.lines)
        place = body.let(f"add i32 %nodes, {self.frame.tree_at - 1}")
        base = body.let(f"getelementptr i32, ptr %image, i32 {place}")
        sides = range(len(entering))
        now = [Side(f"%value_{side}", f"%offset_{side}") for side in sides]
        self.now = _round(words, now, [words.load(one.offset, base) for one in now])
        self.number = "%number"
        body.do("%nodes_below = add i32 %nodes, %nodes")
        self._after(label, "turn")
        phi = Block()
        phi.do(f"%number = phi i32 [ {entered}, %{came} ], [ {self.number}, %turn ]")
        for side, (first, later) in enumerate(zip(entering, self.now, strict=True)):
            for name, one, other in zip(Side._fields, first, later, strict=True):
                phi.do(f"%{name}_{side} = phi {words.type} [ {one}, %{came} ], [ {other}, %turn ]")
        body.lines[at:at] = phi.lines
        body.label("turn")
        deeper = body.let(f"icmp ule i32 %nodes_below, {1 << self.frame.shape.forest_height}")
        body.do(f"br i1 {deeper}, label %{label}, label %level_0")


def check(frame: Frame, lanes: Sequence[int]) -> str:
    """``check(image, out)``: the reference on every lane; not 0 if an output differs.

    The nearest levels are a block each, all others a loop; vectors of lanes go side by side.
    """
    vector, height = host().vector, frame.shape.forest_height
    sides = range(beside(lanes, BESIDE[vector]))
    start = Block("s")
    given = [values(Words(start, WIDTH), frame, lanes, 0, side * WIDTH) for side in sides]
    rounds = _Rounds(frame, len(sides))
    levels = min(PICKED[vector], height + 1)
    for level in range(levels):
        rounds.near(level)
    if levels <= height:
        rounds.far(levels)
    else:
        rounds.body.label("turn")
        rounds.body.do("br label %level_0")
    kind = rounds.words.type
    starts = [
        f"  %start_{side} = phi {kind} [ {given[side]}, %lane ], [ {end.value}, %turn ]"
        for side, end in enumerate(rounds.now)
    ]
    return "\n".join(
        [
            "define internal i32 @check(ptr noalias %image, ptr noalias %out) noinline {",
            "entry:",
            "  br label %lane",
            "lane:",
            "  %at = phi i32 [ 0, %entry ], [ %next, %compare ]",
            f"  %wrong = phi {kind} [ zeroinitializer, %entry ], [ %differs, %compare ]",
            *start.lines,
            "  br label %level_0",
            "level_0:",
            *starts,
            f"  %before = phi i32 [ 0, %lane ], [ {rounds.number}, %turn ]",
            *rounds.body.lines,
            "compare:",
            *_compared(rounds.words, rounds.ends),
            f"  %next = add i32 %at, {len(sides) * WIDTH}",
            f"  %more = icmp ult i32 %next, {len(lanes)}",
            "  br i1 %more, label %lane, label %done",
            "done:",
            f"  %any = call i32 @llvm.vector.reduce.or.v{WIDTH}i32({kind} %differs)",
            "  ret i32 %any",
            "}",
        ]
    )


def _compared(words: Words, ends: Mapping[str, Sequence[Side]]) -> list[str]:
    """Lines that add to ``%wrong`` where an output is not the value, whichever block was last."""
    kind, phis, block = words.type, [], Block("c")
    differs = "%wrong"
    for number, sides in enumerate(zip(*ends.values(), strict=True)):
        came = [f"[ {side.value}, %{label} ]" for label, side in zip(ends, sides, strict=True)]
        phis.append(f"  %final_{number} = phi {kind} {', '.join(came)}")
        place = block.let(f"add i32 %at, {number * WIDTH}")
        pointer = block.let(f"getelementptr i32, ptr %out, i32 {place}")
        got = block.let(f"load {kind}, ptr {pointer}, align 64")
        other = block.let(f"xor {kind} {got}, %final_{number}")
        differs = block.let(f"or {kind} {differs}, {other}")
    block.do(f"%differs = or {kind} {differs}, zeroinitializer")
    return [*phis, *block.lines]


def _round(words: Words, sides: Sequence[Side], found: Sequence[str]) -> list[Side]:
    """The lanes' next values, and their nodes' numbers within the next level."""
    now = [words.let("xor", side.value, word) for side, word in zip(sides, found, strict=True)]
    for stage in HASH_STAGES:
        now = _stage(words, now, *stage)
    odd = [words.let("and", value, words.word(1)) for value in now]
    doubled = [words.let("add", side.offset, side.offset) for side in sides]
    offsets = [words.let("add", a, b) for a, b in zip(doubled, odd, strict=True)]
    return [Side(value, offset) for value, offset in zip(now, offsets, strict=True)]


def _stage(
    words: Words, now: list[str], op1: str, constant: int, op2: str, shift: str, amount: int
) -> list[str]:
    """A stage of the hash, of each value; (a + c) + (a << k) as a product where that is faster."""
    if host().multiplies and (op1, op2, shift) == ("+", "+", "<<"):
        factor = words.word((1 << amount) + 1)
        products = [words.emit["*"](value, factor) for value in now]
        return [words.let("add", value, words.word(constant)) for value in products]
    left = [words.emit[op1](value, words.word(constant)) for value in now]
    right = [words.emit[shift](value, words.word(amount)) for value in now]
    return [words.emit[op2](a, b) for a, b in zip(left, right, strict=True)]


def _near(words: Words, place: int, size: int, sides: Sequence[Side]) -> list[str]:
    """The words of a level's nodes, of a power of two of them, from ``place`` on."""
    block, width, tables = words.block, host().vector, []
    if size == 1:
        pointer = block.let(f"getelementptr i32, ptr %image, i32 {place}")
        return [words.splat(block.let(f"load i32, ptr {pointer}"))] * len(sides)
    part = min(size, width)
    for start in range(place, place + size, part):
        pointer = block.let(f"getelementptr i32, ptr %image, i32 {start}")
        small = block.let(f"load <{part} x i32>, ptr {pointer}, align 4")
        tables.append(cut(block, part, small, range(width)))
    return [words.pick(tables, side.offset) for side in sides]
