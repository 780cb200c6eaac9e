"""LLVM assembly of lane classes: the lanes of one seed side by side in vectors.

One seed's image (about 12 KB) stays in the first cache. ``bulk`` draws the inputs eight ChaCha
blocks at a time, fills the image, runs each class over its lanes, ``WIDTH`` at a time, then the
reference, and compares. ``program`` runs a seed whose inputs are in the image already.
"""

from collections.abc import Callable, Sequence
from itertools import count

from frozen.problem import HASH_STAGES

from . import stream
from .ir import CONST, LANE, LOAD
from .layout import Recipe
from .meaning import names_of, translate
from .slices import CELL, GUARD, Instruction, LaneClass, Sliced

WIDTH = 16  # lanes in one vector
DRAW = 8  # ChaCha blocks drawn at once
LISTED = 256  # wrong, and missed, seeds that are listed by index
WRONG, MISSED, LISTS = range(3)
"""Places in the result, in 64-bit words: two counts, then two lists."""
RESULT_WORDS = LISTS + 2 * LISTED


def padded(one: LaneClass) -> list[int]:
    """A class's lanes, the last one repeated until a whole number of vectors is full."""
    rest = -len(one.lanes) % WIDTH
    return [*one.lanes, *[one.lanes[-1]] * rest]


def image_words(sliced: Sliced) -> int:
    """Words of an image, and a quad behind it that takes the end of the stream."""
    return sliced.words + 4


class _Block:
    """A function's body: lines, and fresh names."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.numbers = count()

    def let(self, text: str) -> str:
        """A new value."""
        name = f"%t{next(self.numbers)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """A line without a value."""
        self.lines.append(f"  {text}")

    def label(self, name: str) -> None:
        self.lines.append(f"{name}:")


class _Words:
    """Emitters of all primitives for one type: a word, or a vector of them."""

    def __init__(self, block: _Block, width: int) -> None:
        self.block, self.width = block, width
        self.type = f"<{width} x i32>" if width > 1 else "i32"
        self.bit = f"<{width} x i1>" if width > 1 else "i1"
        self.emit: dict[str, Callable[..., str]] = {
            "+": self._plain("add"),
            "-": self._plain("sub"),
            "*": self._plain("mul"),
            "^": self._plain("xor"),
            "&": self._plain("and"),
            "|": self._plain("or"),
            "<<": self._shift("shl"),
            ">>": self._shift("lshr"),
            "<": self._compare("ult"),
            "==": self._compare("eq"),
            "//": self._divide("udiv"),
            "%": self._divide("urem"),
            "cdiv": self._ceiling,
            "?": lambda c, a, b: self.select(self.test("ne", c, self.word(0)), a, b),
        }

    def word(self, value: int) -> str:
        """A constant, the same in every lane."""
        return f"splat (i32 {value})" if self.width > 1 else str(value)

    def let(self, op: str, a: str, b: str) -> str:
        return self.block.let(f"{op} {self.type} {a}, {b}")

    def test(self, relation: str, a: str, b: str) -> str:
        return self.block.let(f"icmp {relation} {self.type} {a}, {b}")

    def select(self, bit: str, a: str, b: str) -> str:
        return self.block.let(f"select {self.bit} {bit}, {self.type} {a}, {self.type} {b}")

    def load(self, at: str) -> str:
        """The words at places of the image."""
        block = self.block
        pointer = block.let(f"getelementptr i32, ptr %image, {self.type} {at}")
        if self.width == 1:
            return block.let(f"load i32, ptr {pointer}")
        return block.let(
            f"call {self.type} @llvm.masked.gather.v{self.width}i32.v{self.width}p0("
            f"<{self.width} x ptr> {pointer}, i32 4, {self.bit} splat (i1 true),"
            f" {self.type} zeroinitializer)"
        )

    def _plain(self, op: str) -> Callable[[str, str], str]:
        return lambda a, b: self.let(op, a, b)

    def _shift(self, op: str) -> Callable[[str, str], str]:
        def emit(a: str, b: str) -> str:
            moved = self.let(op, a, self.let("and", b, self.word(31)))
            return self.select(self.test("ult", b, self.word(32)), moved, self.word(0))

        return emit

    def _compare(self, relation: str) -> Callable[[str, str], str]:
        return lambda a, b: self.block.let(
            f"zext {self.bit} {self.test(relation, a, b)} to {self.type}"
        )

    def _divide(self, op: str) -> Callable[[str, str], str]:
        # A zero divisor has its guard; here it must only not trap.
        def emit(a: str, b: str) -> str:
            return self.let(op, a, self.select(self.test("eq", b, self.word(0)), self.word(1), b))

        return emit

    def _ceiling(self, a: str, b: str) -> str:
        rest = self.test("ne", self.emit["%"](a, b), self.word(0))
        more = self.block.let(f"zext {self.bit} {rest} to {self.type}")
        return self.let("add", self.emit["//"](a, b), more)

    def op(self, value: str, operands: Sequence[str]) -> str:
        """An op's expression."""
        by_name = dict(zip(names_of(value), operands, strict=True))
        return translate(value, by_name, self.word, self.emit)


