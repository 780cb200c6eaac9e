"""``picture``: a recipe's schedule in characters.

Without ``--cycles`` one row per engine, time from left to right, each character the share of the
engine's slots in use over its stretch of cycles. With ``--cycles A:B`` one row per bundle, each
slot by its op: ``3×+`` is three adds.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from frozen.ops import ENGINES, SLOT_LIMITS, Bundle, Program

from . import recipe
from .shapes import add_shape

HELP = "draw a recipe's schedule"
SHADES = " ▁▂▃▄▅▆▇█"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("--recipe", default="best", metavar="NAME", help="default: %(default)s")
    add_shape(parser)
    parser.add_argument("--width", type=_width, default=100, help="characters (default: 100)")
    parser.add_argument("--cycles", type=_cycles, metavar="A:B", help="a close-up of these")


def _width(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"expected 1..1000, got {text!r}")
    return int(text)


def _cycles(text: str) -> range:
    first, colon, end = text.partition(":")
    if not colon or not (first.isdecimal() and end.isdecimal()) or int(first) >= int(end):
        raise argparse.ArgumentTypeError(f"expected A:B with A < B, got {text!r}")
    return range(int(first), int(end))


def run(arguments: argparse.Namespace) -> int:
    """Print the picture. Raises ``SolutionError``."""
    program = recipe.load(arguments.recipe).build(arguments.shape, [])
    if arguments.cycles is None:
        lines = occupancy(program, arguments.width)
    else:
        lines = closeup(program, arguments.cycles)
    for line in lines:
        print(line.rstrip())
    return 0


def occupancy(program: Program, width: int) -> Iterator[str]:
    """One line per engine, ``width`` characters or one per bundle if there are fewer."""
    count = len(program)
    width = min(width, count)
    edges = [n * count // width for n in range(width + 1)]
    for engine in ENGINES:
        slots = [len(bundle.get(engine, ())) for bundle in program]
        shares = [sum(slots[a:b]) / (SLOT_LIMITS[engine] * (b - a)) for a, b in pairwise(edges)]
        total = sum(slots) / (SLOT_LIMITS[engine] * count)
        yield f"{engine:5} │{''.join(map(_shade, shares))}│ {total:4.0%}"
    yield f"{'':5} 0{count:>{width + 1}}"


def _shade(share: float) -> str:
    """Empty only for nothing, full only for all."""
    inner = len(SHADES) - 2
    return SHADES[int(share) * (inner + 1) or -int(-share * inner // 1)]


def closeup(program: Program, cycles: range) -> Iterator[str]:
    """A table with a row per bundle, as far as the program goes."""
    cycles = range(min(cycles.start, len(program)), min(cycles.stop, len(program)))
    rows = [["cycle", *ENGINES]]
    rows += [[str(at), *(_ops(program[at], engine) for engine in ENGINES)] for at in cycles]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))


def _ops(bundle: Bundle, engine: str) -> str:
    names: Sequence[str] = [str(slot[0]) for slot in bundle.get(engine, ())]
    return " ".join(f"{n}×{name}" if n > 1 else name for name, n in Counter(names).items())
