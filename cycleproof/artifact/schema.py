"""The JSON Schema of the artifact, generated from the op table.

It says what the strict decoder says as far as a schema can: not that a digest is right, that two
engines write apart, that a displaced address stays in scratch, or that a jump stays inside.
"""

import json
import marshal
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
from jsonschema.validators import extend

from frozen.artifact import FORMAT, MACHINE, MAX_CONTAINERS, SHAPE_LIMITS
from frozen.ops import MASK, OPS, SCRATCH_SIZE, SLOT_LIMITS, UNSHIPPED, Op

SCHEMA_NAME = "cycleproof-1.schema.json"
# Alternatives are tried in turn. These come first, since real programs use them most.
_FREQUENT = ("+", "multiply_add", "vload", "vselect")

JsonObject = dict[str, Any]


def _operand(op: Op, kind: str, width: int) -> JsonObject:
    # Written out in place: following a $ref for each operand would take most of the time.
    if kind == "target":
        return _integer(0, MAX_CONTAINERS)
    if width == 0 or op.displaced:
        return _integer(-MASK - 1, MASK)
    return _integer(0, SCRATCH_SIZE - width)


def _integer(low: int, high: int) -> JsonObject:
    return {"type": "integer", "minimum": low, "maximum": high}


def _slot_schemas(engine: str) -> list[JsonObject]:
    """One schema for each list of operand kinds that an engine's ops have."""
    names: dict[str, list[str]] = {}
    rest = [op for op in OPS.values() if op.name not in _FREQUENT]
    for op in [*(OPS[engine, name] for name in _FREQUENT if (engine, name) in OPS), *rest]:
        if op.engine == engine and (engine, op.name) not in UNSHIPPED:
            operands = [_operand(op, kind, width) for _, kind, width in op.operands]
            names.setdefault(json.dumps(operands), []).append(op.name)
    return [
        {
            "prefixItems": [{"enum": ops}, *json.loads(operands)],
            "items": False,
            "minItems": len(json.loads(operands)) + 1,
        }
        for operands, ops in names.items()
    ]


def artifact_schema() -> JsonObject:
    """The schema (draft 2020-12) of format 1."""
    # Not $: in Python's re that also matches before a newline at the end.
    end = r"(?![\s\S])"
    text = {"type": "string", "pattern": "^[ -~]{1,200}" + end}
    closed = {"type": "object", "additionalProperties": False}
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}" + end}
    engines: JsonObject = {}
    for engine, limit in SLOT_LIMITS.items():
        if engine != "debug":
            slots = _slot_schemas(engine)
            item = slots[0] if len(slots) == 1 else {"anyOf": slots}
            engines[engine] = {
                "type": "array",
                "minItems": 1,
                "maxItems": limit,
                "items": {"type": "array"} | item,
            }
    properties: JsonObject = {
        "format": {"const": FORMAT},
        "machine": {"const": MACHINE},
        "problem": closed
        | {
            "properties": {name: _integer(1, top) for name, top in SHAPE_LIMITS.items()},
            "required": list(SHAPE_LIMITS),
        },
        "claims": closed | {"properties": {"cycles": _integer(0, MASK)}, "required": ["cycles"]},
        "generator": closed
        | {
            "properties": {"name": text, "version": text, "sources_sha256": text},
            "required": ["name", "version", "sources_sha256"],
        },
        "program": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_CONTAINERS,
            "items": closed | {"minProperties": 1, "properties": engines},
        },
        "program_sha256": digest,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:cycleproof:{SCHEMA_NAME}",
        "title": "A kernel as data (cycleproof artifact, format 1)",
        **closed,
        "properties": properties,
        "required": list(properties),
    }


def schema_text() -> str:
    """The schema as the text of its file in ``artifacts/``."""
    return json.dumps(artifact_schema(), indent=2) + "\n"


# The library makes a validator for each value that it descends to. Its own keyword functions, one
# after the other, find the same faults in a schema without references; one that they find is left
# to the library to report. What was valid is valid under the same schema: an operand, and a whole
# slot. Two are the same only if their types are, since in Python True equals 1, and so does 1.0.

