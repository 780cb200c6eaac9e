"""An upper level whose nodes wait as vectors in scratch; the path bits select one."""

from ..price import Price
from ..walk import Walk


def price(level: int, leaves: int = 0) -> Price:
    """2^level - 1 selections; ``leaves``: pairs that a ``multiply_add`` chooses from instead.

    The root, level 0, is free.
    """
    return Price(vec=leaves, flow=(1 << level) - 1 - leaves)


class Select:
    """``nodes``: a vector for each node, indexed by the stored bits, first bit highest."""

    own_bit = False
    minus = False

    def __init__(self, nodes: list[int], folded: bool) -> None:
        self._nodes = nodes
        self.folded = folded

    def serve(self, walk: Walk) -> None:
        """A tree of selections; early bits are settled first, the last one at the end."""
        row = self._nodes
        for bit in walk.bits:
            half = len(row) // 2
            chosen = []
            for no, yes in zip(row[:half], row[half:], strict=True):
                dest = walk.graph.dynamic("node")
                walk.graph.select(f"{walk.label} select", dest, bit, yes, no)
                chosen.append(dest)
            row = chosen
        walk.xor(row[0])
