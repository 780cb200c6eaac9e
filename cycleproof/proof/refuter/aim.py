"""Inputs that lead the reference's lanes to goals: path bits to take, values to pass through.

The hash is a bijection, so a lane can be led anywhere: a tree word that it has not met before, or
its initial value, is chosen such that the next stage has the wanted value.
"""

import random
from dataclasses import dataclass, field

from frozen.problem import INPUT_BITS, Inputs, Shape, hash32

from ...simulator.hashing import STAGES, unhash32

TRIES = 300
REDRAWS = 12
Wanted = tuple[int, int]  # a stage of the hash, and the word that it shall give


@dataclass
class Goal:
    """What one lane shall do: ``bits`` round → path bit; ``values`` (round, stage) → word."""

    bits: dict[int, int] = field(default_factory=dict)
    values: dict[tuple[int, int], int] = field(default_factory=dict)


@dataclass
class Goals:
    """What some lanes shall do (by lane), and words that the tree shall hold (by node)."""

    lanes: dict[int, Goal] = field(default_factory=dict)
    tree: dict[int, int] = field(default_factory=dict)

    def lane(self, lane: int) -> Goal:
        """The goal of one lane, to be added to."""
        return self.lanes.setdefault(lane, Goal())


def _wanted(goal: Goal, h: int) -> Wanted | None:
    return next(((s, value) for (at, s), value in goal.values.items() if at == h), None)


class Aimer:
    """Builds inputs of one shape from the goals of some lanes; the rest is random."""

    def __init__(self, shape: Shape, rng: random.Random, bits: int = INPUT_BITS) -> None:
        self.shape = shape
        self.rng = rng
        self.bits = bits

    def _draw(self) -> int:
        return self.rng.getrandbits(self.bits)

    def inputs(self, goals: Goals) -> Inputs | None:
        """Inputs on which every lane with a goal reaches it, or None if none were found."""
        shape = self.shape
        tree = [self._draw() for _ in range(shape.n_nodes)]
        values = [self._draw() for _ in range(shape.batch_size)]
        for node, word in goals.tree.items():
            if word >> self.bits:
                return None
            tree[node] = word
        fixed = set(goals.tree)
        for lane, goal in goals.lanes.items():
            if self._impossible(goal, tree[0]):
                return None
            for _ in range(TRIES):
                value = self._lead(goal, tree, fixed)
                if value is not None:
                    values[lane] = value
                    break
            else:
                return None
        return Inputs(tree, values)

    def _impossible(self, goal: Goal, root: int) -> bool:
        """Whether a wanted value has the other path bit, or in round 0 no input word gives it."""
        starts = ((h, unhash32(value, s)) for (h, s), value in goal.values.items())
        return any(
            goal.bits.get(h) == ~hash32(start) & 1 or (h == 0 and (start ^ root) >> self.bits)
            for h, start in starts
        )

    def _lead(self, goal: Goal, tree: list[int], fixed: set[int]) -> int | None:
        """Walk one lane, changing only tree words that no lane has met; returns its initial value.

        None if the goal is out of reach.
        """
        rounds = max([*goal.bits, *(h for h, _ in goal.values), 0]) + 1
        initial = value = self._draw()
        index, met, changed = 0, set(fixed), dict[int, int]()
        for h in range(rounds):
            node = changed.get(index, tree[index])
            wanted = _wanted(goal, h)
            if wanted is None and index not in met:
                known = {at: changed.get(at, tree[at]) for at in met}
                wanted = self._ahead(_wanted(goal, h + 1), index, known)
            if wanted is not None:
                start = unhash32(wanted[1], wanted[0])
                if h == 0:
                    initial = value = start ^ node
                    if initial >> self.bits:
                        return None
                elif index in met:
                    if value ^ node != start:
                        return None
                else:
                    node = changed[index] = value ^ start
                    if node >> self.bits:
                        return None
            result = hash32(value ^ node)
            bit = goal.bits.get(h)
            for _ in range(REDRAWS):
                if bit is None or result & 1 == bit:
                    break
                if wanted is not None or index in met:
                    return None
                node = changed[index] = self._draw()
                result = hash32(value ^ node)
            if bit is not None and result & 1 != bit:
                return None
            met.add(index)
            value = result
            index = self._child(index, value & 1)
        for at, word in changed.items():
            tree[at] = word
        fixed |= met
        return initial

    def _child(self, index: int, bit: int) -> int:
        child = 2 * index + 1 + bit
        return child if child < self.shape.n_nodes else 0

    def _ahead(self, following: Wanted | None, index: int, known: dict[int, int]) -> Wanted | None:
        """The end of this round that leads to ``following``, if either next node is known."""
        if following is None:
            return None
        start = unhash32(following[1], following[0])
        for bit in (0, 1):
            child = self._child(index, bit)
            if child not in known:
                return None
            if (start ^ known[child]) & 1 == bit or child == 0:
                return STAGES, start ^ known[child]
        return None

    def level_tree(self, lane: int, at: tuple[int, int], wanted: int) -> Inputs:
        """All tree words equal, and ``lane`` led to the value ``wanted`` at ``at``: round, stage.

        Works for every round and stage, but leaves no choice of path.
        """
        h, s = at
        word = self._draw()
        value = unhash32(wanted, s) ^ word
        for _ in range(h):
            value = unhash32(value) ^ word
        values = [self._draw() for _ in range(self.shape.batch_size)]
        values[lane] = value
        return Inputs([word] * self.shape.n_nodes, values)
