"""The schema and the strict decoder say the same, but for what a schema cannot say."""

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cycleproof.artifact import schema
from cycleproof.artifact.schema import SCHEMA_NAME, artifact_schema, schema_error, schema_text
from frozen.artifact import parse
from frozen.errors import Malformed
from frozen.ops import OPS, SCRATCH_SIZE, SLOT_LIMITS
from frozen.program import program_digest

BASE = {
    "format": "cycleproof/1",
    "machine": {
        "vlen": 8,
        "scratch_size": 1536,
        "slot_limits": {"alu": 12, "valu": 6, "load": 2, "store": 2, "flow": 1},
    },
    "problem": {"forest_height": 2, "rounds": 2, "batch_size": 2},
    "claims": {"cycles": 1},
    "generator": {"name": "x", "version": "1", "sources_sha256": "0"},
    "program": [{"alu": [["+", 1, 0, 0]]}],
    "program_sha256": "",
}


def with_(path: list[str], value: object) -> dict[str, Any]:
    document = copy.deepcopy(BASE)
    *parents, last = path
    place: Any = document
    for key in parents:
        place = place[key]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return document


def one_slot(engine: str, slot: object) -> dict[str, Any]:
    return with_(["program"], [{engine: [slot]}])


def good_operand(kind: str, width: int) -> int:
    return 0 if kind == "target" or width == 0 else SCRATCH_SIZE - width


GOOD_SLOTS = [
    (engine, [name, *(good_operand(kind, width) for _, kind, width in op.operands)])
    for (engine, name), op in OPS.items()
    if name not in ("pause", "trace_write")
]
ACCEPTED = [
    BASE,
    *(one_slot(engine, slot) for engine, slot in GOOD_SLOTS),
    with_(["claims", "cycles"], 2**32 - 1),
    with_(["problem"], {"forest_height": 16, "rounds": 256, "batch_size": 4096}),
    one_slot("load", ["const", 0, -(2**32)]),
    one_slot("load", ["const", 0, 2**32 - 1]),
    one_slot("flow", ["cond_jump_rel", 0, -1]),
    *(
        with_(["program"], [{engine: [GOOD[1]] * limit}])
        for engine, limit in SLOT_LIMITS.items()
        if engine != "debug"
        for GOOD in [next(good for good in GOOD_SLOTS if good[0] == engine)]
    ),
]
BAD_WORDS = [-1, SCRATCH_SIZE, 0.5, True, "0", None, [0], 2**32]
REFUSED: list[object] = [
    *([], None, 7, "x"),
    *(with_([key], KeyError) for key in BASE),
    with_(["extra"], 1),
    with_(["format"], "cycleproof/2"),
    with_(["machine", "vlen"], 4),
    with_(["machine", "slot_limits", "flow"], True),
    with_(["problem", "rounds"], 0),
    with_(["problem", "rounds"], 257),
    with_(["problem", "rounds"], "16"),
    with_(["problem", "extra"], 1),
    with_(["problem", "batch_size"], KeyError),
    with_(["claims", "cycles"], -1),
    with_(["claims", "cycles"], 2**32),
    with_(["claims", "cycles"], True),
    with_(["claims", "seconds"], 1),
    with_(["generator", "name"], ""),
    with_(["generator", "name"], "x\n"),
    with_(["generator", "name"], "\x1b[31m"),
    with_(["generator", "name"], "näme"),
    with_(["generator", "name"], "x" * 201),
    with_(["generator", "time"], "now"),
    with_(["generator", "version"], 1),
    with_(["program"], []),
    with_(["program"], {}),
    with_(["program"], [{}]),
    with_(["program"], [[]]),
    with_(["program"], [{"alu": []}]),
    with_(["program"], [{"alu": {}}]),
    with_(["program"], [{"debug": [["comment", 1]]}]),
    with_(["program"], [{"gpu": [["+", 0, 0, 0]]}]),
    with_(["program"], [{"alu": [{}]}]),
    one_slot("alu", []),
    one_slot("alu", ["@", 0, 0, 0]),
    one_slot("alu", [["+"], 0, 0, 0]),
    one_slot("alu", ["vbroadcast", 0, 0]),
    one_slot("flow", ["pause"]),
    one_slot("flow", ["trace_write", 0]),
    one_slot("flow", ["jump", -1]),
    one_slot("load", ["const", 0, 2**32]),
    *(one_slot(engine, slot[:-1]) for engine, slot in GOOD_SLOTS if len(slot) > 1),
    *(one_slot(engine, [*slot, 0]) for engine, slot in GOOD_SLOTS),
    *(one_slot("alu", ["+", word, 0, 0]) for word in BAD_WORDS),
    *(one_slot("valu", ["multiply_add", 0, 0, 0, word]) for word in [*BAD_WORDS, 1529]),
    *(
        with_(
            ["program"], [{engine: [next(s for e, s in GOOD_SLOTS if e == engine)] * (limit + 1)}]
        )
        for engine, limit in SLOT_LIMITS.items()
        if engine != "debug"
    ),
]
# What a schema cannot say: only the decoder refuses these.
DECODER_ALONE = {
    "digest": with_(["program_sha256"], "0" * 64),
    "two engines": with_(["program"], [{"alu": [["+", 1, 0, 0]], "load": [["const", 1, 0]]}]),
    "displaced": one_slot("load", ["load_offset", 1535, 0, 1]),
    "jump": one_slot("flow", ["jump", 2]),
}


