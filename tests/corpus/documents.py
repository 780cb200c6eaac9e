"""Class B: hostile and broken documents. A case is a row: how to make it, how it must end.

The two controls come first: a kernel that is right, and one that is wrong.
"""

import json
from collections.abc import Callable
from typing import NamedTuple

from cycleproof.artifact.format import encode
from cycleproof.base.text import plural
from cycleproof.simulator.seeds import FIXED_SEEDS
from frozen.artifact import MAX_BYTES, MAX_CONTAINERS
from frozen.problem import Shape, inputs_from_seed, reference
from tests.corpus.case import Case
from tests.support.programs import scalar_kernel

SHAPE = Shape(3, 5, 4)
GENERATOR = {"name": "hostile", "version": "1", "sources_sha256": "0" * 64}
PASSED, FAILED, REFUSED, INCONCLUSIVE = 0, 1, 2, 4


class Document(NamedTuple):
    """A case and the bytes of its document, made when they are needed."""

    case: Case
    make: Callable[[], bytes]


ROWS: list[Document] = []


def add(attack, name, tries, exit_code, says, make):
    ROWS.append(Document(Case(attack, name, tries, exit_code, says), make))


def kernel(cycles=None, change=None, before=(), after=()):
    """The right kernel as an artifact; ``change`` maps a bundle's number to its replacement."""
    program = scalar_kernel(SHAPE)
    for number, bundle in (change or {}).items():
        program[number] = bundle
    program = [*before, *program, *after]
    return encode(SHAPE, program, len(program) if cycles is None else cycles, GENERATOR)


def text(old, new, data=None):
    """The right kernel's bytes with one piece of text replaced."""

    def make():
        whole = (data or kernel)()
        old_bytes, new_bytes = (
            part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            for part in (old, new)
        )
        if old_bytes not in whole:
            raise ValueError(f"{old} is not in the document")
        return whole.replace(old_bytes, new_bytes, 1)

    return make


def program_of(*bundles, cycles=1):
    """An artifact with just these bundles, laid out by hand so that nothing refuses to."""

    def make():
        document = json.loads(kernel())
        document["program"] = list(bundles)
        document["claims"]["cycles"] = cycles
        return json.dumps(document).encode()

    return make


def changed(key, value):
    """The right kernel with one top-level key replaced."""
    return lambda: json.dumps({**json.loads(kernel()), key: value}).encode()


def sealed(*bundles, cycles=None):
    """As ``program_of``, but with the right digest."""
    claim = len(bundles) if cycles is None else cycles
    return lambda: encode(SHAPE, bundles, claim, GENERATOR)


# --- controls ---------------------------------------------------------------------------------

add(0, "right-kernel", "control: a right kernel passes", PASSED, "PROVED for all inputs", kernel)
add(
    0,
    "wrong-kernel",
    "control: one wrong hash constant is caught",
    FAILED,
    "lanes wrong; the first is lane 0",
    lambda: kernel(change={4: {"load": [["const", 16, 0x7ED55D17]]}}),
)

# --- 8: bombs ---------------------------------------------------------------------------------

BOMBS = {
    "size": ("a document beyond the byte limit", "larger than", lambda: b" " * (MAX_BYTES + 1)),
    "lists": (
        "a small document of very many lists",
        "more lists and objects",
        lambda: b"[" + b"[]," * (MAX_CONTAINERS + 1) + b"[]]",
    ),
    "objects": (
        "a small document of very many objects",
        "more lists and objects",
        lambda: b"[" + b"{}," * (MAX_CONTAINERS + 1) + b"{}]",
    ),
    "numbers": (
        "a document of very many numbers",
        "more lists and objects",
        lambda: b"[" + b"1," * 10_000_001 + b"1]",
    ),
    "nested-lists": ("lists nested very deeply", "nested too deeply", lambda: b"[" * 100_000),
    "nested-objects": (
        "objects nested very deeply",
        "nested too deeply",
        lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ),
    "digits": (
        "an integer of 4,301 digits",
        "integer of 4301 characters",
        text('"cycles":', '"cycles":' + "9" * 4301 + ',"x":'),
    ),
    "million-digits": (
        "an integer of a million digits",
        "integer of 1000000 characters",
        text('"cycles":', '"cycles":' + "9" * 1_000_000 + ',"x":'),
    ),
    "long-string": (
        "a name of a megabyte",
        "expected 1 to 200 printable ASCII characters",
        text('"name":"hostile"', '"name":"' + "x" * 1_000_000 + '"'),
    ),
    "long-key": (
        "a key of a megabyte",
        "unknown key",
        text('"claims":', f'"{"k" * 10**6}":1,"claims":'),
    ),
    "wide-slot": (
        "a slot of 100,000 operands",
        "takes 3 operands, got 100000",
        program_of({"alu": [["+", *[0] * 100_000]]}),
    ),
    "wide-bundle": (
        "an engine with 100,000 slots",
        "100000 slots, limit 12",
        program_of({"alu": [["+", 0, 0, 0]] * 100_000}),
    ),
    "many-engines": (
        "a bundle of 100,000 engines",
        "unknown engine",
        program_of({f"e{i}": [] for i in range(100_000)}),
    ),
}
for name, (tries, says, make) in BOMBS.items():
    add(8, f"bomb-{name}", tries, REFUSED, says, make)

