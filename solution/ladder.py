"""``ladder``: build and verify every recipe at the judged shape; print them as a table.

Each program runs on seeded inputs and on full 32-bit ones and is compared with the frozen
reference. The table is Markdown, so that docs/kernel.md can hold it.
"""

import argparse
import random

from frozen.machine import Machine
from frozen.problem import JUDGED, Inputs, inputs_from_seed, memory_image, reference

from . import recipe
from .bounds.counts import count

HELP = "build and verify every recipe, print the table"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("--seed", type=int, default=0, help="of the inputs (default: 0)")


def run(arguments: argparse.Namespace) -> int:
    """Print one row per recipe, the longest program first. 1 if any is wrong."""
    print("| recipe | idea | cycles | shorter by | alu | valu | load | store | flow | outputs |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---|")
    above = 0
    wrong = False
    for each in recipe.by_cycles():
        program = each.build(JUDGED, [])
        counts = count(program)
        right = all(_right(Machine(program), inputs) for inputs in _inputs(arguments.seed))
        gain = f"{above / counts.cycles:.2f}×" if above else ""
        slots = " | ".join(f"{n:,}" for n in counts.slots.values())
        verdict = "right" if right else "WRONG"
        print(f"| `{each.name}` | {each.idea} | {counts.cycles:,} | {gain} | {slots} | {verdict} |")
        above = counts.cycles
        wrong |= not right
    return int(wrong)


def _inputs(seed: int) -> list[Inputs]:
    draw = random.Random(seed)
    tree = [draw.getrandbits(32) for _ in range(JUDGED.n_nodes)]
    values = [draw.getrandbits(32) for _ in range(JUDGED.batch_size)]
    return [inputs_from_seed(seed, JUDGED), Inputs(tree, values)]


def _right(machine: Machine, inputs: Inputs) -> bool:
    memory = machine.run(memory_image(JUDGED, inputs)).memory
    return memory[JUDGED.values_p :] == reference(JUDGED, inputs)[1]
