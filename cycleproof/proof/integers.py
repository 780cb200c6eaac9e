"""The machine's binary ops on known words of W bits, compiled from the op table."""

from collections.abc import Callable, Mapping
from functools import cache

from frozen.ops import BINARY

Integer = Callable[[int, int], int]


@cache
def integers(width: int) -> Mapping[str, Integer]:
    """By its name, each op on words below 2^width, reduced modulo 2^width.

    Division by zero raises ``ZeroDivisionError``. ``<<`` gives 0 from ``width`` on, though its
    meaning names 32.
    """
    ones = (1 << width) - 1
    return {name: eval(f"lambda a, b: ({value}) & {ones}") for name, value in BINARY.items()}  # noqa: S307 - rows of the op table