_LIBRARY = jsonschema.Draft202012Validator.VALIDATORS
_PLAIN = {"array": list, "object": dict, "integer": int, "string": str}


class _Memo:
    """Keyword functions that remember which words, names and slots were valid under which schema.

    A schema is known by its identity; a slot by its bytes, which tell all of JSON's types apart:
    those of ``marshal`` in its first version, which knows no references, take less than its text.
    """

    def __init__(self) -> None:
        self._valid: set[tuple[int, type, int | str]] = set()
        self._slots: dict[int, set[bytes]] = {}

    def forget(self) -> None:
        """Keep nothing of one document that there are many of."""
        self._slots.clear()

    def valid(self, validator: Any, instance: Any, schema: JsonObject) -> bool:
        """Whether no keyword of a schema finds a fault in an instance."""
        for keyword, value in schema.items():
            for _ in validator.VALIDATORS[keyword](validator, value, instance, schema) or ():
                return False
        return True

    def kind(
        self, validator: Any, name: str, instance: Any, schema: JsonObject
    ) -> Iterator[jsonschema.ValidationError]:
        """The keyword ``type``; plain values are told by their class."""
        if type(instance) is not _PLAIN.get(name):
            yield from _LIBRARY["type"](validator, name, instance, schema)

    def prefix_items(
        self, validator: Any, schemas: list[JsonObject], instance: Any, schema: JsonObject
    ) -> Iterator[jsonschema.ValidationError]:
        """The keyword ``prefixItems``; a word or name is tried once under a schema."""
        if not isinstance(instance, list):
            return
        known = self._valid
        for each, item in zip(schemas, instance, strict=False):
            kind = type(item)
            key = (id(each), kind, item)
            if kind not in (int, str) or key not in known:
                if not self.valid(validator, item, each):
                    yield from _LIBRARY["prefixItems"](validator, schemas, instance, schema)
                    return
                if kind in (int, str):
                    known.add(key)

    def items(
        self, validator: Any, each: Any, instance: Any, schema: JsonObject
    ) -> Iterator[jsonschema.ValidationError]:
        """The keyword ``items``; a slot is tried once under a schema."""
        uniform = isinstance(each, dict) and "prefixItems" not in schema
        if not (
            uniform and isinstance(instance, list) and self._all_valid(validator, instance, each)
        ):
            yield from _LIBRARY["items"](validator, each, instance, schema)

    def _all_valid(self, validator: Any, items: list[Any], schema: JsonObject) -> bool:
        known = self._slots.setdefault(id(schema), set())
        for item in items:
            slot = marshal.dumps(item, 0) if type(item) is list else b""
            if slot not in known:
                if not self.valid(validator, item, schema):
                    return False
                if slot:
                    known.add(slot)
        return True

    def properties(
        self, validator: Any, schemas: JsonObject, instance: Any, schema: JsonObject
    ) -> Iterator[jsonschema.ValidationError]:
        """The keyword ``properties``."""
        if not isinstance(instance, dict) or not all(
            self.valid(validator, value, schemas[key])
            for key, value in instance.items()
            if key in schemas
        ):
            yield from _LIBRARY["properties"](validator, schemas, instance, schema)

    def any_of(
        self, validator: Any, schemas: list[JsonObject], instance: Any, schema: JsonObject
    ) -> Iterator[jsonschema.ValidationError]:
        """The keyword ``anyOf``."""
        if not any(self.valid(validator, instance, each) for each in schemas):
            yield from _LIBRARY["anyOf"](validator, schemas, instance, schema)


_MEMO = _Memo()


@cache
def _validator() -> Any:
    own = {
        "type": _MEMO.kind,
        "prefixItems": _MEMO.prefix_items,
        "items": _MEMO.items,
        "properties": _MEMO.properties,
        "anyOf": _MEMO.any_of,
    }
    made: Any = extend(jsonschema.Draft202012Validator, own)  # type: ignore[no-untyped-call]
    return made(artifact_schema())


def schema_error(document: Any) -> str | None:
    """The first way in which a document breaks the schema, or ``None``."""
    try:
        error = next(_validator().iter_errors(document), None)
    finally:
        _MEMO.forget()
    return None if error is None else f"{error.json_path}: {error.message:.200}"
