"""LLVM assembly of lane classes: the lanes of one seed side by side in vectors.

One seed's image (about 12 KB) stays in the first cache. ``program`` fills the image and runs each
class over its lanes, ``WIDTH`` at a time; the inputs are in the image already.
"""

from collections.abc import Sequence

from ..ir import CONST, LANE, LOAD
from ..layout import Recipe
from ..sliced import CELL, GUARD, Instruction, LaneClass, Sliced, bitmap
from .emit import WIDTH, Block, Words, table
from .harness import DRAWN, padded, surroundings
from .loads import Loads
from .reference import Frame, values

ROWS = 4  # rows of a recipe that are made at once


def frame_of(sliced: Sliced) -> Frame:
    """The places of a seed's inputs in its image."""
    words = sliced.words
    return Frame(sliced.executed.shape, sliced.tree_at, sliced.values_at, words, words + DRAWN)


def source(sliced: Sliced) -> str:
    """The module: ``bulk``, ``program`` and what they call."""
    lanes = [lane for one in sliced.classes for lane in padded(one.lanes)]
    parts = [
        surroundings(frame_of(sliced), lanes),
        *(table(f"set_{number}", bitmap(members)) for number, members in enumerate(sliced.sets)),
    ]
    calls, start = [], 0
    for level, recipes in enumerate(sliced.levels):
        for number, recipe in enumerate(recipes):
            if recipe.fixed:
                continue  # ``Compiled`` has put them there
            parts.append(_recipe(f"{level}_{number}", recipe))
            calls.append(f"call void @make_{level}_{number}(ptr %image)")
    misses = []
    out = 0
    for number, one in enumerate(sliced.classes):
        parts.append(_lane_class(number, one, frame_of(sliced), start, out))
        start += len(padded(one.lanes))
        out += len(padded(one.lanes)) * len(one.outputs)
        misses.append(f"call i32 @class_{number}(ptr %image, ptr %out)")
    parts.append(_program(calls, misses))
    return "\n".join(parts)


def _recipe(name: str, recipe: Recipe) -> str:
    """``make_NAME(image)``: ``ROWS`` rows at a time; the last row is repeated to fill these up."""
    block = Block()
    words = Words(block, 1)
    rows = [*recipe.rows, *[recipe.rows[-1]] * (-len(recipe.rows) % ROWS)]
    columns = list(zip(*rows, strict=True))
    varying = [k for k, column in enumerate(columns) if len(set(column)) > 1]
    pairs = [varying[at : at + 2] for at in range(0, len(varying), 2)]
    tables = [
        table(f"pair_{name}_{number}", _packed([columns[k] for k in pair]), 64)
        for number, pair in enumerate(pairs)
    ]

    def parameters(row: str) -> list[str]:
        found = [words.word(column[0]) for column in columns]
        for number, pair in enumerate(pairs):
            at = block.let(f"getelementptr i64, ptr @pair_{name}_{number}, i32 {row}")
            both = block.let(f"load i64, ptr {at}")
            for k in pair:
                found[k] = block.let(f"trunc i64 {both} to i32")
                both = block.let(f"lshr i64 {both}, 32")
        return found

    for number in range(ROWS):
        to, *given = parameters(words.let("add", "%row", words.word(number)))
        made: list[str] = []
        for kind, args in recipe.steps:
            if kind == "word":
                made.append(given[args[0]])
            elif kind == "cell":
                made.append(words.load(given[args[0]]))
            else:
                made.append(words.op(kind, [made[arg] for arg in args]))
        place = block.let(f"zext i32 {to} to i64")
        at = block.let(f"getelementptr i32, ptr %image, i64 {place}")
        block.do(f"store i32 {made[-1]}, ptr {at}")
    return "\n".join(
        [
            *tables,
            f"define internal void @make_{name}(ptr noalias %image) {{",
            "entry:",
            "  br label %loop",
            "loop:",
            "  %row = phi i32 [ 0, %entry ], [ %next, %loop ]",
            *block.lines,
            f"  %next = add i32 %row, {ROWS}",
            f"  %more = icmp ult i32 %next, {len(rows)}",
            "  br i1 %more, label %loop, label %done",
            "done:",
            "  ret void",
            "}",
        ]
    )