def source(sliced: Sliced) -> str:
    """The module: ``bulk``, ``program`` and what they call."""
    lanes = [lane for one in sliced.classes for lane in padded(one)]
    parts = [
        _DECLARATIONS,
        _table("lanes", lanes),
        *(_table(f"set_{number}", _bitmap(members)) for number, members in enumerate(sliced.sets)),
        _draw(sliced),
    ]
    calls, start = [], 0
    for level, recipes in enumerate(sliced.levels):
        for number, recipe in enumerate(recipes):
            parts.append(_recipe(f"{level}_{number}", recipe))
            calls.append(f"call void @make_{level}_{number}(ptr %image)")
    misses = []
    out = 0
    for number, one in enumerate(sliced.classes):
        parts.append(_lane_class(number, one, sliced, start, out))
        start += len(padded(one))
        out += len(padded(one)) * len(one.outputs)
        misses.append(f"call i32 @class_{number}(ptr %image, ptr %out)")
    parts.append(_program(calls, misses))
    parts.append(_check(sliced, len(lanes)))
    parts.append(_BULK)
    return "\n".join(parts)


def _bitmap(members: Sequence[int]) -> list[int]:
    words = [0] * ((members[-1] - members[0]) // 32 + 1)
    for member in members:
        words[(member - members[0]) // 32] |= 1 << (member - members[0]) % 32
    return words


def _table(name: str, words: Sequence[int]) -> str:
    text = ", ".join(f"i32 {word}" for word in words)
    return f"@{name} = internal constant [{len(words)} x i32] [{text}], align 64"


_DECLARATIONS = f"""
declare <{WIDTH} x i32> @llvm.masked.gather.v{WIDTH}i32.v{WIDTH}p0(
  <{WIDTH} x ptr>, i32, <{WIDTH} x i1>, <{WIDTH} x i32>)
declare <{DRAW} x i32> @llvm.fshl.v{DRAW}i32(
  <{DRAW} x i32>, <{DRAW} x i32>, <{DRAW} x i32>)
declare i32 @llvm.vector.reduce.or.v{WIDTH}i32(<{WIDTH} x i32>)
"""


def _draw(sliced: Sliced) -> str:
    """``draw(image, key, number, shift, index)``: eight blocks at a time into the image."""
    shape = sliced.executed.shape
    block = _Block()
    groups = -(-stream.blocks(shape) // DRAW)
    kind = f"<{DRAW} x i32>"
    words = _Words(block, DRAW)

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
                _put(block, sliced, quad, first, 4 * number + 2 * half + part)
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


def _transposed(block: _Block, rows: Sequence[str]) -> list[str]:
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


def _put(block: _Block, sliced: Sliced, quad: str, first: str, number: int) -> None:
    """Store four words of the stream: into the tree, into the lanes' values, or behind it all."""
    shape = sliced.executed.shape
    tree, end = stream.tree_words(shape) // 4, stream.tree_words(shape) + shape.batch_size
    place = block.let(f"mul i32 {first}, 16")
    place = block.let(f"add i32 {place}, {4 * number}")
    in_tree = block.let(f"icmp ult i32 {place}, {4 * tree}")
    shift = block.let(
        f"select i1 {in_tree}, i32 {sliced.tree_at}, i32 {sliced.values_at - 4 * tree}"
    )
    at = block.let(f"add i32 {place}, {shift}")
    inside = block.let(f"icmp ult i32 {place}, {end}")
    at = block.let(f"select i1 {inside}, i32 {at}, i32 {sliced.words}")
    pointer = block.let(f"getelementptr i32, ptr %image, i32 {at}")
    block.do(f"store <4 x i32> {quad}, ptr {pointer}, align 16")


def _recipe(name: str, recipe: Recipe) -> str:
    """``make_NAME(image)``: one row after the other."""
    block = _Block()
    words = _Words(block, 1)
    columns = list(zip(*recipe.rows, strict=True))
    size = len(recipe.rows)
    tables = []

    def parameter(k: int) -> str:
        if len(set(columns[k])) == 1:
            return str(columns[k][0])
        tables.append(_table(f"column_{name}_{k}", columns[k]))
        at = block.let(f"getelementptr i32, ptr @column_{name}_{k}, i32 %row")
        return block.let(f"load i32, ptr {at}")

    made: list[str] = []
    for kind, args in recipe.steps:
        if kind == "word":
            made.append(parameter(args[0] + 1))
        elif kind == "cell":
            made.append(words.load(parameter(args[0] + 1)))
        else:
            made.append(words.op(kind, [made[arg] for arg in args]))
    at = block.let(f"getelementptr i32, ptr %image, i32 {parameter(0)}")
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
            "  %next = add i32 %row, 1",
            f"  %more = icmp ult i32 %next, {size}",
            "  br i1 %more, label %loop, label %done",
            "done:",
            "  ret void",
            "}",
        ]
    )


def _values(block: _Block, words: _Words, sliced: Sliced, start: str) -> str:
    """The input values of the lanes at a place of the table of lanes."""
    at = block.let(f"getelementptr i32, ptr @lanes, i32 {start}")
    lanes = block.let(f"load {words.type}, ptr {at}, align 64")
    return words.load(words.let("add", lanes, words.word(sliced.values_at)))


def _lane_class(number: int, one: LaneClass, sliced: Sliced, start: int, out: int) -> str:
    """``class_N(image, out)``: not 0 if a guard missed. Outputs lie vector after vector."""
    block = _Block()
    words = _Words(block, WIDTH)
    place = block.let(f"add i32 %at, {start}")
    value = _values(block, words, sliced, place)
    made: list[str] = []
    miss = "%missed"
    for step in one.code:
        if step.kind == GUARD:
            word, miss = _guard(words, step, made, miss)
            made.append(word)
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
            "  br label %loop",
            "loop:",
            "  %at = phi i32 [ 0, %entry ], [ %next, %loop ]",
            f"  %missed = phi {words.type} [ zeroinitializer, %entry ], [ {miss}, %loop ]",
            *block.lines,
            f"  %next = add i32 %at, {WIDTH}",
            f"  %more = icmp ult i32 %next, {len(padded(one))}",
            "  br i1 %more, label %loop, label %done",
            "done:",
            f"  %any = call i32 @llvm.vector.reduce.or.v{WIDTH}i32({words.type} {miss})",
            "  ret i32 %any",
            "}",
        ]
    )


