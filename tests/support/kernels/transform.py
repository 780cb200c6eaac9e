"""Transformations that keep a straight-line program right and change how it looks.

Each takes a program (a list of bundles) to one that computes the same from the same memory.
"""

import random

from frozen.ops import Program

from . import rearranged, respelled
from .rewriter import Rewriter

TRANSFORMATIONS = [
    respelled.add_as_subtraction,
    respelled.subtract_as_addition,
    respelled.xor_as_or_less_and,
    respelled.and_as_or_less_xor,
    respelled.or_as_sum_less_and,
    respelled.xor_as_sum_less_carries,
    respelled.add_as_or_less_xor,
    respelled.shift_as_product,
    respelled.shift_in_two_steps,
    respelled.swapped_operands,
    respelled.vector_as_scalar_lanes,
    respelled.multiply_add_in_two,
    respelled.broadcast_by_copies,
    respelled.select_as_arithmetic,
    respelled.select_with_sides_swapped,
    respelled.obfuscated_constant,
    rearranged.dead_code,
    rearranged.copied_through_memory,
    rearranged.copied_operand,
    rearranged.reordered_slots,
    rearranged.split_bundle,
    rearranged.renamed_scratch,
    rearranged.permuted_scratch,
    rearranged.moved_bundles,
    respelled.reordered_lanes,
    rearranged.jump_to_the_next_bundle,
]


def transformed(program: Program, rng: random.Random, count: int) -> tuple[Program, list[str]]:
    """The program after up to ``count`` random transformations, and the names of those applied."""
    applied = []
    for _ in range(count):
        change = rng.choice(TRANSFORMATIONS)
        rewriter = Rewriter(program, rng)
        try:
            change(rewriter)
        except IndexError:
            continue
        program = rewriter.bundles
        applied.append(change.__name__)
    return program, applied
