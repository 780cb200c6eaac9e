"""The shapes that recipes cover, and how the command line names one."""

import argparse

from frozen.problem import JUDGED, Shape

from .errors import DoesNotFit

SHAPES = {"forest_height": range(1, 13), "rounds": range(1, 41), "batch_size": range(1, 513)}
"""Every recipe is built and verified for these."""


def check_shape(shape: Shape) -> None:
    """Raise ``DoesNotFit`` for a shape that no recipe covers."""
    for (name, allowed), size in zip(SHAPES.items(), shape, strict=True):
        if size not in allowed:
            raise DoesNotFit(f"{name} is {size}; recipes cover {allowed[0]}..{allowed[-1]}")


def add_shape(parser: argparse.ArgumentParser) -> None:
    """The option ``--shape H,R,B`` that several commands share."""
    parser.add_argument(
        "--shape",
        type=parse_shape,
        default=JUDGED,
        metavar="H,R,B",
        help="forest height, rounds, batch size (default: 10,16,256)",
    )


def parse_shape(text: str) -> Shape:
    """``10,16,256`` as a shape. Raises ``argparse.ArgumentTypeError``."""
    parts = text.split(",")
    if len(parts) != len(Shape._fields) or not all(p.isascii() and p.isdigit() for p in parts):
        raise argparse.ArgumentTypeError(f"expected three numbers H,R,B, got {text!r}")
    shape = Shape(*map(int, parts))
    try:
        check_shape(shape)
    except DoesNotFit as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return shape
