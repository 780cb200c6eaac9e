"""The kernel page's drawings, a module each, from the program and the compiler's data."""

from collections.abc import Callable, Mapping

from . import ends, strips, tables, walks

PICTURES: Mapping[str, Callable[[], str]] = {
    "walks": walks.draw,
    "ends": ends.draw,
    "strips": strips.draw,
    "tables": tables.draw,
}
"""Each ``docs/kernel-NAME.svg``, and what draws it."""
