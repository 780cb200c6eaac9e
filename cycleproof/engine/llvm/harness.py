"""LLVM assembly of what surrounds a program: inputs, reference, comparison and count.

``bulk`` draws the inputs of a seed into its image, as many ChaCha blocks at a time as a vector has
words, calls ``program``, runs the reference and compares. ``program(image, out)`` runs a seed
whose inputs are in the image, writes the output words and answers with bits: MISS, FAULT, or none.
"""

from collections.abc import Sequence
from math import gcd

from .. import stream
from ..result import LISTED
from .block import Block, loop, table
from .emit import WIDTH, Words
from .host import host
from .reference import Frame, check
from .vectors import cut, transposed

DRAWN = 16 * stream.BLOCK_WORDS  # words drawn at once, at the most
WRONG, MISSED, RAN, WORK, LISTS = range(5)
"""Places in the result, in 64-bit words: seeds that are wrong, that missed a guard, that were
run; the slots that this took; then two lists."""
RESULT_WORDS = LISTS + 2 * LISTED
MISS, FAULT = 1, 2
"""Bits of ``program``'s answer: the frozen simulator must say what happened; the run faults."""


def padded(lanes: Sequence[int]) -> list[int]:
    """Lanes, the last one repeated until a whole number of vectors is full."""
    return [*lanes, *[lanes[-1]] * (-len(lanes) % WIDTH)]


def surroundings(frame: Frame, lanes: Sequence[int]) -> str:
    """All but ``program``. ``lanes``: those whose outputs it writes, one after the other."""
    return "\n".join([table("lanes", lanes), _draw(frame), check(frame, lanes), _bulk(frame)])


def _draw(frame: Frame) -> str:
    """``draw(image, key, number, shift, index)``: a vector of blocks at a time into the image."""
    shape, width = frame.shape, max(host().vector, 8)
    block = Block()
    groups = -(-stream.blocks(shape) // width)
    words = Words(block, width)

    start = [words.word(word) for word in stream.CONSTANTS]
    for number in range(8):
        at = block.let(f"getelementptr i32, ptr %key, i32 {number}")
        start.append(words.splat(block.let(f"load i32, ptr {at}")))
    low = block.let("trunc i64 %index to i32")
    shifted = block.let("lshr i64 %index, 32")
    high = block.let(f"trunc i64 {shifted} to i32")
    nonce = [words.splat(word) for word in (low, high, "%number")]

    def mix(state: list[str], quarters: Sequence[Sequence[int]]) -> None:
        # Step by step, since no quarter waits for another.
        for x, y, z, turn in stream.STEPS:
            for quarter in quarters:
                a, b, c = quarter[x], quarter[y], quarter[z]
                state[a] = words.let("add", state[a], state[b])
                state[c] = words.rotate(words.let("xor", state[c], state[a]), turn)

    # All columns of the first round but the counter's are the same in all blocks of a seed.
    state = [*start, words.word(0), *nonce]
    columns, diagonals = stream.QUARTERS[:4], stream.QUARTERS[4:]
    mix(state, columns[1:])
    head, block.lines = block.lines, []
    first = block.let(f"mul i32 %group, {width}")
    steps = ", ".join(f"i32 {n}" for n in range(width))
    counter = block.let(f"add {words.type} {words.splat(first)}, <{steps}>")
    begin = [*start, counter, *nonce]
    state[len(start)] = counter
    mix(state, columns[:1])
    for number in range(1, stream.ROUNDS):
        mix(state, diagonals if number % 2 else columns)
    amount = words.splat("%shift")  # here, so that LLVM sees one shift of all words
    drawn = [
        words.let("lshr", words.let("add", a, b), amount) for a, b in zip(state, begin, strict=True)
    ]
    runs = _runs(block, frame, first, groups, width * stream.BLOCK_WORDS)
    for top in range(0, stream.BLOCK_WORDS, 4):
        for row, quad in enumerate(_quads(block, width, drawn[top : top + 4])):
            run, behind = divmod(
                stream.BLOCK_WORDS * row + top, width * stream.BLOCK_WORDS // len(runs)
            )
            pointer = block.let(f"getelementptr i32, ptr {runs[run]}, i32 {behind}")
            # Volatile, since LLVM would join stores at a cost that is higher than theirs.
            block.do(f"store volatile <4 x i32> {quad}, ptr {pointer}, align 16")
    return "\n".join(
        [
            "define internal void @draw(ptr noalias %image, ptr noalias %key, i32 %number,"
            " i32 %shift, i64 %index) {",
            "entry:",
            *head,
            *loop("group", 1, groups, block.lines),
            "  ret void",
            "}",
        ]
    )


def _quads(block: Block, width: int, rows: Sequence[str]) -> list[str]:
    """Four vectors of ``width`` words as so many vectors of four: columns instead of rows."""
    columns = transposed(block, width, rows)
    parts = [range(at, at + 4) for at in range(0, width, 4)]
    return [cut(block, width, column, part) for part in parts for column in columns]


def _runs(block: Block, frame: Frame, first: str, groups: int, drawn: int) -> list[str]:
    """Where the words of a group of blocks go: into the tree, the lanes' values, or behind it all.

    A run is as long as it can be if none has the tree's or the values' end inside it.
    """
    tree = stream.tree_words(frame.shape)
    end = -(-(tree + frame.shape.batch_size) // 4) * 4
    length = gcd(tree, end, drawn)
    start = block.let(f"mul i32 {first}, {stream.BLOCK_WORDS}")
    pointers = []
    for at in range(0, drawn, length):
        word = block.let(f"add i32 {start}, {at}")
        in_tree = block.let(f"icmp ult i32 {word}, {tree}")
        shift = block.let(f"select i1 {in_tree}, i32 {frame.tree_at}, i32 {frame.values_at - tree}")
        place = block.let(f"add i32 {word}, {shift}")
        if end < groups * drawn:
            inside = block.let(f"icmp ult i32 {word}, {end}")
            place = block.let(f"select i1 {inside}, i32 {place}, i32 {frame.spare}")
        pointers.append(block.let(f"getelementptr i32, ptr %image, i32 {place}"))
    return pointers


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
  %wrong_count = getelementptr i64, ptr %result, i32 {WRONG}
  %missed_count = getelementptr i64, ptr %result, i32 {MISSED}
  %wrong_list = getelementptr i64, ptr %result, i32 {LISTS}
  %missed_list = getelementptr i64, ptr %result, i32 {LISTS + LISTED}
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
{_noted("missed", "%miss", "compare")}
compare:
  %fault = and i32 %answer, {FAULT}
  %bad = or i32 %differs, %fault
{_noted("wrong", "%bad", "next")}
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


def _noted(what: str, bits: str, otherwise: str) -> str:
    """The end of a block: note a seed as missed or wrong where a bit is set, else go elsewhere."""
    return f"""  %{what} = icmp ne i32 {bits}, 0
  br i1 %{what}, label %note_{what}, label %{otherwise}
note_{what}:
  call void @note(ptr %{what}_count, ptr %{what}_list, i64 %index)
  br label %next"""
