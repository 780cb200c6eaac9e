"""Documents whose program the machine must refuse, or must not run for ever."""

from functools import partial

from .making import FAILED, INCONCLUSIVE, PASSED, REFUSED, SHAPE, Rows, kernel, program_of, sealed

ROWS = Rows()
add = ROWS.add

# --- 10: addresses ----------------------------------------------------------------------------

ADDRESSES = {
    "dest-too-large": (
        "alu",
        ["+", 1536, 0, 0],
        "operand dest: + takes a scratch word in 0..1535, got 1536",
    ),
    "dest-negative": (
        "alu",
        ["+", -1, 0, 0],
        "operand dest: + takes a scratch word in 0..1535, got -1",
    ),
    "source-negative": (
        "alu",
        ["+", 0, 0, -1536],
        "operand b: + takes a scratch word in 0..1535, got -1536",
    ),
    "vector-overruns": ("valu", ["+", 1529, 0, 0], "takes a scratch word in 0..1528, got 1529"),
    "vector-source-overruns": ("valu", ["multiply_add", 0, 0, 0, 1535], "operand c"),
    "vload-overruns": (
        "load",
        ["vload", 1530, 0],
        "operand dest: vload takes a scratch word in 0..1528, got 1530",
    ),
    "vstore-overruns": (
        "store",
        ["vstore", 0, 1530],
        "operand src: vstore takes a scratch word in 0..1528, got 1530",
    ),
    "vselect-overruns": (
        "flow",
        ["vselect", 0, 0, 1531, 0],
        "operand a: vselect takes a scratch word in 0..1528",
    ),
    "displaced-dest": (
        "load",
        ["load_offset", 1535, 0, 1],
        "load_offset takes a scratch word in -1..1534, got 1535",
    ),
    "displaced-address": (
        "load",
        ["load_offset", 9, 5, -6],
        "load_offset takes a scratch word in 6..1541, got 5",
    ),
    "word-too-wide": ("load", ["const", 0, 2**32], "..4294967295, got 4294967296"),
    "word-too-low": ("flow", ["add_imm", 0, 0, -(2**32) - 1], "in -4294967296..4294967295, got"),
    "operand-missing": ("alu", ["+", 0, 0], "takes 3 operands, got 2"),
    "operand-too-many": ("store", ["store", 0, 0, 0], "takes 2 operands, got 3"),
    "wrong-engine": ("alu", ["vload", 0, 0], "unknown op 'vload'"),
    "op-not-a-string": ("alu", [7, 0, 0, 0], "a slot is an op's name and its operands"),
}
for name, (engine, slot, says) in ADDRESSES.items():
    add(10, name, f"{engine} {slot}", REFUSED, says, program_of({engine: [slot]}))

MEMORY = {
    "load-outside": ({"load": [["load", 2, 1]]}, "load at 4294967295, outside memory"),
    "vload-over-the-end": ({"load": [["vload", 8, 3]]}, "vload at 23, outside memory"),
    "store-outside": ({"store": [["store", 1, 0]]}, "store at 4294967295, outside memory"),
    "vstore-over-the-end": ({"store": [["vstore", 3, 0]]}, "vstore at 23, outside memory"),
    "divide-by-zero": ({"alu": [["//", 4, 1, 0]]}, "operand b: division by zero"),
    "remainder-by-zero": ({"valu": [["%", 8, 16, 24]]}, "operand b: division by zero"),
}
START = {"load": [["const", 1, 2**32 - 1], ["const", 3, 23]]}
for name, (bundle, says) in MEMORY.items():
    add(10, name, f"while running: {bundle}", FAILED, says, sealed(START, bundle))

# --- 11: two engines, one word ----------------------------------------------------------------

CONFLICTS = {
    "alu-and-load": {"alu": [["+", 9, 0, 0]], "load": [["const", 9, 1]]},
    "load-and-alu": {"load": [["const", 9, 1]], "alu": [["+", 9, 0, 0]]},
    "valu-last-lane": {"valu": [["+", 8, 0, 0]], "alu": [["+", 15, 0, 0]]},
    "flow-and-vload": {"flow": [["add_imm", 12, 0, 1]], "load": [["vload", 8, 0]]},
    "displaced": {"flow": [["coreid", 12]], "load": [["load_offset", 8, 8, 4]]},
}
for name, bundle in CONFLICTS.items():
    tries = "one word, two engines: its value would depend on the order of keys"
    add(11, f"conflict-{name}", tries, REFUSED, "is written by both", program_of(bundle))
add(
    11,
    "later-slot-wins",
    "one engine writes a word twice, and only the first slot would be right: as defined, it fails",
    FAILED,
    "lanes wrong",
    lambda: kernel(change={0: {"load": [["const", 1, 1], ["const", 1, 2]]}}),
)

# --- 12: jumps --------------------------------------------------------------------------------

