"""Chained constants: a vector made from vectors of other constants by one op.

A broadcast waits for its word, which must be loaded or derived first. A chain waits for no load:
scratch begins as zeros, so ``0 == 0`` is a vector of ones in cycle 0, and the other constants
follow within six cycles, when there is little else to compute. The price is one vector op, as for a
broadcast; the scalar op for the word is saved. A recipe lists the constants that it wants chained.
"""

from collections.abc import Mapping

Chain = tuple[str, tuple[int, ...]]
"""The op's name, and the constants of its source vectors: 0 or chained ones."""

CHAINS: Mapping[int, Chain] = {
    1: ("==", (0, 0)),
    2: ("+", (1, 1)),
    4: ("+", (2, 2)),
    8: ("<<", (2, 2)),
    16: ("<<", (4, 2)),
    -2: ("-", (0, 2)),
    9: ("+", (8, 1)),
    12: ("+", (8, 4)),
    20: ("+", (16, 4)),
    -20: ("-", (0, 20)),
    19: ("-", (20, 1)),
    33: ("multiply_add", (16, 2, 1)),
    33 << 9: ("<<", (33, 9)),
}
