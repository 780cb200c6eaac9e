"""The counts of an engine."""

from typing import NamedTuple

UNBOUNDED = 2**63
LISTED = 256  # wrong, and missed, seeds that are listed by index


class Part(NamedTuple):
    """Seeds ``first`` to ``first + seeds - 1``: how many are wrong, how many missed a guard.

    The lists hold the first indices met of each kind, up to a limit of the engine's own. A seed
    that missed a guard is neither right nor wrong until the frozen simulator has run it. ``work``
    is in interpreted slots and bundles; compiled code counts none.
    """

    first: int
    seeds: int
    wrong: int
    wrong_seeds: tuple[int, ...]
    missed: int
    missed_seeds: tuple[int, ...]
    work: int = 0
