"""The price of a way of serving a level, for one group of VLEN lanes.

Each module of ``levels`` states its own, ``bounds`` adds them up. A price leaves out the hash with
the xor that brings the node in, the address, and what is set up once per program.
"""

from typing import NamedTuple


class Price(NamedTuple):
    """``vec``: vec-eq, one vector op's work or VLEN scalar ops. The others count slots."""

    vec: float = 0.0
    load: float = 0.0
    store: float = 0.0
    flow: float = 0.0

    def plus(self, other: "Price") -> "Price":
        """The sum of two prices."""
        return Price(*(a + b for a, b in zip(self, other, strict=True)))

    def times(self, number: float) -> "Price":
        """The price of ``number`` of it."""
        return Price(*(number * part for part in self))
