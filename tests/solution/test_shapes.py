"""Any shape: every recipe builds for it, says what fell back, and computes the reference."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frozen.machine import Machine
from frozen.ops import MASK
from frozen.problem import HASH_STAGES, Inputs, Shape, inputs_from_seed, memory_image, reference
from solution import recipe

RECIPES = {r.name: r for r in recipe.load_all()}
WORK = {"baseline": 800, "pipelined": 800, "packed": 1_200, "resident": 1_200, "vector": 20_480}
"""Lane-rounds that a quick test can afford; a graph recipe is searched through in plain Python."""
GRAPH_WORK = 3_000
EXAMPLES = 8  # times nine recipes: over seventy shapes


def inputs_for(shape: Shape, seed: int) -> list[Inputs]:
    """Two judged inputs, random 32-bit words, and all ones."""
    draw = random.Random(seed)
    words = [draw.getrandbits(32) for _ in range(shape.n_nodes + shape.batch_size)]
    return [
        inputs_from_seed(seed, shape),
        inputs_from_seed(seed + 1, shape),
        Inputs(words[: shape.n_nodes], words[shape.n_nodes :]),
        Inputs([MASK] * shape.n_nodes, [MASK] * shape.batch_size),
    ]


def build_and_verify(name: str, shape: Shape, seed: int = 0) -> list[str]:
    """Build, run on several inputs, hold against the reference; return the notes."""
    notes: list[str] = []
    program = recipe.load(name).build(shape, notes)
    machine = Machine(program)  # checks the program, too
    cycles = set()
    for inputs in inputs_for(shape, seed):
        run = machine.run(memory_image(shape, inputs))
        indices, values = reference(shape, inputs)
        assert run.memory[shape.values_p :] == values
        left = run.memory[shape.indices_p : shape.values_p]
        if name in WRITES_INDICES:
            assert left == indices
        cycles.add(run.cycles)
    assert len(cycles) == 1
    return notes


WRITES_INDICES = {*WORK, "best-indexed"}


@st.composite
def shapes(draw: st.DrawFn, work: int) -> Shape:
    """Heights 1-12, rounds 1-40, batches 1-512, whole groups and tails alike."""
    height = draw(st.integers(1, 12))
    batch = draw(st.integers(1, 512) | st.integers(1, 64).map(lambda n: 8 * n) | st.integers(1, 20))
    rounds = draw(st.integers(1, max(1, min(40, work // batch))))
    return Shape(height, rounds, batch)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_random_shapes(name: str) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True)
    @given(shapes(WORK.get(name, GRAPH_WORK)), st.integers(0, 2**32))
    def check(shape: Shape, seed: int) -> None:
        build_and_verify(name, shape, seed)

    check()


CORNERS = [
    Shape(1, 1, 1),  # the least of everything
    Shape(1, 3, 2),  # the tree ends where memory is too short for another vector
    Shape(12, 1, 512),  # the widest batch, the largest memory, no second round
    Shape(1, 40, 8),  # twenty wraps
    Shape(2, 40, 33),  # wraps every third round, a tail of one
    Shape(12, 13, 9),  # exactly one descent
    Shape(10, 11, 7),  # less than one group, down to the leaves
    Shape(10, 12, 40),  # one round past the wrap
    Shape(9, 16, 64),
    Shape(11, 16, 64),
]


@pytest.mark.slow
@pytest.mark.parametrize("shape", CORNERS, ids=str)
@pytest.mark.parametrize("name", RECIPES)
def test_corner_shapes(name: str, shape: Shape) -> None:
    build_and_verify(name, shape)


@pytest.mark.slow
def test_largest_shape() -> None:
    build_and_verify("vector", Shape(12, 40, 512))


def test_vector_says_what_fell_back() -> None:
    assert build_and_verify("vector", Shape(3, 2, 64)) == []
    tail, scratch = build_and_verify("vector", Shape(3, 2, 509))
    assert tail == "batch tail: 5 lanes are loaded and stored one by one"
    assert scratch == "scratch: registers for 14 units in flight instead of 32"


def test_a_wrong_program_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: a hash constant off by one is found at once."""
    from solution.scalar import lanes

    stages = list(HASH_STAGES)
    stages[2] = ("+", stages[2][1] ^ 1, *stages[2][2:])
    monkeypatch.setattr(lanes, "HASH_STAGES", stages)
    with pytest.raises(AssertionError):
        build_and_verify("vector", Shape(2, 1, 8))
