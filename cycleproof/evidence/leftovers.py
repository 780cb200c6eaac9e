"""What is said of memory that the contract leaves free: final indices and tree."""

from ..base.text import listed
from .model import Leftover, State

ONLY_VALUES = "The challenge compares only the values."
_LEFT = {
    "indices": {
        State.PROVED_RIGHT: "the right indices",
        State.LEFT_AT_ZERO: "the indices at zero",
        State.WRONG: "other indices than the reference",
    },
    "tree": {State.PROVED_RIGHT: "an unchanged tree", State.WRONG: "a changed tree"},
}
_BY = {
    "prover": "; so says the prover, and the checker does not look at it",
    "runs": " in the runs that were made",
}


def left_behind(indices: Leftover, tree: Leftover) -> str:
    """Sentences on memory that the contract leaves free; nothing in them reads as a failure."""
    left: dict[str, list[str]] = {}
    open_ = []
    for what, (state, by) in (("indices", indices), ("tree", tree)):
        if state in _LEFT[what]:
            left.setdefault(by, []).append(_LEFT[what][state])
        else:
            open_.append(_LEFT[what][State.PROVED_RIGHT])
    also = " also" if indices.state is tree.state is State.PROVED_RIGHT else ""
    lines = [f"This kernel{also} leaves {listed(of)}{_BY.get(by, '')}." for by, of in left.items()]
    lines += [f"Whether it leaves {listed(open_)} is not settled."] if open_ else []
    return " ".join([ONLY_VALUES, *lines])