# --- 9: documents that two readers understand differently --------------------------------------

READERS = {
    "duplicate-key": (
        "the claim stands twice",
        "'cycles' stands twice",
        '"cycles":',
        '"cycles":1,"cycles":',
    ),
    "duplicate-escaped-key": (
        "the same key again, written with an escape",
        "'cycles' stands twice",
        '"cycles":',
        '"\\u0063ycles":1,"cycles":',
    ),
    "duplicate-program": (
        "two programs",
        "'program' stands twice",
        '"program":[',
        '"program":[],"program":[',
    ),
    "duplicate-engine": (
        "one engine twice in a bundle",
        "'load' stands twice",
        '{"load":',
        '{"load":[],"load":',
    ),
    "nan": ("NaN as a count", "'NaN' is not an integer", '"cycles":', '"cycles":NaN,"x":'),
    "infinity": ("Infinity as a count", "'Infinity' is not", '"cycles":', '"cycles":Infinity,"x":'),
    "minus-infinity": ("-Infinity", "'-Infinity' is not", '"cycles":', '"cycles":-Infinity,"x":'),
    "huge-float": ("1e400, infinite to some", "'1e400' is not", '"cycles":', '"cycles":1e400,"x":'),
    "float": ("1.0 for 1", "'1.0' is not an integer", '"vlen":8', '"vlen":8,"x":1.0'),
    "exponent": ("1e0 for 1", "'1e0' is not an integer", '"vlen":8', '"vlen":8,"x":1e0'),
    "float-operand": (
        "a float operand",
        "'1.0' is not an integer",
        '["const",1,1]',
        '["const",1,1.0]',
    ),
    "minus-zero": ("-0 as an operand", "-0 is not an integer", '["const",1,1]', '["const",-0,1]'),
    "minus-zero-float": (
        "-0.0 as an operand",
        "'-0.0' is not",
        '["const",1,1]',
        '["const",-0.0,1]',
    ),
    "true-operand": ("true as an operand", "got bool", '["const",1,1]', '["const",1,true]'),
    "null-operand": ("null as an operand", "got NoneType", '["const",1,1]', '["const",1,null]'),
    "string-operand": ("a digit string", "got str", '["const",1,1]', '["const",1,"1"]'),
    "list-operand": ("a list as an operand", "got list", '["const",1,1]', '["const",1,[1]]'),
    "object-operand": ("an object as an operand", "got dict", '["const",1,1]', '["const",1,{}]'),
    "true-in-machine": (
        "true for a slot limit of 1",
        "not the constants of this machine",
        '"flow":1',
        '"flow":true',
    ),
    "leading-zero": ("01 as a number", "not JSON", '["const",1,1]', '["const",1,01]'),
    "plus-sign": ("+1 as a number", "not JSON", '["const",1,1]', '["const",1,+1]'),
    "hex": ("0x1 as a number", "not JSON", '["const",1,1]', '["const",1,0x1]'),
    "underscore": ("1_0 as a number", "not JSON", '["const",1,1]', '["const",1,1_0]'),
    "arabic-digits": (
        "digits of another script",
        "not JSON",
        '["const",1,1]',
        '["const",1,\u0661]',
    ),
    "comment": ("a comment", "not JSON", '"claims"', '/* hi */"claims"'),
    "trailing-comma": ("a comma too many", "not JSON", "\n]", ",\n]"),
    "single-quotes": ("single quotes", "not JSON", '"claims"', "'claims'"),
    "two-documents": ("a second document behind", "not JSON", '"\n}\n', '"\n}\n{}'),
    "nul-behind": ("a NUL byte behind", "not JSON", '"\n}\n', '"\n}\n\0'),
    "control-in-string": ("a raw newline in a name", "not JSON", '"hostile"', '"hos\ntile"'),
    "homoglyph-key": ("a Cyrillic look-alike key", "unknown key", '"cycles"', '"\u0441ycles"'),
    "homoglyph-engine": ("a look-alike engine", "unknown engine", '{"load"', '{"lo\u0430d"'),
    "homoglyph-op": ("a look-alike op", "unknown op", '["const"', '["c\u043enst"'),
    "zero-width-key": ("a zero-width space in a key", "unknown key", '"claims"', '"claims\u200b"'),
    "full-width-op": ("a full-width plus", "unknown op", '["^",3', '["\uff3e",3'),
    "lone-surrogate": ("a lone surrogate in a name", "printable ASCII", '"hostile"', '"\\ud800"'),
    "surrogate-key": (
        "a lone surrogate as a key",
        "unknown key",
        '"claims"',
        '"\\udfff":1,"claims"',
    ),
    "nul-in-name": ("an escaped NUL in a name", "printable ASCII", '"hostile"', '"a\\u0000b"'),
    "escape-in-name": (
        "a terminal escape in a name",
        "printable ASCII",
        '"hostile"',
        '"\\u001b[2J"',
    ),
    "bidi-in-name": ("a bidirectional override", "printable ASCII", '"hostile"', '"a\\u202eb"'),
    "escape-in-key": (
        "a terminal escape in a key",
        r"unknown key '\x1b[31m'",
        '"claims"',
        '"\\u001b[31m":1,"claims"',
    ),
    "escape-in-op": (
        "a terminal escape in an op",
        r"unknown op '\x1b]0;x\x07'",
        '["const"',
        '["\\u001b]0;x\\u0007"',
    ),
    "upper-case-key": ("a key in capitals", "unknown key 'Claims'", '"claims"', '"Claims"'),
    "upper-case-op": ("an op in capitals", "unknown op 'CONST'", '["const"', '["CONST"'),
    "proto-key": (
        "a key that means much elsewhere",
        "unknown key '__proto__'",
        '"claims"',
        '"__proto__":{},"claims"',
    ),
    "wrong-format": ("another format", "expected 'cycleproof/1'", "cycleproof/1", "cycleproof/2"),
    "format-number": ("a number as format", "format: expected", '"cycleproof/1"', "1"),
    "wider-machine": ("a machine with 60 valu slots", "not the constants", '"valu":6', '"valu":60'),
    "longer-vectors": (
        "a machine with longer vectors",
        "not the constants",
        '"vlen":8',
        '"vlen":80',
    ),
    "more-engines": (
        "a machine with one engine more",
        "not the constants",
        '"valu":6',
        '"valu":6,"gpu":9',
    ),
    "height-zero": (
        "a tree of height 0",
        "forest_height: expected",
        '"forest_height":3',
        '"forest_height":0',
    ),
    "height-huge": (
        "a tree of height 60",
        "forest_height: expected",
        '"forest_height":3',
        '"forest_height":60',
    ),
    "rounds-negative": ("-5 rounds", "rounds: expected", '"rounds":5', '"rounds":-5'),
    "batch-huge": (
        "a batch of a billion",
        "batch_size: expected",
        '"batch_size":4',
        '"batch_size":1000000000',
    ),
    "missing-size": ("no batch size", "key 'batch_size' is missing", '"batch_size":4,', ""),
    "extra-claim": (
        "one more claim",
        "unknown key 'seconds'",
        '"cycles":',
        '"seconds":1,"cycles":',
    ),
    "extra-generator": (
        "a path in the generator",
        "unknown key 'path'",
        '"name":',
        '"path":"/","name":',
    ),
    "empty-name": ("an empty name", "printable ASCII", '"hostile"', '""'),
    "number-name": ("a number as a name", "printable ASCII", '"hostile"', "7"),
}
for name, (tries, says, old, new) in READERS.items():
    # Where the replaced text leaves other keys behind, the first fault is still the one meant.
    add(9, name, tries, REFUSED, says, text(old, new))

