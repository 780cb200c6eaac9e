"""Programs that differ from a right one in little."""

import json
import random
from collections.abc import Iterator

from frozen.ops import Bundle, Program

Place = tuple[int, str, int, int]
"""Bundle, engine, slot and operand."""


def mutants(program: Program, count: int) -> Iterator[tuple[Place, list[Bundle]]]:
    """Programs that differ from ``program`` in one operand of one slot, each with its place."""
    draw = random.Random(12)
    sites = [
        (bundle, engine, slot, operand)
        for bundle, engines in enumerate(program)
        for engine, slots in engines.items()
        for slot, words in enumerate(slots)
        for operand in range(1, len(words))
    ]
    for bundle, engine, slot, operand in draw.sample(sites, count):
        changed = json.loads(json.dumps(program[bundle]))
        words = changed[engine][slot]
        words[operand] ^= draw.choice((1, 2, 8, 1 << draw.randrange(11)))
        yield (bundle, engine, slot, operand), [*program[:bundle], changed, *program[bundle + 1 :]]
