"""The 13 ops on known words, compiled from the op table."""

from collections.abc import Callable, Mapping

from frozen.ops import BINARY, MASK

DIVIDES = frozenset(op for op, meaning in BINARY.items() if "//" in meaning or "%" in meaning)
"""The ops whose second operand must not be 0."""


def _concrete(op: str, meaning: str) -> Callable[[int, int], int]:
    total = "b and " if op in DIVIDES else ""
    return eval(f"lambda a, b: {total}({meaning}) & {MASK}")  # type: ignore[no-any-return]  # noqa: S307 - a row of the op table


CONCRETE: Mapping[str, Callable[[int, int], int]] = {
    name: _concrete(name, value) for name, value in BINARY.items()
}
"""By name. Dividing by zero gives 0: expressions are total."""
