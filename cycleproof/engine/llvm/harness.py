"""LLVM assembly of what surrounds a program: inputs, reference, comparison and count.

``bulk`` draws the inputs of a seed eight ChaCha blocks at a time into its image, calls ``program``,
runs the reference on ``WIDTH`` lanes at a time and compares. ``program(image, out)`` runs a seed
whose inputs are in the image, writes the output words and answers with bits: MISS, FAULT, or none.
"""

from collections.abc import Sequence
from typing import NamedTuple

from frozen.ops import MASK
from frozen.problem import HASH_STAGES, Shape

from .. import stream
from .emit import DECLARATIONS, DRAW, WIDTH, Block, Words, table

LISTED = 256  # wrong, and missed, seeds that are listed by index
WRONG, MISSED, RAN, WORK, LISTS = range(5)
"""Places in the result, in 64-bit words: seeds that are wrong, that missed a guard, that were
run; the slots that this took; then two lists."""
RESULT_WORDS = LISTS + 2 * LISTED
MISS, FAULT = 1, 2
"""Bits of ``program``'s answer: the frozen simulator must say what happened; the run faults."""


class Frame(NamedTuple):
    """Where a seed's inputs lie in its image; the quad at ``spare`` takes the stream's end.

    ``tree_at`` and ``values_at`` are the places of tree word 0 and of lane 0; all three are
    multiples of four. At ``work`` ``program`` leaves how many slots it interpreted.
    """

    shape: Shape
    tree_at: int
    values_at: int
    spare: int
    work: int


def padded(lanes: Sequence[int]) -> list[int]:
    """Lanes, the last one repeated until a whole number of vectors is full."""
    return [*lanes, *[lanes[-1]] * (-len(lanes) % WIDTH)]


def surroundings(frame: Frame, lanes: Sequence[int]) -> str:
    """Everything but ``program``. ``lanes``: whose outputs it writes, one after the other."""
    return "\n".join(
        [DECLARATIONS, table("lanes", lanes), _draw(frame), _check(frame, len(lanes)), _bulk(frame)]
    )


