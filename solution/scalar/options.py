"""The choices of the scalar compiler, checked."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from frozen.ops import VLEN

from ..errors import BadRecipe

_CHOICES: Mapping[str, tuple[Any, ...] | range] = {
    "values": ("memory", "scratch"),
    "width": (1, VLEN),
    "boundary": ("op", "phase", "none"),
    "in_flight": range(1, 257),
}


class Options(NamedTuple):
    """How a lane's round becomes bundles."""

    values: str  # where indices and values live between rounds: "memory" or "scratch"
    width: int  # lanes of one op: 1 (alu) or VLEN (valu)
    boundary: str  # a bundle ends after every "op", after every "phase", or only when it must
    in_flight: int  # units with registers of their own, so that their rounds may overlap


def parse(table: Mapping[str, Any]) -> Options:
    """Options from a recipe's table. Raises ``BadRecipe``, naming the key."""
    for key, value in table.items():
        if key not in _CHOICES:
            raise BadRecipe(f"options.{key}: unknown; there are: {', '.join(_CHOICES)}")
        allowed = _CHOICES[key]
        if value not in allowed or type(value) is not type(allowed[0]):
            text = f"{allowed[0]}..{allowed[-1]}" if isinstance(allowed, range) else allowed
            raise BadRecipe(f"options.{key}: {value!r} is none of {text}")
    for key in _CHOICES:
        if key not in table:
            raise BadRecipe(f"options.{key} is missing")
    return Options(**table)
