"""The image of one seed: where tree words, tables and shared words lie, and how they are made.

A plane is a memory that tables are read from: plane 0 is the program's own memory, with the tree
where it starts; a table that wants another word at an address gets a plane of its own. Words that
are no tree words are made in levels: each entry of a level reads tree words and earlier levels,
and entries that compute the same way are one formula with rows of parameters.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from frozen.ops import MASK
from frozen.problem import FOREST_P

from .errors import Unsupported
from .ir import CONST, LOAD, TREE, Executed

MAX_WORDS = 1 << 20  # of one image: 4 MB, beyond what the largest tree takes
MAX_LEVELS = 24
MAX_STEPS = 1_000_000  # of all entries together
MAX_INSTRUCTIONS = 2_000  # of all formulas together


class Step(NamedTuple):
    """One step of a formula: an op's expression on earlier steps; or a parameter.

    ``cell`` reads the place in the image that the row's parameter names, ``word`` is that
    parameter itself. Their argument is the parameter's number.
    """

    kind: str
    args: tuple[int, ...]


@dataclass(frozen=True)
class Formula:
    """How some words are made; each row is the place of the result, then the parameters."""

    steps: tuple[Step, ...]
    rows: tuple[tuple[int, ...], ...]

    @property
    def fixed(self) -> bool:
        """Whether its words are the same for all seeds; each row is a place and its word."""
        return [step.kind for step in self.steps] == ["word"]


def progression(words: Sequence[int]) -> tuple[int, int] | None:
    """The first word and the step from each to the next, modulo 2**32; None if steps differ."""
    step = (words[1] - words[0]) & MASK if len(words) > 1 else 0
    same = all((b - a) & MASK == step for a, b in pairwise(words))
    return (words[0], step) if same else None


Level = tuple[Formula, ...]


class Made(NamedTuple):
    """A finished image (see ``sliced.Sliced``)."""

    words: int
    tree_at: int
    values_at: int
    levels: tuple[Level, ...]


def _up(number: int) -> int:
    return -(-number // 4) * 4


class Layout:
    """Places for everything that lanes share."""

    def __init__(self, executed: Executed) -> None:
        self.graph, self.shape = executed.graph, executed.shape
        tree = {FOREST_P + n: executed.initial[FOREST_P + n] for n in range(self.shape.n_nodes)}
        self.planes: list[dict[int, int]] = [tree]
        self.cells: dict[int, None] = {}
        self._shifts: list[int] = []
        self._places: dict[int, int] = {}

    def cell(self, node: int) -> None:
        """Give a shared word a place."""
        self.cells[node] = None

    def place(self, contents: dict[int, int]) -> int:
        """The number of a plane in which each address has its node. Raises ``Unsupported``."""
        for number, plane in enumerate(self.planes):
            if all(plane.get(at, node) == node for at, node in contents.items()):
                plane |= contents
                return number
        self.planes.append(dict(contents))
        if sum(map(len, self.planes)) > MAX_WORDS:
            raise Unsupported("its tables take more room than the largest tree")
        return len(self.planes) - 1

    def shift(self, plane: int) -> int:
        """What is added to an address to get its place in the image."""
        return self._shifts[plane]

    def where(self, node: int) -> int:
        """The place of a shared word."""
        return self._places[node]

    def finish(self) -> Made:
        """Fix all places, and say how the words are made. Raises ``Unsupported``."""
        self._shifts = [_up(FOREST_P) - FOREST_P]
        tree_at = _up(FOREST_P)
        # The stream fills the tree up to a multiple of four.
        end = max(tree_at + _up(self.shape.n_nodes), max(self.planes[0]) + self._shifts[0] + 1)
        values_at = _up(end)
        end = values_at + _up(self.shape.batch_size)
        for plane in self.planes[1:]:
            self._shifts.append(end - min(plane))
            end += max(plane) - min(plane) + 1
        wanted = {
            at + shift: node
            for plane, shift in zip(self.planes, self._shifts, strict=True)
            for at, node in plane.items()
        }
        for place, node in wanted.items():
            self._places.setdefault(node, place)
        for node in self.cells:
            if node not in self._places:
                self._places[node] = end
                wanted[end] = node
                end += 1
        tree = {place: node for place, node in wanted.items() if self._is_tree_at(place, node)}
        levels = self._levels({p: n for p, n in wanted.items() if p not in tree})
        if end > MAX_WORDS:
            raise Unsupported("its tables take more room than the largest tree")
        return Made(_up(end), tree_at, values_at, levels)

    def _is_tree_at(self, place: int, node: int) -> bool:
        kind, args = self.graph.kinds[node], self.graph.args[node]
        return kind is TREE and place == _up(FOREST_P) + args[0]

    def _levels(self, wanted: dict[int, int]) -> tuple[Level, ...]:
        """Entries by level, and within a level by how they compute."""
        made = {node for node in wanted.values() if self.graph.kinds[node] not in (TREE, CONST)}
        depth: dict[int, int] = {}
        cones: dict[int, list[int]] = {}
        total = 0
        # A node's number is greater than those of its operands, so this order makes them first.
        for node in sorted(made):
            cone = cones[node] = self._cone(node, made)
            total += len(cone)
            if total > MAX_STEPS:
                raise Unsupported("its tables take too many operations to make")
            depth[node] = 1 + max((depth[n] for n in cone if n in depth), default=-1)
        if depth and max(depth.values()) >= MAX_LEVELS:
            raise Unsupported("its tables are made of one another, too deeply")
        rows: dict[int, dict[tuple[Step, ...], list[tuple[int, ...]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for place, node in sorted(wanted.items()):
            steps, parameters = self._formula(cones.get(node, [node]), made)
            rows[depth.get(node, 0)][steps].append((place, *parameters))
        if sum(len(steps) for formulas in rows.values() for steps in formulas) > MAX_INSTRUCTIONS:
            raise Unsupported("its tables are made in too many ways")
        return tuple(
            tuple(Formula(steps, tuple(made_rows)) for steps, made_rows in rows[level].items())
            for level in sorted(rows)
        )

    def _formula(self, cone: list[int], made: set[int]) -> tuple[tuple[Step, ...], tuple[int, ...]]:
        """The steps that make one word, free of places and words, and the row with these."""
        root = cone[-1]
        number = {node: position for position, node in enumerate(cone)}
        steps: list[Step] = []
        parameters: list[int] = []
        for node in cone:
            kind, args = self.graph.kinds[node], self.graph.args[node]
            if kind is CONST:
                steps.append(Step("word", (len(parameters),)))
                parameters.append(args[0])
            elif kind is TREE or (node != root and node in made):
                steps.append(Step("cell", (len(parameters),)))
                parameters.append(_up(FOREST_P) + args[0] if kind is TREE else self._places[node])
            else:
                steps.append(Step(kind, tuple(number[arg] for arg in args)))
        return tuple(steps), tuple(parameters)

    def _cone(self, root: int, made: set[int]) -> list[int]:
        """The nodes that make ``root``, down to what lies in the image; ``root`` is the last.

        Operands come first, in an order that depends on the structure only: depth first.
        """
        order: dict[int, None] = {}
        pending = [(root, False)]
        while pending:
            node, ready = pending.pop()
            if node in order:
                continue
            kind = self.graph.kinds[node]
            if kind is LOAD:
                raise Unsupported("a table is made by loads that depend on tree words")
            if ready or kind in (TREE, CONST) or (node != root and node in made):
                order[node] = None
            else:
                pending.append((node, True))
                pending += [(arg, False) for arg in reversed(self.graph.args[node])]
            if len(order) > MAX_STEPS:
                raise Unsupported("its tables take too many operations to make")
        return list(order)
