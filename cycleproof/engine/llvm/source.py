"""LLVM assembly of lane classes: the lanes of one seed side by side in vectors.

One seed's image (about 12 KB) stays in the first cache. ``program`` fills the image and runs each
class over its lanes, ``WIDTH`` at a time; the inputs are in the image already.
"""

from collections.abc import Sequence
from itertools import product

from ..ir import CONST, LANE, LOAD
from ..sliced import CELL, GUARD, Instruction, LaneClass, Sliced, bitmap
from ..slices import MAX_INSTRUCTIONS
from .block import Block, loop, table
from .emit import WIDTH, Words, module
from .harness import DRAWN, padded, surroundings
from .host import host
from .loads import Loads
from .near import Near
from .reference import Frame, beside, values
from .tables import maker

BESIDE = {16: 4, 8: 2, 4: 1}
"""How many vectors of lanes go side by side, by the words in a processor's vector.

Fewer go side by side where LLVM would get more instructions than ``MAX_INSTRUCTIONS``.
"""
BEHIND = 5  # steps by which a vector runs behind the one beside it, so that not all load at once


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
    for level, formulas in enumerate(sliced.levels):
        for number, formula in enumerate(formulas):
            if formula.fixed:
                continue  # ``Compiled`` has put them there
            parts.append(maker(f"{level}_{number}", formula))
            calls.append(f"call void @make_{level}_{number}(ptr %image)")
    misses, out = [], 0
    code = sum(len(one.code) for one in sliced.classes)
    most = max(1, min(BESIDE[host().vector], MAX_INSTRUCTIONS // max(code, 1)))
    for number, one in enumerate(sliced.classes):
        parts.append(_lane_class(number, one, frame_of(sliced), start, out, most))
        start += len(padded(one.lanes))
        out += len(padded(one.lanes)) * len(one.outputs)
        misses.append(f"call i32 @class_{number}(ptr %image, ptr %out)")
    parts.append(_program(calls, misses))
    return module(parts)


def _lane_class(number: int, one: LaneClass, frame: Frame, start: int, out: int, most: int) -> str:
    """``class_N(image, out)``: not 0 if a guard missed. Outputs lie vector after vector.

    ``start`` and ``out`` are where its lanes and its outputs begin among all. At ``most`` so many
    vectors go side by side: a processor computes one while another waits.
    """
    block, near, miss = Block(), Near(), "%missed"
    words, lanes = Words(block, WIDTH), padded(one.lanes)
    sides = range(beside(lanes, most))
    given = [values(words, frame, lanes, start, side * WIDTH) for side in sides]
    loads = [Loads(words, one.code, near) for _ in sides]
    made: list[list[str]] = [[] for _ in sides]
    steps = product(range(len(one.code)), sides)
    for position, side in sorted(steps, key=lambda at: at[0] + BEHIND * at[1]):
        step = one.code[position]
        if step.kind == GUARD:
            word, miss = _guard(words, step, made[side], miss)
        elif step.kind == LOAD:
            word = loads[side].load(position, made[side])
        else:
            word = _step(words, step, made[side], given[side])
        made[side].append(word)
    base = block.let(f"mul i32 %at, {len(one.outputs)}")
    for side in sides:
        for k, position in enumerate(one.outputs):
            behind = (side * len(one.outputs) + k) * WIDTH
            at = block.let(f"add i32 {base}, {out + behind}")
            pointer = block.let(f"getelementptr i32, ptr %out, i32 {at}")
            block.do(f"store {words.type} {made[side][position]}, ptr {pointer}, align 64")
    missed = f"  %missed = phi {words.type} [ zeroinitializer, %entry ], [ {miss}, %loop ]"
    return "\n".join(
        [
            f"define internal i32 @class_{number}(ptr noalias %image, ptr noalias %out) {{",
            "entry:",
            *near.block.lines,
            *loop("at", len(sides) * WIDTH, len(lanes), [missed, *block.lines]),
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
