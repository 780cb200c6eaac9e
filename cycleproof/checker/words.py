"""The 13 ops on known words, compiled from the op table."""

from collections.abc import Callable, Mapping

from frozen.ops import BINARY, MASK


def _concrete(op: str, meaning: str) -> Callable[[int, int], int]:
    function = eval(f"lambda a, b: ({meaning}) & {MASK}")  # noqa: S307 - a row of the op table
    divides = op in ("//", "%", "cdiv")
    return lambda a, b: 0 if divides and b == 0 else function(a, b)


CONCRETE: Mapping[str, Callable[[int, int], int]] = {
    name: _concrete(name, value) for name, value in BINARY.items()
}
"""By name. Dividing by zero gives 0: expressions are total."""
