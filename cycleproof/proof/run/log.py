"""What a run on terms leaves behind: the writes of each bundle, the joins, the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from frozen.ops import Op, Slot

from ..terms import Term
from .memory import Array

NO_LANE = -1


class Write(NamedTuple):
    """What one slot wrote: its op and operands, the terms of its words, in order.

    For a store whose address has several values: the words it may name, ascending, and their new
    terms. ``lanes``: where the terms are those of one lane, the lane that each is said of, or
    ``NO_LANE``.
    """

    op: Op
    slot: Slot
    terms: list[Term]
    words: list[int] | None = None
    lanes: list[int] | None = None

    @property
    def start(self) -> int:
        """The first scratch word that a slot other than a store writes."""
        return int(self.slot[1]) + (int(self.slot[-1]) if self.op.displaced else 0)


class Ran(NamedTuple):
    """One bundle run on one path: what its slots wrote, and at which bundles it goes on."""

    turn: int
    at: int
    writes: list[Write]
    following: tuple[int, ...]


class Joined(NamedTuple):
    """Paths that met at a bundle: every word that one of them wrote since they split."""

    turn: int
    at: int
    scratch: Mapping[int, Term]
    memory: Mapping[int, Term]


@dataclass
class Outcome:
    """A finished run: cycles, final memory, and (if asked for) a log.

    In each turn the log has the bundles run, then the joins, both in the order of the bundles.
    """

    cycles: int
    memory: Array
    log: list[Ran | Joined] = field(default_factory=list)
    paths: int = 1
