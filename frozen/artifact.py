"""What a well-formed artifact is: the strict decoder of format 1 (docs/artifact-format.md).

``parse`` reads an artifact from bytes, refuses everything that two JSON readers could understand
differently, and adds the rules for shipped programs: nothing empty, no debug, no pause.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Any, NamedTuple, NoReturn

from .errors import Malformed, where
from .ops import ENGINES, MASK, SCRATCH_SIZE, SLOT_LIMITS, UNSHIPPED, VLEN, Bundle, Program
from .problem import Shape
from .program import check_program, program_digest

FORMAT = "cycleproof/1"
KEYS = {"format", "machine", "problem", "claims", "generator", "program", "program_sha256"}
MACHINE = {
    "vlen": VLEN,
    "scratch_size": SCRATCH_SIZE,
    "slot_limits": {engine: SLOT_LIMITS[engine] for engine in ENGINES},
}
# Caps before parsing: a larger document would cost more memory than any real program needs.
MAX_BYTES = 48 << 20
MAX_CONTAINERS = 2_500_000
MAX_ITEMS = 10_000_000
MAX_DIGITS = 10  # a 32-bit word; every integer of an artifact is one, or a negated one
SHAPE_LIMITS = {"forest_height": 16, "rounds": 256, "batch_size": 4096}


class Artifact(NamedTuple):
    """A decoded artifact. ``program`` has passed ``check_program``."""

    shape: Shape
    cycles: int
    generator: Mapping[str, str]
    program: Program
    program_sha256: str


def _check_shipped(program: Iterable[Bundle]) -> None:
    for number, bundle in enumerate(program):
        if not bundle:
            raise Malformed(f"{where(number)}: empty bundle; build strips these")
        for engine, slots in bundle.items():
            if engine == "debug":
                raise Malformed(f"{where(number, engine)}: debug slots are not shipped")
            if not slots:
                raise Malformed(f"{where(number, engine)}: empty list of slots; leave it out")
            for index, slot in enumerate(slots):
                if (engine, slot[0]) in UNSHIPPED:
                    raise Malformed(f"{where(number, engine, index)}: {slot[0]} is not shipped")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise Malformed(f"key {twice!a:.40} stands twice in one object")
    return result


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise Malformed(f"integer of {len(text)} characters does not fit in 32 bits")
    if text == "-0":
        raise Malformed("-0 is not an integer of this format; write 0")
    return int(text)


def _no_float(text: str) -> NoReturn:
    raise Malformed(f"{text[:40]!a} is not an integer; artifacts hold only integers")


def read_json(data: bytes) -> Any:
    """Read one strict JSON document: UTF-8, no duplicate keys, only integers, bounded size."""
    if len(data) > MAX_BYTES:
        raise Malformed(f"{len(data)} bytes; the limit is {MAX_BYTES}")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise Malformed("the file starts with a byte order mark; write plain UTF-8")
    if data.count(b"[") + data.count(b"{") > MAX_CONTAINERS or data.count(b",") > MAX_ITEMS:
        raise Malformed("more lists and objects than any program needs")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8 at byte {error.start}") from None
    try:
        return json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_integer,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except RecursionError:
        raise Malformed("nested too deeply") from None
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from None


def _object(value: Any, keys: Set[str], at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"{at}: expected an object")
    for key in sorted(value.keys() - keys):
        raise Malformed(f"{at}: unknown key {key!a:.40}")
    for key in sorted(keys - value.keys()):
        raise Malformed(f"{at}: key {key!r} is missing")
    return value


def _count(value: Any, low: int, high: int, at: str) -> int:
    if type(value) is not int or not low <= value <= high:
        raise Malformed(f"{at}: expected an integer in {low}..{high}, got {value!a:.40}")
    return value


def _name(value: Any, at: str) -> str:
    if type(value) is not str or not re.fullmatch("[ -~]{1,200}", value):
        raise Malformed(f"{at}: expected 1 to 200 printable ASCII characters, got {value!a:.40}")
    return value


def parse_shape(value: Any, at: str = "problem") -> Shape:
    """A shape from its three named sizes; raises ``Malformed``."""
    sizes = _object(value, SHAPE_LIMITS.keys(), at)
    return Shape(*(_count(sizes[k], 1, top, f"{at}.{k}") for k, top in SHAPE_LIMITS.items()))


def parse(data: bytes) -> Artifact:
    """Decode an artifact of format 1. Raises ``Malformed`` with what is wrong and where."""
    document = _object(read_json(data), KEYS, "artifact")
    if document["format"] != FORMAT:
        raise Malformed(f"format: expected {FORMAT!r}, got {document['format']!a:.40}")
    if json.dumps(document["machine"], sort_keys=True) != json.dumps(MACHINE, sort_keys=True):
        raise Malformed("machine: these are not the constants of this machine")
    shape = parse_shape(document["problem"])
    claims = _object(document["claims"], {"cycles"}, "claims")
    cycles = _count(claims["cycles"], 0, MASK, "claims.cycles")
    generator = _object(document["generator"], {"name", "version", "sources_sha256"}, "generator")
    for key, value in generator.items():
        _name(value, f"generator.{key}")
    program = document["program"]
    if not isinstance(program, list) or not program:
        raise Malformed("program: expected a non-empty list of bundles")
    check_program(program)
    _check_shipped(program)
    digest = program_digest(program)
    if document["program_sha256"] != digest:
        raise Malformed(f"program_sha256: the program's digest is {digest}")
    return Artifact(shape, cycles, generator, program, digest)
