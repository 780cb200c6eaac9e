"""Directed inputs: the coverage that is claimed, the domains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycleproof.simulator.directed import (
    JUDGED_MAX,
    Coverage,
    directed_inputs,
    nodes,
    path_to,
    steered,
)
from frozen.problem import JUDGED, Inputs, Shape, inputs_from_seed, step

WORDS = st.integers(0, 2**32 - 1)


def test_judged_shape_every_leaf_and_edge_is_taken_in_the_judged_domain() -> None:
    coverage = Coverage(JUDGED)
    for inputs in steered(JUDGED, 1):
        assert max(*inputs.tree, *inputs.values) <= JUDGED_MAX
        coverage.add(inputs)
    assert coverage.leaves == (1024, 1024)
    assert coverage.edges == (2046, 2046)


@given(
    st.lists(WORDS | st.sampled_from([0, 1, 2**31, 2**32 - 1]), min_size=1, max_size=9),
    st.integers(0, 2**32 - 1),
    st.integers(1, 4),
    st.integers(0, 9),
)
def test_lanes_stand_where_the_reference_puts_them(
    values: list[int], seed: int, height: int, rounds: int
) -> None:
    """All lanes in one integer, and none spills into its neighbour."""
    shape = Shape(height, 10, len(values))
    tree, indices = inputs_from_seed(seed, shape).tree, [0] * len(values)
    walked = nodes(shape, tree, values, rounds)
    assert [*walked[0]] == indices
    for stood in walked[1:]:
        stepped = [step(shape, tree, *lane) for lane in zip(indices, values, strict=True)]
        indices, values = map(list, zip(*stepped, strict=True))
        assert [*stood] == indices


def test_values_are_drawn_until_each_leaf_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are tried at once, the inputs and what is drawn after them stay the same."""
    shape = Shape(4, 6, 5)
    made = []
    for at_once in (1, 3, 256, 10_000):
        monkeypatch.setattr("cycleproof.simulator.directed._TRIED_AT_ONCE", at_once)
        made.append(list(steered(shape, 1)))
    assert made == made[:1] * 4


def test_coverage_counts_what_was_taken() -> None:
    shape = Shape(2, 3, 1)
    coverage = Coverage(shape)
    inputs = inputs_from_seed(3, shape)
    index, value, walked = 0, inputs.values[0], []
    for _ in range(3):
        walked.append(index)
        index, value = step(shape, inputs.tree, index, value)
    coverage.add(inputs)
    assert coverage.nodes == set(walked)
    assert coverage.leaves == (1, 4)
    assert coverage.edges == (2, 6)


def test_coverage_of_few_rounds_counts_only_reachable_levels() -> None:
    assert Coverage(Shape(10, 3, 1)).reachable == 7


@pytest.mark.parametrize("shape", [JUDGED, Shape(1, 1, 1), Shape(4, 20, 3), Shape(2, 2, 9)])
def test_the_set_has_the_right_sizes_and_names(shape: Shape) -> None:
    built = list(directed_inputs(shape))
    assert len({directed.name for directed in built}) == len(built)
    for directed in built:
        assert (len(directed.inputs.tree), len(directed.inputs.values)) == (
            shape.n_nodes,
            shape.batch_size,
        )
        words = [*directed.inputs.tree, *directed.inputs.values]
        assert all(0 <= word < 2**32 for word in words)
        assert directed.judged == (max(words) < 2**30)
    assert {directed.judged for directed in built} == {True, False}
    assert built == list(directed_inputs(shape))


@pytest.mark.parametrize("name", ["leftmost", "rightmost", "zigzag"])
def test_one_path_inputs_take_that_path(name: str) -> None:
    (directed,) = [d for d in directed_inputs(JUDGED) if name in d.name]
    leaf = {"leftmost": 1023, "rightmost": 2046, "zigzag": None}[name]
    ends = set()
    for value in directed.inputs.values[:3]:
        index = 0
        for _ in range(10):
            index, value = step(JUDGED, directed.inputs.tree, index, value)
        ends.add(index)
    assert len(ends) == 1
    assert leaf is None or ends == {leaf}


def test_path_to() -> None:
    assert path_to(0) == [0]
    assert path_to(12) == [0, 2, 5, 12]


def test_inputs_type() -> None:
    assert Inputs([1], [2]).tree == [1]
