"""The reference on terms: a right program's words must turn out to be these terms."""

from collections.abc import Iterator
from dataclasses import dataclass

from frozen.ops import VLEN
from frozen.problem import FOREST_P, HASH_STAGES, Shape

from ..base.statement import JUDGED, Statement
from .algebra import Algebra
from .terms import Term


@dataclass(frozen=True)
class LaneTerms:
    """One lane. ``values[h][s]``: in round h after s hash stages; ``nodes``, ``bits`` by round.

    ``bits[h]`` is the lowest bit of ``values[h][6]``; ``indices[h]`` is the index before round h,
    and the last of them is the lane's final index.
    """

    initial: Term
    values: list[list[Term]]
    nodes: list[Term]
    bits: list[Term]
    indices: list[Term]

    @property
    def index(self) -> Term:
        """The lane's final index."""
        return self.indices[-1]

    @property
    def output(self) -> Term:
        """The lane's final value."""
        return self.values[-1][-1]


def initial_memory(algebra: Algebra, shape: Shape, statement: Statement = JUDGED) -> list[Term]:
    """The memory image: free tree and lane words; the others as the statement has them."""
    header = [
        shape.rounds,
        shape.n_nodes,
        shape.batch_size,
        shape.forest_height,
        FOREST_P,
        shape.indices_p,
        shape.values_p,
    ]
    known = list(map(algebra.const, header))
    starts = [algebra.zero] * shape.batch_size
    if statement.any_header:
        known = [algebra.word(at, tree=True) for at in range(FOREST_P)]
    if statement.any_start:
        words = (algebra.word(at, tree=False) for at in range(shape.indices_p, shape.values_p))
        starts = [algebra.index(word, shape.n_nodes) for word in words]
    return [
        *known,
        *(algebra.word(at, tree=True) for at in range(FOREST_P, shape.indices_p)),
        *starts,
        *(algebra.word(at, tree=False) for at in range(shape.values_p, shape.memory_size)),
    ]


Step = tuple[str, tuple[Term, Term], Term]
"""One op of the reference on terms: its name, its operands, its result."""


def hash_steps(algebra: Algebra, a: Term) -> Iterator[tuple[Step, Step, Step]]:
    """The hash of ``a``: the three ops of each stage; the last gives the stage's value."""
    apply, const = algebra.apply, algebra.const
    for op1, constant, op2, shift, amount in HASH_STAGES:
        left, right = (a, const(constant)), (a, const(amount))
        parts = apply(op1, *left), apply(shift, *right)
        a = apply(op2, *parts)
        yield (op1, left, parts[0]), (shift, right, parts[1]), (op2, parts, a)


def lane_terms(algebra: Algebra, shape: Shape, memory: list[Term], lane: int) -> LaneTerms:
    """Run the reference for one lane."""
    value = initial = memory[shape.values_p + lane]
    free = lane >= 0 and memory[shape.indices_p + lane] in algebra.indices
    index = memory[shape.indices_p + lane] if free else algebra.zero
    values, nodes, bits, indices = [], [], [], [index]
    for _ in range(shape.rounds):
        if free:
            node = algebra.initial_at(algebra.apply("+", index, algebra.const(FOREST_P)))
        else:
            node = algebra.switch(index, {i: memory[FOREST_P + i] for i in index.choices})
        stages = [algebra.apply("^", value, node)]
        stages += [last[2] for _, _, last in hash_steps(algebra, stages[0])]
        value = stages[-1]
        bit = algebra.apply("&", value, algebra.one)
        twice = algebra.apply("*", index, algebra.const(2))
        index = algebra.apply("+", twice, algebra.apply("+", algebra.one, bit))
        inside = algebra.apply("<", index, algebra.const(shape.n_nodes))
        index = algebra.apply("*", index, inside)
        if free:
            algebra.index(index, shape.n_nodes)
        indices.append(index)
        values.append(stages)
        nodes.append(node)
        bits.append(bit)
    return LaneTerms(initial, values, nodes, bits, indices)


def reference_terms(algebra: Algebra, shape: Shape, memory: list[Term]) -> list[LaneTerms]:
    """Every lane, in order."""
    return [lane_terms(algebra, shape, memory, lane) for lane in range(shape.batch_size)]


def idle_terms(algebra: Algebra, shape: Shape, memory: list[Term]) -> list[LaneTerms]:
    """The lanes, up to -1, that a vector ending with the last lane holds beside the batch."""
    return [lane_terms(algebra, shape, memory, lane) for lane in range(shape.batch_size - VLEN, 0)]