JUMPS = {
    "beyond": (["jump", 3], "jump takes a bundle in 0..1, got 3"),
    "negative": (["jump", -1], "jump takes a bundle in 0..1, got -1"),
    "conditional-beyond": (["cond_jump", 0, 2**31], "takes a bundle in 0..1, got 2147483648"),
    "float": (["jump", "0"], "takes a bundle in 0..1, got str"),
}
for name, (slot, says) in JUMPS.items():
    tries = f"{slot}: a jump out of the program"
    add(12, f"jump-{name}", tries, REFUSED, says, program_of({"flow": [slot]}))
add(
    12,
    "jump-indirect-beyond",
    "a computed jump out of the program",
    FAILED,
    "flow slot 0: jump to 4294967295, outside the program",
    sealed(START, {"flow": [["jump_indirect", 1]]}),
)
add(
    12,
    "jump-relative-before",
    "a relative jump to before the program",
    FAILED,
    "jump to -7, outside the program",
    sealed(START, {"flow": [["cond_jump_rel", 1, -9]]}),
)

# --- 13: endless loops, shift bombs -----------------------------------------------------------

FOREVER = "out of fuel"
add(13, "endless-loop", "jump 0", FAILED, FOREVER, sealed({"flow": [["jump", 0]]}))
add(
    13,
    "endless-loop-huge-claim",
    "an endless loop that claims four billion cycles",
    FAILED,
    FOREVER,
    sealed({"flow": [["jump", 0]]}, cycles=2**32 - 1),
)
add(
    13,
    "endless-on-some-inputs",
    "loops for ever when the first lane's value is odd, as it is not for seed 0",
    FAILED,
    FOREVER,
    lambda: kernel(
        before=[
            {"load": [["const", 1, 1], ["const", 2, SHAPE.values_p]]},
            {"load": [["load", 3, 2]]},
            {"alu": [["&", 3, 3, 1]]},
            {"flow": [["cond_jump", 3, 3]]},
        ]
    ),
)
HUGE, RARE = 2**32 - 1, 0x2BADCAFE
SHIFTS = {"load": [["const", 1, HUGE], ["const", 2, 1]]}
for name, slots, code, says in (
    ("left", {"alu": [["<<", 3, 2, 1]] * 12}, FAILED, ", alu slot 0, operand b: shifts left by"),
    ("left-vectors", {"valu": [["<<", 16, 8, 8]] * 6}, FAILED, ", valu slot 0, operand b: shifts"),
    ("right", {"alu": [[">>", 3, 1, 1]] * 12}, PASSED, "PROVED for all inputs"),
):
    add(
        13,
        f"shift-bomb-{name}",
        "shifts by 2^32-1 into dead words; to the left they cost the challenge's machine minutes",
        code,
        says,
        partial(kernel, after=[SHIFTS, {"valu": [["vbroadcast", 8, 1]]}, slots]),
    )
add(
    13,
    "shift-bomb-on-one-input",
    "the same, only if the first lane's value is one of 2^30: no run sees it",
    INCONCLUSIVE,
    "alu slot 0, operand b: no bound of the amount was found below 4,294,967,295",
    lambda: kernel(
        before=[
            {"load": [["const", 1, RARE], ["const", 2, SHAPE.values_p]]},
            {"load": [["load", 3, 2], ["const", 4, HUGE]]},
            {"alu": [["==", 3, 3, 1]]},
            {"alu": [["*", 3, 3, 4]]},
            {"alu": [["<<", 3, 1, 3]]},
        ]
    ),
)
for op in (["pause"], ["trace_write", 0]):
    add(
        13,
        f"unshipped-{op[0]}",
        "a debugging op, to stop the core or to grow its trace",
        REFUSED,
        f"{op[0]} is not shipped",
        program_of({"flow": [op]}),
    )
add(
    13,
    "unshipped-debug",
    "a debug slot that makes a simulator evaluate something",
    REFUSED,
    "debug slots are not shipped",
    program_of({"debug": [["compare", 0, "__import__('os')"]]}),
)
add(13, "empty-bundle", "a bundle that costs nothing", REFUSED, "empty bundle", program_of({}))
add(
    13,
    "empty-engine",
    "an engine without slots",
    REFUSED,
    "empty list of slots",
    program_of({"alu": []}),
)

# --- 14: too many slots -----------------------------------------------------------------------

FILLERS = {
    "alu": (["+", 0, 0, 0], 12),
    "valu": (["+", 0, 0, 0], 6),
    "load": (["const", 0, 0], 2),
    "store": (["store", 0, 0], 2),
    "flow": (["halt"], 1),
}
for engine, (slot, limit) in FILLERS.items():
    add(
        14,
        f"too-many-{engine}",
        f"{limit + 1} {engine} slots in a bundle",
        REFUSED,
        f"bundle 0, {engine}: {limit + 1} slots, limit {limit}",
        program_of({engine: [slot] * (limit + 1)}),
    )
