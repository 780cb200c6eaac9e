"""The reference on terms: the names that a right program's words must turn out to have."""

from collections.abc import Iterator
from dataclasses import dataclass

from frozen.ops import VLEN
from frozen.problem import FOREST_P, HASH_STAGES, Shape

from .algebra import Algebra
from .store import Term


@dataclass(frozen=True)
class LaneTerms:
    """One lane. ``values[h][s]``: in round h after s hash stages; ``nodes``, ``bits`` by round.

    ``bits[h]`` is the lowest bit of ``values[h][6]``; ``index`` is the lane's final index.
    """

    initial: Term
    values: list[list[Term]]
    nodes: list[Term]
    bits: list[Term]
    index: Term

    @property
    def output(self) -> Term:
        """The lane's final value."""
        return self.values[-1][-1]


def initial_memory(algebra: Algebra, shape: Shape) -> list[Term]:
    """The memory image: known header, free tree words, zero indices, free lane values."""
    header = [
        shape.rounds,
        shape.n_nodes,
        shape.batch_size,
        shape.forest_height,
        FOREST_P,
        shape.indices_p,
        shape.values_p,
    ]
    return [
        *map(algebra.const, header),
        *(algebra.word(at, tree=True) for at in range(FOREST_P, shape.indices_p)),
        *[algebra.zero] * shape.batch_size,
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
    index = algebra.zero
    values, nodes, bits = [], [], []
    for _ in range(shape.rounds):
        node = algebra.switch(index, {i: memory[FOREST_P + i] for i in index.choices})
        stages = [algebra.apply("^", value, node)]
        stages += [last[2] for _, _, last in hash_steps(algebra, stages[0])]
        value = stages[-1]
        bit = algebra.apply("&", value, algebra.one)
        twice = algebra.apply("*", index, algebra.const(2))
        index = algebra.apply("+", twice, algebra.apply("+", algebra.one, bit))
        inside = algebra.apply("<", index, algebra.const(shape.n_nodes))
        index = algebra.apply("*", index, inside)
        values.append(stages)
        nodes.append(node)
        bits.append(bit)
    return LaneTerms(initial, values, nodes, bits, index)


def reference_terms(algebra: Algebra, shape: Shape, memory: list[Term]) -> list[LaneTerms]:
    """Every lane, in order."""
    return [lane_terms(algebra, shape, memory, lane) for lane in range(shape.batch_size)]


def idle_terms(algebra: Algebra, shape: Shape, memory: list[Term]) -> list[LaneTerms]:
    """The lanes, up to -1, that a vector ending with the last lane holds beside the batch."""
    return [lane_terms(algebra, shape, memory, lane) for lane in range(shape.batch_size - VLEN, 0)]
