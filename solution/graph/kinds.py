"""The kinds of op that the scheduler knows: one row a kind, in ``KINDS``.

An op's *units* are its slots; they are issued in order. Most kinds issue all of their units on
one of their engines; a fetch runs lane by lane on several engines at once.
"""

from typing import NamedTuple

from frozen.ops import ENGINES, SLOT_LIMITS

ALU, VALU, LOAD_ENGINE, STORE_ENGINE, FLOW_ENGINE = (
    ENGINES.index(engine) for engine in ("alu", "valu", "load", "store", "flow")
)
SLOTS = tuple(SLOT_LIMITS[engine] for engine in ENGINES)

QUEUES = ("load", "flow", "multiply-add", "lane-wise", "lanes", "store")
Q_LOAD, Q_FLOW, Q_MADD, Q_FLEX, Q_LANES, Q_STORE = range(len(QUEUES))
"""Ready ops that compete for the same slots wait in one queue."""


class Kind(NamedTuple):
    """One kind of op. ``duration``: cycles to count on, where units do not tell."""

    name: str
    engines: tuple[str, ...]
    queue: int
    duration: int = 1


KINDS = (
    Kind("multiply-add", ("valu",), Q_MADD),
    Kind("lane-wise op", ("valu", "alu"), Q_FLEX),
    Kind("scalar ops that belong together", ("alu",), Q_LANES),
    Kind("loads that belong together", ("load",), Q_LOAD),
    Kind("stores that belong together", ("store",), Q_STORE),
    Kind("selection", ("flow",), Q_FLOW),
    Kind("loaded constant", ("load", "flow"), Q_LOAD),
    Kind("fetch through a strip", ("load", "alu", "store"), Q_LOAD, 9),
    Kind("scalar sum", ("alu", "flow"), Q_LANES),
)
MADD, FLEX, LANES, LOAD, STORE, FLOW, CONST, FETCH, WORD = range(len(KINDS))
QUEUE_OF = tuple(kind.queue for kind in KINDS)
