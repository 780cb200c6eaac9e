"""JSON that is no artifact (evidence, envelopes, statements), read as one document can be read.

Stricter than ``json`` and laxer than ``frozen.artifact.read_json``: figures may be finite floats.
"""

import json
from typing import Any, NoReturn

from .errors import Unreadable

MAX_DIGITS = 100


def read_strict(data: bytes, name: str) -> Any:
    """The document in ``data``: UTF-8, no key twice, no NaN or Infinity, bounded integers.

    Raises ``Unreadable`` that names ``name`` and the fault. The caller bounds the size.
    """

    def refuse(problem: str) -> NoReturn:
        raise Unreadable(f"{name}: {problem}")

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in items:
            if key in result:
                refuse(f"key {key!a:.40} stands twice in one object")
            result[key] = value
        return result

    def integer(text: str) -> int:
        return int(text) if len(text) <= MAX_DIGITS else refuse("an integer of absurd length")

    def constant(text: str) -> NoReturn:
        refuse(f"{text} is not JSON")

    def finite(text: str) -> float:
        value = float(text)
        return value if abs(value) != float("inf") else refuse(f"{text:.40} is not finite")

    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=pairs,
            parse_int=integer,
            parse_constant=constant,
            parse_float=finite,
        )
    except RecursionError:
        refuse("nested too deeply")
    except UnicodeDecodeError as error:
        refuse(f"not UTF-8 at byte {error.start}")
    except ValueError as error:
        refuse(f"not JSON: {error}")