def _guard(words: _Words, step: Instruction, made: list[str], miss: str) -> tuple[str, str]:
    """The guarded word, and the misses so far with this one's."""
    position, low, high, number = step.args
    block, word = words.block, made[position]
    offset = words.let("sub", word, words.word(low))
    right = words.test("ule", offset, words.word(high - low))
    if number >= 0:
        inside = words.select(right, offset, words.word(0))
        at = words.let("lshr", inside, words.word(5))
        pointer = block.let(f"getelementptr i32, ptr @set_{number}, {words.type} {at}")
        bits = block.let(
            f"call {words.type} @llvm.masked.gather.v{WIDTH}i32.v{WIDTH}p0("
            f"<{WIDTH} x ptr> {pointer}, i32 4, {words.bit} splat (i1 true),"
            f" {words.type} zeroinitializer)"
        )
        bit = words.let("lshr", bits, words.let("and", inside, words.word(31)))
        member = words.test("ne", words.let("and", bit, words.word(1)), words.word(0))
        right = block.let(f"and {words.bit} {right}, {member}")
    wrong = block.let(f"zext {words.bit} {right} to {words.type}")
    wrong = words.let("xor", wrong, words.word(1))
    return words.select(right, word, words.word(low)), words.let("or", miss, wrong)


def _step(words: _Words, step: Instruction, made: list[str], value: str) -> str:
    kind, args = step
    block = words.block
    if kind == CONST:
        return words.word(args[0])
    if kind == LANE:
        return value
    if kind == LOAD:
        return words.load(words.let("add", made[args[0]], words.word(args[1])))
    if kind == CELL:
        at = block.let(f"getelementptr i32, ptr %image, i32 {args[0]}")
        word = block.let(f"load i32, ptr {at}")
        first = block.let(f"insertelement {words.type} poison, i32 {word}, i32 0")
        return block.let(
            f"shufflevector {words.type} {first}, {words.type} poison, {words.type} zeroinitializer"
        )
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


