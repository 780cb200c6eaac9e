"""Floors for any program: each step of their proofs, by witness, enumeration or solver."""

import random
from collections.abc import Callable
from itertools import product

import pytest

from frozen.ops import MASK, VLEN
from frozen.problem import HASH_STAGES, JUDGED, Inputs, Shape, inputs_from_seed, reference
from solution.bounds import any_program
from solution.bounds.any_program import STAGE_OPS, floors, spread, tree_loads

C3 = HASH_STAGES[3][1]


def test_figures_of_the_judged_shape() -> None:
    assert spread(JUDGED)[-3:] == [(8, 1), (9, 2), (10, 4)]
    assert floors(JUDGED) == (288, 146, 685)


def test_small_trees_fit_one_load() -> None:
    assert tree_loads(Shape(1, 2, 8)) == 1
    assert tree_loads(Shape(2, 3, 8)) == 1
    assert tree_loads(Shape(3, 4, 8)) == 2
    assert floors(Shape(1, 1, 8)).loads == 2


def leaf(tree: list[int], value: int, levels: int) -> tuple[int, list[int]]:
    """The value after ``levels`` rounds from the root, and the nodes on the way."""
    node, way = 0, []
    for _ in range(levels):
        way.append(node)
        value = hashed(value ^ tree[node])
        node = 2 * node + 1 + (value & 1)
    return value, way


def hashed(word: int) -> int:
    """The reference's hash, by a tree of one node."""
    shape = Shape(1, 1, 1)
    return reference(shape, Inputs([0] * shape.n_nodes, [word]))[1][0]


def test_some_input_spreads_its_lanes_and_needs_every_word_of_theirs() -> None:
    """The witness: lanes that pass every node of ``spread``, and each word changes the result."""
    tree = list(inputs_from_seed(1, JUDGED).tree)
    levels = JUDGED.forest_height + 1
    wanted = {(1 << level) - 1 + at for level, stride in spread(JUDGED) if stride > 0
              for at in range(0, 1 << level, stride)}  # fmt: skip
    leaves = {node for node in wanted if node >= JUDGED.n_nodes // 2}
    assert len(leaves) == JUDGED.batch_size
    draw = random.Random(1)
    lanes: dict[int, tuple[int, list[int]]] = {}
    while len(lanes) < len(leaves):
        value = draw.getrandbits(32)
        _, way = leaf(tree, value, levels)
        if way[-1] in leaves:
            lanes.setdefault(way[-1], (value, way))
    passed = {node: value for value, way in lanes.values() for node in way}
    assert passed.keys() == wanted
    shape = JUDGED._replace(batch_size=1)
    rows = sorted(passed.items())
    for node, value in draw.sample(rows, 60):
        before = reference(shape, Inputs(tree, [value]))[1]
        changed = [*tree[:node], tree[node] ^ 1, *tree[node + 1 :]]
        assert reference(shape, Inputs(changed, [value]))[1] != before


def test_windows_bring_no_more_than_their_weight() -> None:
    """288 by counting: per level the needed words, divided by how many a window can hold."""
    loads = sum(
        max(1, (1 << level) // VLEN) if level > 2 else 0 for level, stride in spread(JUDGED)
    )
    assert tree_loads(JUDGED) <= loads + 1
    assert tree_loads(JUDGED) >= loads - 1


SHIFTS = [(stage, HASH_STAGES[stage][4]) for stage in (1, 5)]


@pytest.mark.parametrize(("stage", "shift"), SHIFTS)
def test_shift_right_stages_are_no_t_functions(stage: int, shift: int) -> None:
    """Bit 0 of the result depends on a higher bit, whatever constants go in and out."""
    assert STAGE_OPS[stage] == 2
    draw = random.Random(stage)
    for _ in range(50):
        before, after, a = (draw.getrandbits(32) for _ in range(3))
        low, high = (
            ((x ^ (x >> shift)) + after) & 1 for x in (a ^ before, a ^ before ^ 1 << shift)
        )
        assert low != high


NOT_T: dict[str, Callable[[int, int], int | None]] = {
    ">>": lambda a, c: a >> c, "//": lambda a, c: a // c if c else None,
    "cdiv": lambda a, c: -(-a // c) if c else None, "%": lambda a, c: a % c if c else None,
    "<": lambda a, c: int(a < c), "==": lambda a, c: int(a == c),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_T)
def test_the_other_ops_are_no_bijections(name: str) -> None:
    """On words of 6 bits, all constants on both sides: a bijection only as the identity."""
    op, words = NOT_T[name], range(64)
    for c in words:
        for image in ([op(a, c) for a in words], [op(c, a) for a in words]):
            if None not in image and len(set(image)) == len(words):
                assert image == list(words)


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), list(product("+^", repeat=2)))
def test_the_fourth_stage_is_not_affine_up_to_constants(before: str, after: str) -> None:
    """On the low 11 bits, which do not depend on the others: no multiplier, no constants."""
    z3 = pytest.importorskip("z3")
    bits = 11
    k, m, d, last = z3.BitVecs("k m d last", bits)
    solver = z3.Solver()
    draw = random.Random(9)
    for a in [0, 1, 2, 3, 512, *(draw.getrandbits(bits) for _ in range(25))]:
        x = z3.BitVecVal(a, bits)
        x = x + k if before == "+" else x ^ k
        y = m * x + d
        y = y + last if after == "+" else y ^ last
        solver.add(y == (a + C3 ^ a << 9) & (1 << bits) - 1)
    assert solver.check() == z3.unsat


def test_node_and_first_stage_take_two_ops() -> None:
    """One op on the value and the node: none is the first stage of their xor, up to constants."""
    assert STAGE_OPS[0] == 1
    factor = 4097
    one_op: dict[str, Callable[[int, int], int]] = {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "r-": lambda a, b: b - a,
        "^": lambda a, b: a ^ b, "*": lambda a, b: a * b, "&": lambda a, b: a & b,
        "|": lambda a, b: a | b, "a*m+b": lambda a, b: factor * a + b,
        "b*m+a": lambda a, b: factor * b + a, "a*b": lambda a, b: a * b,
        "<<": lambda a, b: a << (b & 31), ">>": lambda a, b: a >> (b & 31),
    }  # fmt: skip
    draw = random.Random(2)
    pairs = [(draw.getrandbits(32), draw.getrandbits(32)) for _ in range(40)]
    stage = [factor * (a ^ b) & MASK for a, b in pairs]
    for name, op in one_op.items():
        found = [op(a, b) & MASK for a, b in pairs]
        added = {(x - y) & MASK for x, y in zip(found, stage, strict=True)}
        xored = {x ^ y for x, y in zip(found, stage, strict=True)}
        assert len(added) > 1, name
        assert len(xored) > 1, name


def test_round_ops_count_all_of_it() -> None:
    assert any_program.ROUND_OPS == 10
