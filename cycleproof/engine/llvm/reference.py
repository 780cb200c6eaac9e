"""LLVM assembly of the reference: the rounds of every lane, and the comparison.

It is written from the problem, and has nothing of the program's: ``check`` is a function of its
own, which is not inlined, and reads but a seed's inputs and the program's outputs. So LLVM sees
no word that both compute, and cannot make one out of the other.
"""

from collections.abc import Sequence
from typing import NamedTuple

from frozen.problem import HASH_STAGES, Shape

from ..layout import progression
from .emit import TABLE, WIDTH, Block, Words, cut
from .host import host

PICKED = 5  # levels of the tree, from the root, whose words are picked out of vectors


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


def values(block: Block, words: Words, frame: Frame, lanes: Sequence[int], at: str) -> str:
    """The input values of some of these lanes, from place ``at`` in the table of all lanes."""
    if progression(lanes) == (lanes[0], 1):
        place = block.let(f"add i32 %at, {frame.values_at + lanes[0]}")
        pointer = block.let(f"getelementptr i32, ptr %image, i32 {place}")
        return block.let(f"load {words.type}, ptr {pointer}, align 4")
    pointer = block.let(f"getelementptr i32, ptr @lanes, i32 {at}")
    some = block.let(f"load {words.type}, ptr {pointer}, align 64")
    return words.load(words.let("add", some, words.word(frame.values_at)))


def check(frame: Frame, lanes: Sequence[int]) -> str:
    """``check(image, out)``: the reference on every lane; not 0 if an output differs.

    The nearest levels are a block each, all others a loop; two vectors of lanes go side by side.
    """
    width = 2 * WIDTH if len(lanes) % (2 * WIDTH) == 0 else WIDTH
    height = frame.shape.forest_height
    start, body = Block(), Block("r")
    words = Words(body, width)
    given = values(start, Words(start, width), frame, lanes, "%at")
    levels = min(PICKED if host().permutes else 1, height + 1)
    value, offset, number = "%start", words.word(0), "%before"
    finals = []

    def after(label: str, follower: str) -> str:
        """The end of a block that computed a round: on, or to the comparison."""
        done = body.let(f"add i32 {number}, 1")
        more = body.let(f"icmp ult i32 {done}, {frame.shape.rounds}")
        body.do(f"br i1 {more}, label %{follower}, label %compare")
        finals.append(f"[ {value}, %{label} ]")
        return done

    for level in range(levels):
        if level:
            body.label(f"level_{level}")
        word = _near(words, frame.tree_at + (1 << level) - 1, 1 << level, offset)
        value, offset = _round(words, value, word, offset)
        number = after(f"level_{level}", f"level_{level + 1}" if level < height else "turn")
    if levels <= height:
        came, phi = f"level_{levels - 1}", Block()
        entering = (value, offset, number)
        body.label(f"level_{levels}")
        body.do("%nodes = phi i32 [ " + f"{1 << levels}, %{came} ], [ %nodes_below, %turn ]")
        place = body.let(f"add i32 %nodes, {frame.tree_at - 1}")
        base = body.let(f"getelementptr i32, ptr %image, i32 {place}")
        word = words.load("%offset", base)
        value, offset = _round(words, "%value", word, "%offset")
        body.do("%nodes_below = add i32 %nodes, %nodes")
        number = "%number"
        number = after(f"level_{levels}", "turn")
        kinds = (words.type, words.type, "i32")
        names = ("%value", "%offset", "%number")
        for kind, name, first, later in zip(
            kinds, names, entering, (value, offset, number), strict=True
        ):
            phi.do(f"{name} = phi {kind} [ {first}, %{came} ], [ {later}, %turn ]")
        at = body.lines.index(f"level_{levels}:") + 1
        body.lines[at:at] = phi.lines
        body.label("turn")
        deeper = body.let(f"icmp ule i32 %nodes_below, {1 << height}")
        body.do(f"br i1 {deeper}, label %level_{levels}, label %level_0")
    else:
        body.label("turn")
        body.do("br label %level_0")
    return "\n".join(
        [
            "define internal i32 @check(ptr noalias %image, ptr noalias %out) noinline {",
            "entry:",
            "  br label %lane",
            "lane:",
            "  %at = phi i32 [ 0, %entry ], [ %next, %compare ]",
            f"  %wrong = phi {words.type} [ zeroinitializer, %entry ], [ %differs, %compare ]",
            *start.lines,
            "  br label %level_0",
            "level_0:",
            f"  %start = phi {words.type} [ {given}, %lane ], [ {value}, %turn ]",
            f"  %before = phi i32 [ 0, %lane ], [ {number}, %turn ]",
            *body.lines,
            "compare:",
            f"  %final = phi {words.type} {', '.join(finals)}",
            "  %out_at = getelementptr i32, ptr %out, i32 %at",
            f"  %got = load {words.type}, ptr %out_at, align 64",
            f"  %other = xor {words.type} %got, %final",
            f"  %differs = or {words.type} %wrong, %other",
            f"  %next = add i32 %at, {width}",
            f"  %more = icmp ult i32 %next, {len(lanes)}",
            "  br i1 %more, label %lane, label %done",
            "done:",
            f"  %any = call i32 @llvm.vector.reduce.or.v{width}i32({words.type} %differs)",
            "  ret i32 %any",
            "}",
        ]
    )


def _round(words: Words, value: str, word: str, offset: str) -> tuple[str, str]:
    """A lane's next value, and its node's number within the next level."""
    value = words.let("xor", value, word)
    for op1, constant, op2, shift, amount in HASH_STAGES:
        left = words.emit[op1](value, words.word(constant))
        right = words.let("shl" if shift == "<<" else "lshr", value, words.word(amount))
        value = words.emit[op2](left, right)
    odd = words.let("and", value, words.word(1))
    return value, words.let("add", words.let("add", offset, offset), odd)


def _near(words: Words, place: int, size: int, at: str) -> str:
    """The words of a level's nodes: one node, or up to twice ``TABLE``."""
    block, tables = words.block, []
    if size == 1:
        pointer = block.let(f"getelementptr i32, ptr %image, i32 {place}")
        return words.splat(block.let(f"load i32, ptr {pointer}"))
    part = min(size, TABLE)
    for start in range(place, place + size, part):
        pointer = block.let(f"getelementptr i32, ptr %image, i32 {start}")
        small = block.let(f"load <{part} x i32>, ptr {pointer}, align 4")
        tables.append(cut(block, part, small, range(TABLE)))
    found = [words.pick(table, at) for table in tables]
    if len(found) == 1:
        return found[0]
    upper = words.test("ne", words.let("and", at, words.word(TABLE)), words.word(0))
    return words.select(upper, found[1], found[0])
