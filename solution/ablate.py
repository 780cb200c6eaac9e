"""``ablate``: what each idea of a recipe is worth, by building it with that idea switched off.

Every variant is compiled, run and held against the frozen reference. Keys that a search found
are for one graph only, so all variants, and the first row that they compare with, are built with
computed keys and the same justification.
"""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from frozen.machine import Machine
from frozen.problem import JUDGED, inputs_from_seed, memory_image, reference

from . import recipe
from .bounds.counts import count
from .errors import BadRecipe

HELP = "build a graph recipe with one idea after the other switched off"
PAIRS = ("3", "5", "7")


class Ablation(NamedTuple):
    """An idea, and the options without it; those that the recipe has not set are no change."""

    idea: str
    off: Mapping[str, Any]


ABLATIONS = (
    Ablation("records through the store engine", {"scalar": dict.fromkeys(PAIRS, 32)}),
    Ablation("a strided last pair", {"strided": False}),
    Ablation("scalar lanes for the last groups", {"late": 0}),
    Ablation("tables in one another", {"nested": False}),
    Ablation("two bits of an address on flow", {"flow": {}}),
    Ablation("forked tables", {"forked": False, "third": 0, "stored": 0}),
    Ablation("a strided third pair", {"third": 0}),
    Ablation("constants by way of memory", {"stored": 0}),
    Ablation("windows", {"offset": 0}),
    Ablation("the third record table", {"pairs": [3, 5]}),
    Ablation(
        "all record tables", {"pairs": [], "nested": False, "strided": False, "forked": False}
    ),
    Ablation("a stagger of the groups", {"stagger": 100}),
    Ablation("justification", {"justify": 0}),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("--recipe", default="best", metavar="NAME", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the inputs (default: 0)")


def run(arguments: argparse.Namespace) -> int:
    """Print one row per idea. 1 if any program is wrong. Raises ``SolutionError``."""
    chosen = recipe.load(arguments.recipe)
    if chosen.compiler != "graph":
        raise BadRecipe(f"recipe {chosen.name}: only graph recipes have ideas to switch off")
    print("| without | cycles | more | vec-eq | load | store | flow | outputs |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    base = 0
    wrong = False
    for idea, variant in variants(chosen):
        program = variant.build(JUDGED, [])
        counts = count(program)
        base = base or counts.cycles
        right = _right(Machine(program), arguments.seed)
        slots = " | ".join(f"{counts.slots[engine]:,}" for engine in ("load", "store", "flow"))
        print(
            f"| {idea} | {counts.cycles:,} | {counts.cycles - base:+} | {counts.vec:,.0f} | {slots}"
            f" | {'right' if right else 'WRONG'} |",
            flush=True,
        )
        wrong |= not right
    return int(wrong)


def variants(chosen: recipe.Recipe) -> Iterator[tuple[str, recipe.Recipe]]:
    """The recipe without its hints, then without each idea that it uses."""
    plain = {key: value for key, value in chosen.options.items() if key != "hints"}
    yield "nothing", chosen._replace(options=plain)
    for idea, off in ABLATIONS:
        options = plain | {key: value for key, value in off.items() if key in plain}
        if options != plain:
            yield idea, chosen._replace(options=options)


def _right(machine: Machine, seed: int) -> bool:
    inputs = inputs_from_seed(seed, JUDGED)
    memory = machine.run(memory_image(JUDGED, inputs)).memory
    return memory[JUDGED.values_p :] == reference(JUDGED, inputs)[1]