def _draw(frame: Frame) -> str:
    """``draw(image, key, number, shift, index)``: eight blocks at a time into the image."""
    shape = frame.shape
    block = Block()
    groups = -(-stream.blocks(shape) // DRAW)
    kind = f"<{DRAW} x i32>"
    words = Words(block, DRAW)

    def splat(scalar: str) -> str:
        first = block.let(f"insertelement {kind} poison, i32 {scalar}, i32 0")
        return block.let(f"shufflevector {kind} {first}, {kind} poison, {kind} zeroinitializer")

    start = [words.word(word) for word in stream.CONSTANTS]
    for number in range(8):
        at = block.let(f"getelementptr i32, ptr %key, i32 {number}")
        start.append(splat(block.let(f"load i32, ptr {at}")))
    low = block.let("trunc i64 %index to i32")
    shifted = block.let("lshr i64 %index, 32")
    high = block.let(f"trunc i64 {shifted} to i32")
    nonce = [splat(low), splat(high), splat("%number")]
    amount = splat("%shift")
    block.do("br label %loop")
    head = list(block.lines)
    block.lines = []
    block.label("loop")
    block.do("%group = phi i32 [ 0, %entry ], [ %next, %loop ]")
    first = block.let(f"mul i32 %group, {DRAW}")
    steps = ", ".join(f"i32 {n}" for n in range(DRAW))
    counter = block.let(f"add {kind} {splat(first)}, <{steps}>")
    begin = [*start, counter, *nonce]
    state = list(begin)
    for _ in range(stream.ROUNDS // 2):
        for quarter in stream.QUARTERS:
            for x, y, z, turn in stream.STEPS:
                a, b, c = quarter[x], quarter[y], quarter[z]
                state[a] = words.let("add", state[a], state[b])
                mixed = words.let("xor", state[c], state[a])
                state[c] = block.let(
                    f"call {kind} @llvm.fshl.v{DRAW}i32({kind} {mixed}, {kind} {mixed},"
                    f" {kind} {words.word(turn)})"
                )
    drawn = [
        words.let("lshr", words.let("add", a, b), amount) for a, b in zip(state, begin, strict=True)
    ]
    for half in range(2):
        rows = _transposed(block, drawn[8 * half : 8 * half + 8])
        for number, row in enumerate(rows):
            for part in range(2):
                lanes = ", ".join(f"i32 {4 * part + k}" for k in range(4))
                quad = block.let(f"shufflevector {kind} {row}, {kind} poison, <4 x i32> <{lanes}>")
                _put(block, frame, quad, first, 4 * number + 2 * half + part)
    block.do("%next = add i32 %group, 1")
    block.do(f"%more = icmp ult i32 %next, {groups}")
    block.do("br i1 %more, label %loop, label %done")
    block.label("done")
    block.do("ret void")
    return "\n".join(
        [
            "define internal void @draw(ptr noalias %image, ptr noalias %key, i32 %number,"
            " i32 %shift, i64 %index) {",
            "entry:",
            *head,
            *block.lines,
            "}",
        ]
    )


def _transposed(block: Block, rows: Sequence[str]) -> list[str]:
    """Eight vectors of eight words, rows and columns exchanged."""
    kind = f"<{DRAW} x i32>"
    rows = list(rows)
    for distance in (1, 2, 4):
        keep = [k if not k & distance else k ^ distance | 8 for k in range(8)]
        move = [k | distance if not k & distance else k | 8 for k in range(8)]
        done = list(rows)
        for low in range(8):
            if low & distance:
                continue
            pair = f"{kind} {rows[low]}, {kind} {rows[low | distance]}"
            for place, lanes in ((low, keep), (low | distance, move)):
                text = ", ".join(f"i32 {lane}" for lane in lanes)
                done[place] = block.let(f"shufflevector {pair}, {kind} <{text}>")
        rows = done
    return rows


def _put(block: Block, frame: Frame, quad: str, first: str, number: int) -> None:
    """Store four words of the stream: into the tree, into the lanes' values, or behind it all."""
    shape = frame.shape
    tree, end = stream.tree_words(shape) // 4, stream.tree_words(shape) + shape.batch_size
    place = block.let(f"mul i32 {first}, 16")
    place = block.let(f"add i32 {place}, {4 * number}")
    in_tree = block.let(f"icmp ult i32 {place}, {4 * tree}")
    shift = block.let(f"select i1 {in_tree}, i32 {frame.tree_at}, i32 {frame.values_at - 4 * tree}")
    at = block.let(f"add i32 {place}, {shift}")
    inside = block.let(f"icmp ult i32 {place}, {end}")
    at = block.let(f"select i1 {inside}, i32 {at}, i32 {frame.spare}")
    pointer = block.let(f"getelementptr i32, ptr %image, i32 {at}")
    block.do(f"store <4 x i32> {quad}, ptr {pointer}, align 16")


def values(block: Block, words: Words, frame: Frame, start: str) -> str:
    """The input values of the lanes at a place of the table of lanes."""
    at = block.let(f"getelementptr i32, ptr @lanes, i32 {start}")
    lanes = block.let(f"load {words.type}, ptr {at}, align 64")
    return words.load(words.let("add", lanes, words.word(frame.values_at)))


def _check(frame: Frame, lanes: int) -> str:
    """``check(image, out)``: the reference on every lane; not 0 if an output differs."""
    shape = frame.shape
    start, body = Block(), Block("r")
    start_words, words = Words(start, WIDTH), Words(body, WIDTH)
    given = values(start, start_words, frame, "%at")
    value = words.let("xor", "%value", words.load("%index"))
    for op1, word, op2, shift, amount in HASH_STAGES:
        left = words.emit[op1](value, words.word(word))
        right = words.let("shl" if shift == "<<" else "lshr", value, words.word(amount))
        value = words.emit[op2](left, right)
    odd = words.let("and", value, words.word(1))
    twice = words.let("shl", "%index", words.word(1))
    child = words.let("add", twice, words.word((1 - frame.tree_at) & MASK))
    child = words.let("add", child, odd)
    root = words.word(frame.tree_at)
    deepest = body.let(f"icmp eq i32 %level, {shape.forest_height}")
    index = body.let(f"select i1 {deepest}, {words.type} {root}, {words.type} {child}")
    below = body.let("add i32 %level, 1")
    level = body.let(f"select i1 {deepest}, i32 0, i32 {below}")
    return "\n".join(
        [
            "define internal i32 @check(ptr noalias %image, ptr noalias %out) {",
            "entry:",
            "  br label %lane",
            "lane:",
            "  %at = phi i32 [ 0, %entry ], [ %next, %compare ]",
            f"  %wrong = phi {words.type} [ zeroinitializer, %entry ], [ %differs, %compare ]",
            *start.lines,
            "  br label %round",
            "round:",
            f"  %value = phi {words.type} [ {given}, %lane ], [ {value}, %round ]",
            f"  %index = phi {words.type} [ {root}, %lane ], [ {index}, %round ]",
            f"  %level = phi i32 [ 0, %lane ], [ {level}, %round ]",
            "  %number = phi i32 [ 1, %lane ], [ %number_next, %round ]",
            *body.lines,
            "  %number_next = add i32 %number, 1",
            f"  %again = icmp ult i32 %number, {shape.rounds}",
            "  br i1 %again, label %round, label %compare",
            "compare:",
            "  %out_at = getelementptr i32, ptr %out, i32 %at",
            f"  %got = load {words.type}, ptr %out_at, align 64",
            f"  %other = xor {words.type} %got, {value}",
            f"  %differs = or {words.type} %wrong, %other",
            f"  %next = add i32 %at, {WIDTH}",
            f"  %more = icmp ult i32 %next, {lanes}",
            "  br i1 %more, label %lane, label %done",
            "done:",
            f"  %any = call i32 @llvm.vector.reduce.or.v{WIDTH}i32({words.type} %differs)",
            "  ret i32 %any",
            "}",
        ]
    )


def _bulk(frame: Frame) -> str:
    return f"""
define internal void @note(ptr %counter, ptr %list, i64 %index) {{
entry:
  %before = load i64, ptr %counter
  %after = add i64 %before, 1
  store i64 %after, ptr %counter
  %room = icmp ult i64 %before, {LISTED}
  br i1 %room, label %keep, label %done
keep:
  %at = getelementptr i64, ptr %list, i64 %before
  store i64 %index, ptr %at
  br label %done
done:
  ret void
}}
define void @bulk(ptr %image, ptr %out, ptr %key, i32 %number, i32 %shift,
  i64 %first, i64 %count, i64 %budget, ptr %result) {{
entry:
  %wrongs = getelementptr i64, ptr %result, i32 {WRONG}
  %misses = getelementptr i64, ptr %result, i32 {MISSED}
  %wrong_list = getelementptr i64, ptr %result, i32 {LISTS}
  %miss_list = getelementptr i64, ptr %result, i32 {LISTS + LISTED}
  %work_at = getelementptr i32, ptr %image, i32 {frame.work}
  br label %test
test:
  %done = phi i64 [ 0, %entry ], [ %more, %next ]
  %spent = phi i64 [ 0, %entry ], [ %spent_more, %next ]
  %due = icmp ult i64 %done, %count
  %paid = icmp ult i64 %spent, %budget
  %go = and i1 %due, %paid
  br i1 %go, label %seed, label %end
seed:
  %index = add i64 %first, %done
  call void @draw(ptr %image, ptr %key, i32 %number, i32 %shift, i64 %index)
  %answer = call i32 @program(ptr %image, ptr %out)
  %differs = call i32 @check(ptr %image, ptr %out)
  %work = load i32, ptr %work_at
  %work_wide = zext i32 %work to i64
  %spent_more = add i64 %spent, %work_wide
  %miss = and i32 %answer, {MISS}
  %missed = icmp ne i32 %miss, 0
  br i1 %missed, label %note_miss, label %compare
note_miss:
  call void @note(ptr %misses, ptr %miss_list, i64 %index)
  br label %next
compare:
  %fault = and i32 %answer, {FAULT}
  %wrong = or i32 %differs, %fault
  %bad = icmp ne i32 %wrong, 0
  br i1 %bad, label %note_wrong, label %next
note_wrong:
  call void @note(ptr %wrongs, ptr %wrong_list, i64 %index)
  br label %next
next:
  %more = add i64 %done, 1
  br label %test
end:
  %ran_at = getelementptr i64, ptr %result, i32 {RAN}
  store i64 %done, ptr %ran_at
  %spent_at = getelementptr i64, ptr %result, i32 {WORK}
  store i64 %spent, ptr %spent_at
  ret void
}}
"""
