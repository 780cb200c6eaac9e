"""Mixes for the search: a recipe's options drawn anew, one or two of them or all.

Only options that the recipe's kind can use are drawn. The demand of a mix on each engine is counted
before anything is scheduled.
"""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from frozen.ops import SLOT_LIMITS, VLEN

from ..bounds.counts import VEC_A_CYCLE
from ..graph import kinds
from ..graph.chains import CHAINS
from ..graph.ir import Graph
from ..graph.options import SHARE
from ..graph.price import Price

CHAINED = tuple(
    [*row]
    for row in (
        (), (1,), (1, 2), (1, 2, -2), (1, 2, 4, 16), (1, 2, 4, 16, -2), (1, 2, 4, 16, -2, 20, -20),
        (1, 2, 4, 16, -2, 20, -20, 33), (1, 2, 4, 8, 9, 16, -2, 20, -20, 33), tuple(CHAINS),
    )
)  # fmt: skip
MANY = (SHARE, SHARE, SHARE, SHARE - 1, SHARE - 2)
FEW = (0, 0, 0, 2, 4)
ENDS = Price(vec=3.3, load=22, flow=24)
"""Cycles that compute, load and flow are idle at both ends of the best schedules."""


class Choice(NamedTuple):
    """What an option may be.

    ``level``: the row of a mix. ``indices``: for recipes with or without final indices; None: all.
    """

    name: str
    values: Sequence[Any]
    level: str = ""
    indices: bool | None = None


CHOICES = (
    Choice("third", range(4, 19)),
    Choice("chained", CHAINED),
    Choice("buffer_count", (1, 2, 2, 2, 3, 4)),
    Choice("reserve", (4, 6, 8, 10, 12, 14, 16, 18, 20)),
    Choice("late", (0, 0, 0, 1, 2, 3, 6)),
    Choice("stored", (0, 3, 4, 5, 5, 5, 7, 8, 8), indices=False),
    Choice("stored", (0, 0, 8, 11, 11, 14), indices=True),
    Choice("scalar", FEW, "3"),
    Choice("scalar", FEW, "7"),
    Choice("flow", (0, 4, 6, 8, 9, 10, 11, 12), "0", indices=True),
    Choice("flow", MANY, "3", indices=True),
    Choice("flow", MANY, "7"),
    Choice("flow", MANY, "9"),
)


def floor(graph: Graph) -> float:
    """Cycles that the ops of ``graph`` need with ends as measured (``ENDS``)."""
    vec = load = flow = 0.0
    for op in graph.ops:
        if op.kind == kinds.CONST:  # on whichever engine has room
            load += 0.5
            flow += 0.5
            continue
        if op.kind in (kinds.MADD, kinds.FLEX):
            vec += 1
        else:
            vec += len(op.forms.get("alu", ())) / VLEN
        load += len(op.forms.get("load", ()))
        flow += op.kind == kinds.FLOW
    return max(
        vec / VEC_A_CYCLE + ENDS.vec, load / SLOT_LIMITS["load"] + ENDS.load, flow + ENDS.flow
    )


def near(choices: dict[str, Any], draw: Random) -> dict[str, Any]:
    """``choices`` with one or two of them drawn anew."""
    return _drawn(choices, draw.sample(_usable(choices), draw.choice((1, 1, 2))), draw)


def fresh(choices: dict[str, Any], draw: Random) -> dict[str, Any]:
    """``choices`` with all of them drawn anew."""
    return _drawn(choices, _usable(choices), draw)


def _usable(choices: dict[str, Any]) -> list[Choice]:
    """The choices that change a recipe of this kind."""
    forked = bool(choices.get("forked"))
    pairs = {str(level) for level in choices.get("pairs", ())}
    below = str(max(map(int, pairs), default=0) + 2)
    return [
        choice
        for choice in CHOICES
        if (choice.indices is None or choice.indices == bool(choices.get("indices")))
        and (forked or choice.name != "third")
        and (not choice.level or choice.level in pairs | {"0", below})
    ]


def _drawn(choices: dict[str, Any], chosen: list[Choice], draw: Random) -> dict[str, Any]:
    changed = {
        key: dict(value) if isinstance(value, dict) else value for key, value in choices.items()
    }
    for name, values, level, _ in chosen:
        value = draw.choice(values)
        if level:
            changed.setdefault(name, {})[level] = value
        else:
            changed[name] = value
    return changed