WHOLE = {
    "empty-file": ("nothing at all", "not JSON", lambda: b""),
    "one-space": ("a space", "not JSON", lambda: b" "),
    "byte-order-mark": ("a byte order mark", "byte order mark", lambda: b"\xef\xbb\xbf" + kernel()),
    "utf-16": ("UTF-16 with a mark", "byte order mark", lambda: kernel().decode().encode("utf-16")),
    "utf-16-bare": ("UTF-16, no mark", "not JSON", lambda: kernel().decode().encode("utf-16-le")),
    "utf-32": ("UTF-32, no mark", "not JSON", lambda: kernel().decode().encode("utf-32-be")),
    "latin-1": ("a Latin-1 byte", "not UTF-8 at byte", text("hostile", b"h\xf6stile")),
    "overlong-utf-8": ("an overlong slash", "not UTF-8 at byte", text("hostile", b"h\xc0\xaf")),
    "raw-surrogate": ("a raw surrogate", "not UTF-8 at byte", text("hostile", b"\xed\xa0\x80")),
    "utf-7": ("UTF-7 look-alike", "not JSON", lambda: b"+AHsAfQ-"),
    "gzip": ("a compressed file", "not UTF-8 at byte 1", lambda: b"\x1f\x8b\x08\0"),
    "pickle": ("a pickle", "not UTF-8 at byte 0", lambda: b"\x80\x04K\x01."),
    "zip-by-name": ("half a zip file", "not a zip file", lambda: b"PK\x03\x04"),
    "list-document": ("a list", "artifact: expected an object", lambda: b"[]"),
    "number-document": ("a number", "artifact: expected an object", lambda: b"1"),
    "string-document": ("a string", "artifact: expected an object", lambda: b'"{}"'),
    "null-document": ("null", "artifact: expected an object", lambda: b"null"),
    "empty-object": ("an empty object", "key 'claims' is missing", lambda: b"{}"),
    "truncated": ("half a document", "not JSON", lambda: kernel()[:2000]),
    "tail-missing": ("the last brace is missing", "not JSON", lambda: kernel()[:-2]),
    "program-object": ("an object as program", "non-empty list", program_of()),
    "wrong-digest": (
        "another program's digest",
        "the program's digest is",
        text('"program_sha256":"', '"program_sha256":"0'),
    ),
    "digest-number": (
        "a number as digest",
        "the program's digest is",
        changed("program_sha256", 0),
    ),
    "true-as-claim": (
        "true as the cycle count",
        "cycles: expected an integer",
        changed("claims", {"cycles": True}),
    ),
    "claim-negative": (
        "a claim of -1 cycles",
        "cycles: expected an integer",
        changed("claims", {"cycles": -1}),
    ),
    "no-claim": ("no claim", "key 'cycles' is missing", changed("claims", {})),
    "generator-list": (
        "a list as generator",
        "generator: expected an object",
        changed("generator", []),
    ),
    "generator-empty": ("an empty generator", "key 'name' is missing", changed("generator", {})),
}
for name, (tries, says, make) in WHOLE.items():
    add(9, name, tries, REFUSED, says, make)

