"""Chained constants: each chain gives its constant, and no word or load is waited for."""

import random

import pytest

from frozen.machine import Machine
from frozen.ops import MASK, OPS, VLEN, Bundle
from frozen.problem import Inputs, Shape, memory_image, reference
from solution.graph import compile_labelled, ir
from solution.graph.chains import CHAINS
from solution.graph.constants import Constants

ALL = list(CHAINS)


@pytest.mark.parametrize("value", CHAINS)
def test_a_chain_gives_its_constant(value: int) -> None:
    """By the frozen machine, from vectors of the source constants."""
    name, sources = CHAINS[value]
    assert len(sources) == len(OPS["valu", name].operands) - 1
    places = [VLEN * (1 + at) for at in range(len(sources))]
    program: list[Bundle] = [
        {"load": [("const", at, source & MASK)]} for at, source in zip(places, sources, strict=True)
    ]
    program += [{"valu": [("vbroadcast", at, at)]} for at in places]
    program += [{"valu": [(name, 0, *places)]}]
    made: list[list[int]] = []
    Machine(program).run([], observe=lambda _at, scratch, _: made.append(scratch[:VLEN]))
    assert made[-1] == [value & MASK] * VLEN


def test_chains_begin_at_zero_and_end_within_six_cycles() -> None:
    ready = {0: 0}
    for cycle in range(1, 7):
        for value, (_, sources) in CHAINS.items():
            if max(ready.get(source, cycle) for source in sources) < cycle:
                ready.setdefault(value, cycle)
    assert set(ready) == {0, *CHAINS}


def test_a_chained_vector_needs_no_word() -> None:
    graph = ir.Graph(64)
    constants = Constants(graph, chained=ALL)
    for value in ALL:
        constants.vector(value)
    assert [set(op.forms) & {"load", "flow"} for op in graph.ops] == [set()] * len(CHAINS)
    unchained = ir.Graph(64)
    Constants(unchained).vector(33)
    assert any("load" in op.forms for op in unchained.ops)


@pytest.mark.parametrize("chained", [[], [1], ALL], ids=len)
def test_programs_are_right(chained: list[int]) -> None:
    shape = Shape(9, 10, 64)
    choices = {"select": 2, "pairs": [3, 5], "flow": {"3": 32}, "chained": chained}
    program, _ = compile_labelled(shape, choices, [])
    draw = random.Random(len(chained))
    words = [draw.getrandbits(32) for _ in range(shape.n_nodes + shape.batch_size)]
    inputs = Inputs(words[: shape.n_nodes], words[shape.n_nodes :])
    run = Machine(program).run(memory_image(shape, inputs))
    assert run.memory[shape.values_p :] == reference(shape, inputs)[1]