def _check(sliced: Sliced, lanes: int) -> str:
    """``check(image, out)``: the reference on every lane; not 0 if an output differs."""
    shape = sliced.executed.shape
    block = _Block()
    words = _Words(block, WIDTH)
    value = _values(block, words, sliced, "%at")
    index = words.word(sliced.tree_at)
    for number in range(shape.rounds):
        value = words.let("xor", value, words.load(index))
        for op1, word, op2, shift, amount in HASH_STAGES:
            left = words.emit[op1](value, words.word(word))
            right = words.let("shl" if shift == "<<" else "lshr", value, words.word(amount))
            value = words.emit[op2](left, right)
        if number % (shape.forest_height + 1) == shape.forest_height:
            index = words.word(sliced.tree_at)
        else:
            odd = words.let("and", value, words.word(1))
            twice = words.let("shl", index, words.word(1))
            left = words.let("add", twice, words.word((1 - sliced.tree_at) & 0xFFFFFFFF))
            index = words.let("add", left, odd)
    pointer = block.let("getelementptr i32, ptr %out, i32 %at")
    got = block.let(f"load {words.type}, ptr {pointer}, align 64")
    differs = words.let("or", "%wrong", words.let("xor", got, value))
    return "\n".join(
        [
            "define internal i32 @check(ptr noalias %image, ptr noalias %out) {",
            "entry:",
            "  br label %loop",
            "loop:",
            "  %at = phi i32 [ 0, %entry ], [ %next, %loop ]",
            f"  %wrong = phi {words.type} [ zeroinitializer, %entry ], [ {differs}, %loop ]",
            *block.lines,
            f"  %next = add i32 %at, {WIDTH}",
            f"  %more = icmp ult i32 %next, {lanes}",
            "  br i1 %more, label %loop, label %done",
            "done:",
            f"  %any = call i32 @llvm.vector.reduce.or.v{WIDTH}i32({words.type} {differs})",
            "  ret i32 %any",
            "}",
        ]
    )


_BULK = f"""
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
  i64 %first, i64 %count, ptr %result) {{
entry:
  %wrongs = getelementptr i64, ptr %result, i32 {WRONG}
  %misses = getelementptr i64, ptr %result, i32 {MISSED}
  %wrong_list = getelementptr i64, ptr %result, i32 {LISTS}
  %miss_list = getelementptr i64, ptr %result, i32 {LISTS + LISTED}
  br label %test
test:
  %done = phi i64 [ 0, %entry ], [ %more, %next ]
  %go = icmp ult i64 %done, %count
  br i1 %go, label %seed, label %end
seed:
  %index = add i64 %first, %done
  call void @draw(ptr %image, ptr %key, i32 %number, i32 %shift, i64 %index)
  %miss = call i32 @program(ptr %image, ptr %out)
  %wrong = call i32 @check(ptr %image, ptr %out)
  %missed = icmp ne i32 %miss, 0
  br i1 %missed, label %note_miss, label %compare
note_miss:
  call void @note(ptr %misses, ptr %miss_list, i64 %index)
  br label %next
compare:
  %bad = icmp ne i32 %wrong, 0
  br i1 %bad, label %note_wrong, label %next
note_wrong:
  call void @note(ptr %wrongs, ptr %wrong_list, i64 %index)
  br label %next
next:
  %more = add i64 %done, 1
  br label %test
end:
  ret void
}}
"""
