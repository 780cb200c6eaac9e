"""The drawings of the index and of the kernel page, a module each."""

from collections.abc import Callable, Mapping

from . import ends, flow, seeds, strips, tables, walks

PICTURES: Mapping[str, Callable[[], str]] = {
    "index-flow": flow.draw,
    "index-seeds": seeds.draw,
    "kernel-walks": walks.draw,
    "kernel-ends": ends.draw,
    "kernel-strips": strips.draw,
    "kernel-tables": tables.draw,
}
"""Each ``docs/NAME.svg``, and what draws it."""
