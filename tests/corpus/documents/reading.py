"""Documents that a reader must refuse, and the two controls before them."""

from frozen.artifact import MAX_BYTES, MAX_CONTAINERS

from .making import FAILED, PASSED, REFUSED, Rows, changed, kernel, program_of, text

ROWS = Rows()
add = ROWS.add

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