# --- 10: addresses ----------------------------------------------------------------------------

ADDRESSES = {
    "dest-too-large": ("alu", ["+", 1536, 0, 0], "operand dest: + word 1536 is outside"),
    "dest-negative": ("alu", ["+", -1, 0, 0], "operand dest: + word -1 is outside"),
    "source-negative": ("alu", ["+", 0, 0, -1536], "operand b: + word -1536 is outside"),
    "vector-overruns": ("valu", ["+", 1529, 0, 0], "word 1529..1536 is outside"),
    "vector-source-overruns": ("valu", ["multiply_add", 0, 0, 0, 1535], "operand c"),
    "vload-overruns": ("load", ["vload", 1530, 0], "operand dest: vload word 1530..1537"),
    "vstore-overruns": ("store", ["vstore", 0, 1530], "operand src: vstore word 1530..1537"),
    "vselect-overruns": ("flow", ["vselect", 0, 0, 1531, 0], "operand a: vselect word"),
    "displaced-dest": ("load", ["load_offset", 1535, 0, 1], "operand dest: load_offset word 1536"),
    "displaced-address": ("load", ["load_offset", 9, 5, -6], "operand addr: load_offset word"),
    "word-too-wide": ("load", ["const", 0, 2**32], "does not fit in 32 bits"),
    "word-too-low": ("flow", ["add_imm", 0, 0, -(2**32) - 1], "does not fit in 32 bits"),
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
    tries = "one word, two engines: its value would hang on the order of keys"
    add(11, f"conflict-{name}", tries, REFUSED, "is written by both", program_of(bundle))
add(
    11,
    "later-slot-wins",
    "one engine writes a word twice, and the first slot alone would be right: as defined, it fails",
    FAILED,
    "lanes wrong",
    lambda: kernel(change={0: {"load": [["const", 1, 1], ["const", 1, 2]]}}),
)

# --- 12: jumps --------------------------------------------------------------------------------

JUMPS = {
    "beyond": (["jump", 3], "target 3 is outside the program (0..1)"),
    "negative": (["jump", -1], "target -1 is outside the program"),
    "conditional-beyond": (["cond_jump", 0, 2**31], "is outside the program"),
    "float": (["jump", "0"], "takes an integer, got str"),
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
        "shifts by 2**32-1 into dead words; to the left they cost the challenge's machine minutes",
        code,
        says,
        lambda slots=slots: kernel(after=[SHIFTS, {"valu": [["vbroadcast", 8, 1]]}, slots]),
    )
add(
    13,
    "shift-bomb-on-one-input",
    "the same, only if the first lane's value is one of 2**30: no run sees it",
    INCONCLUSIVE,
    "alu slot 0, operand b: no bound of the amount was found below 4294967295",
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

# --- 15: cycle counts that hang on the data -----------------------------------------------------


def data_dependent(cycles):
    """Skips three of its bundles when the first lane's value is odd."""
    return kernel(
        cycles,
        before=[
            {"load": [["const", 1, 1], ["const", 2, SHAPE.values_p]]},
            {"load": [["load", 3, 2]]},
            {"alu": [["&", 3, 3, 1]]},
            {"flow": [["cond_jump", 3, 6]]},
            {"alu": [["+", 4, 4, 4]]},
            {"alu": [["+", 4, 4, 4]]},
        ],
    )


LENGTH = len(scalar_kernel(SHAPE))
add(
    15,
    "cycles-depend-on-data",
    "quotes the best of its cycle counts",
    FAILED,
    "the cycle count depends on the inputs",
    lambda: data_dependent(LENGTH + 4),
)
add(
    15,
    "cycles-depend-on-data-worst",
    "quotes the worst: still not one count",
    FAILED,
    "the cycle count depends on the inputs",
    lambda: data_dependent(LENGTH + 6),
)

# --- 16: right for some inputs only -------------------------------------------------------------


def memorised(seeds):
    """Knows the answers of some seeds by the first lane's value."""
    program = [{"load": [["const", 1, SHAPE.values_p]]}, {"load": [["load", 2, 1]]}]
    for lane in range(SHAPE.batch_size):
        for seed in seeds:
            inputs = inputs_from_seed(seed, SHAPE)
            answer = reference(SHAPE, inputs)[1][lane]
            program += [
                {"load": [["const", 3, inputs.values[0]], ["const", 4, answer]]},
                {"alu": [["==", 3, 2, 3]]},
                {"flow": [["select", 5, 3, 4, 5]]},
            ]
        program += [{"load": [["const", 6, SHAPE.values_p + lane]]}, {"store": [["store", 6, 5]]}]
    return encode(SHAPE, program, len(program), GENERATOR)


IDLE = {"alu": [["+", 5, 5, 5]]}


def short(rounds):
    """A right kernel of too few rounds."""
    program = scalar_kernel(SHAPE._replace(rounds=rounds))
    return encode(SHAPE, program, len(program), GENERATOR)


def wide_values_broken():
    """Loses the top bit of every lane's value: right below 2**30 alone."""
    program = scalar_kernel(SHAPE)
    broken = []
    for bundle in program:
        broken.append(bundle)
        if bundle == {"load": [["load", 4, 10]]}:
            broken += [{"load": [["const", 11, 2**31 - 1]]}, {"alu": [["&", 4, 4, 11]]}]
    return encode(SHAPE, broken, len(broken), GENERATOR)


add(
    16,
    "memorised-fixed-seeds",
    "knows the answers of the fixed seeds by heart",
    FAILED,
    "wrong on 8 of 16 seeds",
    lambda: memorised(FIXED_SEEDS),
)
add(
    16,
    "memorised-seed-0",
    "knows the answer of seed 0 by heart",
    FAILED,
    " of 16 seeds",
    lambda: memorised([0]),
)
add(
    16,
    "one-round-short",
    "leaves out the last round",
    FAILED,
    "it is lost from round 4 on",
    lambda: short(4),
)
add(16, "no-work", "does nothing at all", FAILED, "lanes wrong", sealed({"flow": [["halt"]]}))
add(
    16,
    "half-the-batch",
    "leaves out every lane but the first",
    FAILED,
    "3 lanes wrong",
    lambda: kernel(change=dict.fromkeys(range(16 + 139, LENGTH), IDLE)),
)
add(
    16,
    "right-below-2-30",
    "right for official values alone: every run below 2**30 passes, the proof is left open",
    INCONCLUSIVE,
    "nothing established below 2^30",
    wide_values_broken,
)

# --- 17: impossible scores ----------------------------------------------------------------------

for claim in (0, 1, 487, LENGTH - 1, LENGTH + 1):
    add(
        17,
        f"claims-{claim}-cycles",
        f"claims {claim} cycles for {LENGTH} bundles",
        FAILED,
        f"claims {plural(claim, 'cycle')}, but every run of it executes",
        lambda claim=claim: kernel(cycles=claim),
    )

CASES = [row.case for row in ROWS]
