"""``superopt``: the shortest sequence of the machine's lane-wise ops for an expression.

Without an expression, the study of docs/kernel.md: pieces of the kernel, each with the length
that the compiler pays.
"""

import argparse
from collections.abc import Callable
from typing import NamedTuple

from frozen.problem import HASH_STAGES

from ..errors import BadRecipe
from .expression import Expression
from .programs import Step, nearest, pool, shortest

HELP = "the shortest ops for an expression over words, by enumeration and a solver's proof"
C0, C1, C2, C3, C4, C5 = (stage[1] for stage in HASH_STAGES)


class Piece(NamedTuple):
    """A piece of the kernel, and how many ops the compiler takes for it."""

    what: str
    text: str
    known: int


STUDY = (
    Piece("first xor stage", f"x ^ (x >> 19) ^ {C1}", 3),
    Piece("last stage with its constant", f"x ^ (x >> 16) ^ {C5}", 3),
    Piece("two stages around a xor", f"(33*x + {C2 + C3}) ^ (16896*x + {C2 << 9})", 3),
    Piece("a stage after a xor", f"9*(x ^ y) + {C4}", 2),
    Piece("a stage before a xor", f"(9*x + {C4}) ^ ((9*x + {C4}) >> 16)", 3),
    Piece("a stage after a node", f"4097*(x ^ y) + {C0}", 2),
    Piece("bit merged into an address", "2*p + (x & 1)", 2),
    Piece("bit merged with a weight", "p + 20*(x & 1)", 2),
    Piece("two bits side by side", "2*(x & 1) + (y & 1)", 3),
    Piece("bit of the last stage, from before it", "(x ^ (x >> 16)) & 1", 3),
    Piece("select by a bit", "y ^ ((x & 1) * z)", 3),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("expression", nargs="?", help="for example 'x ^ (x >> 16) ^ 5'")
    parser.add_argument("--length", type=int, default=2, help="ops at most (default: 2)")
    parser.add_argument(
        "--constant", type=_number, action="append", default=[], metavar="N",
        help="one more constant that a program may use (repeatable)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print what is found. 1: no program so short. Raises ``SolutionError``."""
    if arguments.length < 1:
        raise BadRecipe("--length: at least 1")
    if arguments.expression is None:
        study(print)
        return 0
    expression = Expression(arguments.expression)
    constants = pool(expression, arguments.constant)
    found = shortest(expression, arguments.length, constants)
    if found is None:
        print(f"none of up to {arguments.length} ops with {len(constants)} constants")
        return 1
    for number, step in enumerate(found):
        print(f"v{number} = {step.text()}")
    print(f"{len(found)} ops, proved for all words")
    return 0


def study(out: Callable[[str], object]) -> None:
    """A Markdown table: for each piece, whether fewer ops than the compiler's will do.

    "approximate" asks the same of programs that are wrong on a small part of all words.
    """
    out("| piece | expression | compiler | fewer ops | fewer, approximate |")
    out("|---|---|---:|---|---|")
    for piece in STUDY:
        expression = Expression(piece.text)
        constants = pool(expression)
        found = shortest(expression, piece.known - 1, constants)
        near = nearest(expression, piece.known - 1, constants)
        out(
            f"| {piece.what} | `{piece.text}` | {piece.known} | {_verdict(found, constants)} |"
            f" {'the same' if near and found else _near(near)} |"
        )


def _verdict(found: list[Step] | None, constants: list[int]) -> str:
    if found is None:
        return f"none, with {len(constants)} constants"
    steps = "; ".join(f"v{number} = {step.text()}" for number, step in enumerate(found))
    return f"{len(found)}: `{steps}`"


def _near(found: tuple[list[Step], float] | None) -> str:
    return "none" if found is None else f"{len(found[0])}, wrong on {found[1]:.1e} of words"


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number, got {text!r}") from None
