"""Class 27: kernels that a prover cannot settle, whose silence must never read as a proof.

Each is a right scalar kernel for a small shape with an epilogue. All of them but one pass every
seed; ``cycleproof verify`` ends with 4 where the proof settles nothing.
"""

from typing import Any

from frozen.problem import Shape
from tests.corpus.case import Case
from tests.support.programs import Bundles, scalar_kernel

SHAPE = Shape(3, 5, 4)
AT, WORD, A, B, C, OTHER = range(1000, 1006)  # scratch words that the kernel leaves alone


def _epilogue(*bundles: dict[str, Any]) -> Bundles:
    """Load the first output word into WORD, change it by the bundles, store it again."""
    return [
        {"load": [["const", AT, SHAPE.values_p]]},
        {"load": [["load", WORD, AT]]},
        *bundles,
        {"store": [["store", AT, WORD]]},
    ]


def _add_if_equal(constant: int) -> Bundles:
    return _epilogue(
        {"load": [["const", A, constant]]},
        {"alu": [["==", A, WORD, A]]},
        {"alu": [["+", WORD, WORD, A]]},
    )


def _add_parity_of_a_product() -> Bundles:
    """x * (x + 1) is even: adding its lowest bit adds nothing, if one sees that."""
    return _epilogue(
        {"load": [["const", A, 1]]},
        {"alu": [["+", B, WORD, A]]},
        {"alu": [["*", B, WORD, B]]},
        {"alu": [["&", B, B, A]]},
        {"alu": [["+", WORD, WORD, B]]},
    )


def _divide_by_what_is_never_zero() -> Bundles:
    """x // (x | 1) is 0 or 1, and an even x gives 0: right, but only for who can divide."""
    return _epilogue(
        {"load": [["const", A, 1]]},
        {"alu": [["|", B, WORD, A]]},
        {"alu": [["//", B, WORD, B], ["&", A, WORD, A]]},
        {"alu": [["-", B, B, A]]},
        {"alu": [["+", WORD, WORD, B]]},
    )


def _add_difference_of_squares() -> Bundles:
    """x*x - y*y - (x - y)(x + y) is 0 for the words x and y of two lanes: adding it is right."""
    return [
        {"load": [["const", AT, SHAPE.values_p], ["const", OTHER, SHAPE.values_p + 1]]},
        {"load": [["load", WORD, AT], ["load", OTHER, OTHER]]},
        {"alu": [["*", A, WORD, WORD], ["*", B, OTHER, OTHER]]},
        {"alu": [["-", A, A, B], ["+", B, WORD, OTHER], ["-", OTHER, WORD, OTHER]]},
        {"alu": [["*", B, B, OTHER]]},
        {"alu": [["-", A, A, B]]},
        {"alu": [["+", WORD, WORD, A]]},
        {"store": [["store", AT, WORD]]},
    ]


def _add_difference_of_cubes() -> Bundles:
    """x*x*x - y*y*y - (x - y)(x*x + x*y + y*y): the same with products of three words."""
    return [
        {"load": [["const", AT, SHAPE.values_p], ["const", OTHER, SHAPE.values_p + 1]]},
        {"load": [["load", WORD, AT], ["load", OTHER, OTHER]]},
        {"alu": [["*", A, WORD, WORD], ["*", B, OTHER, OTHER], ["*", C, WORD, OTHER]]},
        {"alu": [["+", C, A, C], ["*", A, A, WORD]]},
        {"alu": [["+", C, C, B], ["*", B, B, OTHER], ["-", OTHER, WORD, OTHER]]},
        {"alu": [["-", A, A, B], ["*", C, C, OTHER]]},
        {"alu": [["-", A, A, C]]},
        {"alu": [["+", WORD, WORD, A]]},
        {"store": [["store", AT, WORD]]},
    ]


def _deep(times: int) -> Bundles:
    """Terms nested twice ``times`` deep."""
    step = [{"alu": [["^", WORD, WORD, A]]}, {"alu": [["*", WORD, WORD, B]]}]
    return _epilogue(
        {"load": [["const", A, 5], ["const", B, 3]]},
        *(step * times),
    )


ALL_RAN = "PROVED for all inputs"
SILENT = "1 of 4 output words could not be shown equal"
_CASES: tuple[tuple[Case, Bundles], ...] = (
    (Case(0, "plain", "the kernel without an epilogue: it must be proved", 0, ALL_RAN), []),
    (
        Case(
            0,
            "changed",
            "every output changed by arithmetic 3,000 deep: refuted",
            1,
            "wrong on seed 0: ",
        ),
        _deep(3000),
    ),
    (
        Case(
            27,
            "wrong_for_one_word",
            "wrong for one output word in 2^32: no seed finds it, the refuter does",
            1,
            "wrong on an input that no seed tried: ",
        ),
        _add_if_equal(0x2468ACE),
    ),
    (
        Case(27, "product_parity", "right by a law of parity: it takes a solver", 0, ALL_RAN),
        _add_parity_of_a_product(),
    ),
    (
        Case(
            27,
            "odd_division",
            "right by a law of division, with a divisor that takes any odd value",
            0,
            ALL_RAN,
        ),
        _divide_by_what_is_never_zero(),
    ),
    (
        Case(27, "squares", "right by a law of two lanes: products are multiplied out", 0, ALL_RAN),
        _add_difference_of_squares(),
    ),
    (
        Case(27, "cubes", "right by a law of two lanes that a prover may not know", 4, SILENT),
        _add_difference_of_cubes(),
    ),
)
CASES = [case for case, _ in _CASES]
PROGRAMS = {case.name: [*scalar_kernel(SHAPE), *epilogue] for case, epilogue in _CASES}