def sealed(document: Any, keep: bool = False) -> Any:
    """The document with the right digest, so that it is refused only for its own fault."""
    if isinstance(document, dict) and "program_sha256" in document and not keep:
        document = {**document, "program_sha256": "0" * 64}
        with contextlib.suppress(KeyError, TypeError, ValueError):
            document["program_sha256"] = program_digest(document["program"])
    return document


def decoder_error(document: object) -> str | None:
    try:
        parse(json.dumps(document).encode())
    except Malformed as error:
        return str(error)
    return None


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(artifact_schema())


def test_the_shipped_copy_is_in_step(root: Path) -> None:
    assert (root / "artifacts" / SCHEMA_NAME).read_text() == schema_text()


@pytest.mark.parametrize("document", [*map(sealed, ACCEPTED)])
def test_both_accept(document: dict[str, Any]) -> None:
    assert decoder_error(document) is None
    assert schema_error(document) is None


@pytest.mark.parametrize("document", [*map(sealed, REFUSED)])
def test_both_refuse(document: object) -> None:
    assert decoder_error(document) is not None
    assert schema_error(document) is not None


@pytest.mark.parametrize("name", DECODER_ALONE)
def test_the_decoder_knows_more(name: str) -> None:
    document = sealed(DECODER_ALONE[name], keep=name == "digest")
    assert schema_error(document) is None
    assert decoder_error(document) is not None


LOOK_ALIKES = [
    with_(["program"], [{"alu": [["+", 1, 0, 0], ["+", *words]]}])
    for words in (
        *([True, 0, 0], [1, False, 0], [1.5, 0, 0], [1.0, 0, 0], [-0.0, 0, 0]),
        *(["1", 0, 0], [1, 0, 0, 0], [None, 0, 0], [[1], 0, 0]),
    )
]


@pytest.mark.parametrize("document", [*map(sealed, [*ACCEPTED, *REFUSED, *LOOK_ALIKES])])
def test_the_quick_keywords_say_what_the_library_says(document: object) -> None:
    plain = jsonschema.Draft202012Validator(artifact_schema())
    error = next(plain.iter_errors(document), None)
    said = None if error is None else f"{error.json_path}: {error.message:.200}"
    assert schema_error(document) == said


def test_a_round_float_is_an_integer_only_to_the_schema() -> None:
    text = json.dumps(sealed(BASE)).replace('"cycles": 1', '"cycles": 1.0')
    assert schema_error(json.loads(text)) is None
    with pytest.raises(Malformed, match=r"'1\.0' is not an integer"):
        parse(text.encode())


@pytest.mark.parametrize(
    ("valid", "other"),
    [
        ({"alu": [["+", 1, 0, 0]]}, {"alu": [["+", True, 0, 0]]}),
        ({"alu": [["+", 0, 1, 0]]}, {"alu": [["+", 0, 1, False]]}),
        ({"alu": [["+", 1, 0, 0]]}, {"alu": [["+", "1", 0, 0]]}),
        ({"alu": [["+", 1, 0, 0]]}, {"alu": [["+", [1], 0, 0]]}),
        ({"alu": [["+", 1, 0, 0]]}, {"alu": [["+", 1, 0, 0, 0]]}),
        ({"alu": [["+", 1535, 0, 0]]}, {"valu": [["+", 1535, 0, 0]]}),
        ({"flow": [["jump", 1]]}, {"load": [["jump", 1]]}),
    ],
)
def test_what_was_valid_makes_nothing_else_valid(
    valid: dict[str, Any], other: dict[str, Any]
) -> None:
    """A slot is remembered with the types of its words, and for one engine."""
    assert schema_error(sealed(with_(["program"], [valid, valid]))) is None
    assert schema_error(sealed(with_(["program"], [other]))) is not None
    for bundles in ([valid, other], [valid, valid, other, valid]):
        assert schema_error(sealed(with_(["program"], bundles))) is not None


def test_equal_slots_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often one of their words is referred to elsewhere."""
    looked: list[Any] = []
    valid = schema._Memo.valid

    def counted(memo: Any, validator: Any, instance: Any, each: Any) -> bool:
        looked.append(instance)
        return valid(memo, validator, instance, each)

    slots = [["+", 1000, 2, 3], ["vbroadcast", 8, 2], ["*", 8, 16, 1000]]
    text = json.dumps(sealed(with_(["program"], [{"alu": slots[:1] * 2, "valu": slots[1:]}] * 20)))
    document = json.loads(text)
    elsewhere = [slot[1] for bundle in document["program"][::2] for slot in bundle["alu"]]
    monkeypatch.setattr(schema._Memo, "valid", counted)
    assert schema_error(document) is None
    assert elsewhere == [1000] * 20
    assert looked.count(slots[0]) == 1  # its engine has one alternative
    often = [looked.count(slot) for slot in slots[1:]]
    assert schema_error(json.loads(json.dumps(sealed(one_slot("valu", slots[1]))))) is None
    assert looked.count(slots[1]) == 2 * often[0]