def _packed(columns: Sequence[Sequence[int]]) -> list[int]:
    """One column, or two side by side: a load finds both."""
    return [
        sum(word << 32 * at for at, word in enumerate(row)) for row in zip(*columns, strict=True)
    ]


def _lane_class(number: int, one: LaneClass, frame: Frame, start: int, out: int) -> str:
    """``class_N(image, out)``: not 0 if a guard missed. Outputs lie vector after vector."""
    block = Block()
    words = Words(block, WIDTH)
    place = block.let(f"add i32 %at, {start}")
    value = values(block, words, frame, padded(one.lanes), place)
    loads = Loads(words, one.code)
    made: list[str] = []
    miss = "%missed"
    for position, step in enumerate(one.code):
        if step.kind == GUARD:
            word, miss = _guard(words, step, made, miss)
            made.append(word)
        elif step.kind == LOAD:
            made.append(loads.load(position, made))
        else:
            made.append(_step(words, step, made, value))
    base = block.let(f"mul i32 %at, {len(one.outputs)}")
    for k, position in enumerate(one.outputs):
        at = block.let(f"add i32 {base}, {out + k * WIDTH}")
        pointer = block.let(f"getelementptr i32, ptr %out, i32 {at}")
        block.do(f"store {words.type} {made[position]}, ptr {pointer}, align 64")
    return "\n".join(
        [
            f"define internal i32 @class_{number}(ptr noalias %image, ptr noalias %out) {{",
            "entry:",
            *loads.near.block.lines,
            "  br label %loop",
            "loop:",
            "  %at = phi i32 [ 0, %entry ], [ %next, %loop ]",
            f"  %missed = phi {words.type} [ zeroinitializer, %entry ], [ {miss}, %loop ]",
            *block.lines,
            f"  %next = add i32 %at, {WIDTH}",
            f"  %more = icmp ult i32 %next, {len(padded(one.lanes))}",
            "  br i1 %more, label %loop, label %done",
            "done:",
            f"  %any = call i32 @llvm.vector.reduce.or.v{WIDTH}i32({words.type} {miss})",
            "  ret i32 %any",
            "}",
        ]
    )


def _guard(words: Words, step: Instruction, made: list[str], miss: str) -> tuple[str, str]:
    """The guarded word, and the misses so far with this one's."""
    position, low, high, number = step.args
    block, word = words.block, made[position]
    offset = words.let("sub", word, words.word(low))
    right = words.test("ule", offset, words.word(high - low))
    if number >= 0:
        inside = words.select(right, offset, words.word(0))
        at = words.let("lshr", inside, words.word(5))
        bits = words.load(at, f"@set_{number}")
        bit = words.let("lshr", bits, words.let("and", inside, words.word(31)))
        member = words.test("ne", words.let("and", bit, words.word(1)), words.word(0))
        right = block.let(f"and {words.bit} {right}, {member}")
    wrong = block.let(f"zext {words.bit} {right} to {words.type}")
    wrong = words.let("xor", wrong, words.word(1))
    return words.select(right, word, words.word(low)), words.let("or", miss, wrong)


def _step(words: Words, step: Instruction, made: list[str], value: str) -> str:
    kind, args = step
    block = words.block
    if kind == CONST:
        return words.word(args[0])
    if kind == LANE:
        return value
    if kind == CELL:
        at = block.let(f"getelementptr i32, ptr %image, i32 {args[0]}")
        word = block.let(f"load i32, ptr {at}")
        return words.splat(word)
    return words.op(kind, [made[arg] for arg in args])


def _program(calls: Sequence[str], misses: Sequence[str]) -> str:
    """``program(image, out)``: fill the image, run every class; not 0 if a guard missed."""
    lines = [f"  {call}" for call in calls]
    total = "0"
    for number, call in enumerate(misses):
        lines += [f"  %m{number} = {call}", f"  %s{number} = or i32 {total}, %m{number}"]
        total = f"%s{number}"
    return "\n".join(
        [
            "define i32 @program(ptr noalias %image, ptr noalias %out) {",
            "entry:",
            *lines,
            f"  ret i32 {total}",
            "}",
        ]
    )
