"""The superoptimiser: it finds known tricks, claims nothing else, and proves what it prints."""

import random

import pytest

from frozen.ops import BINARY, MASK
from solution.__main__ import main
from solution.errors import BadRecipe

pytest.importorskip("numpy")
pytest.importorskip("z3")

from solution.superopt import STUDY, Piece
from solution.superopt.expression import NAMES, Expression, columns, terms
from solution.superopt.programs import Step, counterexample, evaluate, nearest, pool, shortest

EDGES = (0, 1, 2, 31, 32, 33, 1 << 31, MASK - 1, MASK)


def found(text: str, longest: int = 2) -> str | None:
    expression = Expression(text)
    program = shortest(expression, longest, pool(expression))
    return None if program is None else "; ".join(step.text() for step in program)


@pytest.mark.parametrize("name", NAMES)
def test_operators_mean_what_the_op_table_says(name: str) -> None:
    import numpy as np
    import z3

    draw = random.Random(1)
    pairs = [(a, b) for a in EDGES for b in EDGES]
    pairs += [(draw.getrandbits(32), draw.getrandbits(draw.choice((5, 32)))) for _ in range(50)]
    for a, b in pairs:
        expected = int(eval(BINARY[name], {}, {"a": a, "b": b})) & MASK
        with np.errstate(over="ignore"):
            assert int(columns()[name](np.uint32(a), np.uint32(b))) == expected
        term = terms()[name](z3.BitVecVal(a, 32), z3.BitVecVal(b, 32))
        assert z3.simplify(term).as_long() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3*x + 5", "madd(3, x, 5)"),
        ("x - (x & 1)", "4294967294 & x"),
        ("(x ^ (x >> 16)) & 1", "2147516416 * x; v0 >> 31"),
        ("(x & 1) - 2", "4294967294 | x"),
        ("8*(x ^ y) + x", "x ^ y; madd(8, v0, x)"),
    ],
)
def test_known_tricks(text: str, expected: str) -> None:
    program = found(text)
    assert program is not None
    assert len(program.split(";")) == len(expected.split(";")), program


@pytest.mark.parametrize(
    "text", ["x ^ (x >> 16) ^ 3042594569", "2*(x & 1) + (y & 1)", "y ^ ((x & 1) * z)"]
)
def test_none_so_short(text: str) -> None:
    assert found(text) is None


def test_three_ops() -> None:
    assert found("(x + 7) ^ (x >> 3)", 2) is None
    assert found("(x + 7) ^ (x >> 3)", 3) is not None


def test_a_wrong_program_is_refuted() -> None:
    """Samples can be fooled; the solver names inputs where the two differ."""
    expression = Expression("x == 77777")
    wrong = [Step("&", ("x", "0"))]
    witness = counterexample(expression, wrong)
    assert witness == {"x": 77777}
    domain = {**columns()}
    assert int(evaluate(wrong, {"x": domain["constant"](77777)}, domain)) == 0


def test_a_rare_case_is_a_new_sample() -> None:
    """No sample meets 77777; what agrees with 0 everywhere else is refuted, then left out."""
    program = found("x == 77777", 1)
    assert program in ("x == 77777", "77777 == x")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x +", "not one expression"), ("3 + 4", "wants a name"), ("x / 2", "no op for"),
        ("x + 1.5", "whole numbers"), ("f(x)", "no op for"), ("x ** 2", "no op for"),
        ("madd(x, 2)", "no op for"), ("x and y", "no op for"), ("(" * 5000 + "x", "not one"),
    ],
)  # fmt: skip
def test_bad_expressions(text: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["superopt", text]) == BadRecipe.status
    assert complaint in capsys.readouterr().err


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["superopt", "x*9 + 4", "--length", "1"]) == 0
    assert "1 ops, proved for all words" in capsys.readouterr().out
    assert main(["superopt", "(x >> 3) ^ y", "--length", "1", "--constant", "0x10"]) == 1
    assert "none of up to 1 ops with" in capsys.readouterr().out


@pytest.mark.parametrize("piece", [each for each in STUDY if each.known == 2])
def test_the_compiler_pays_what_the_study_says(piece: Piece) -> None:
    """There is a program of the stated length, so that "none" speaks of shorter ones."""
    assert found(piece.text, piece.known) is not None
    assert found(piece.text, piece.known - 1) is None


def test_a_rare_fault_is_met_where_it_is_allowed() -> None:
    """x == 77777 is 0 but for one word: an approximation without the comparison will do."""
    expression = Expression("(x == 77777) + (x & 1)")
    near = nearest(expression, 1, [1])
    assert near is not None
    assert (near[0][0].op, near[1]) == ("&", 0.0)
    assert shortest(expression, 1, [1, 77777]) is None
    assert nearest(Expression("x ^ (x >> 16) ^ 5"), 2, [16, 5]) is None
