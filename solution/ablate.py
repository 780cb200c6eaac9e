"""``ablate``: what each idea of a recipe is worth, by building it with that idea switched off.

Every variant is compiled, run and compared with the frozen reference. Keys that a search found are
for one graph only, so all variants, and the first row that they are compared with, are built with
computed keys and the same justification.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from frozen.machine import Machine
from frozen.problem import JUDGED, inputs_from_seed, memory_image, reference

from . import files, recipe
from .bounds.counts import count
from .errors import BadRecipe

HELP = "build a graph recipe with one idea after the other switched off"
PAIRS = ("3", "5", "7")
UNFORKED = {"forked": False, "third": 0, "stored": 0}
FILE = Path("docs/ablation.json")
AGAIN = "`python -m solution ablate --write`"


class Ablation(NamedTuple):
    """An idea, and the options that switch it off; those that a recipe does not set stay unset."""

    idea: str
    off: Mapping[str, Any]


ABLATIONS = (
    Ablation("records through the store engine", {"scalar": dict.fromkeys(PAIRS, 32)}),
    Ablation("a strided last pair", {"strided": False}),
    Ablation("scalar lanes for the last groups", {"late": 0}),
    Ablation("tables in one another", {"nested": False}),
    Ablation("two bits of an address on flow", {"flow": {}}),
    Ablation("forked tables", UNFORKED),
    Ablation("a strided third pair", {"third": 0}),
    Ablation("constants by way of memory", {"stored": 0}),
    Ablation("chained constants", {"chained": []}),
    Ablation("windows", {"offset": 0}),
    Ablation("the third record table", {**UNFORKED, "pairs": [3, 5]}),
    Ablation("all record tables", {**UNFORKED, "pairs": [], "nested": False, "strided": False}),
    Ablation("a stagger of the groups", {"stagger": 100}),
    Ablation("justification", {"justify": 0}),
)


class Row(NamedTuple):
    """One variant: its figures, and whether its outputs were right."""

    idea: str
    cycles: int
    vec: float
    load: int
    store: int
    flow: int
    right: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("--recipe", default="best", metavar="NAME", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the inputs (default: 0)")
    parser.add_argument(
        "--write", nargs="?", const=FILE, type=Path, metavar="FILE",
        help=f"keep the figures for the documentation, too (default: {FILE})",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print one row per idea. 1 if any program is wrong. Raises ``SolutionError``."""
    chosen = recipe.load(arguments.recipe)
    if chosen.compiler != "graph":
        raise BadRecipe(f"recipe {chosen.name}: only graph recipes have ideas to switch off")
    rows: list[Row] = []
    for idea, variant in variants(chosen):
        rows.append(measured(idea, variant, arguments.seed))
        print("\n".join(table(rows)[-1 if rows[1:] else 0 :]), flush=True)
    if arguments.write:
        kept = {"recipe": chosen.name, "options": chosen.options, "rows": rows}
        files.write(arguments.write, [json.dumps(kept, indent=1), "\n"])
    return int(not all(row.right for row in rows))


def measured(idea: str, variant: recipe.Recipe, seed: int) -> Row:
    """Build ``variant``, count, and run it on the inputs of ``seed``."""
    program = variant.build(JUDGED, [])
    counts = count(program)
    load, store, flow = (counts.slots[engine] for engine in ("load", "store", "flow"))
    right = _right(Machine(program), seed)
    return Row(idea, counts.cycles, counts.vec, load, store, flow, right)


def table(rows: Sequence[Row]) -> list[str]:
    """The lines of a Markdown table; differences are to the first row."""
    lines = [
        "| without | cycles | more | vec-eq | load | store | flow | outputs |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        slots = " | ".join(f"{number:,}" for number in (row.load, row.store, row.flow))
        lines.append(
            f"| {row.idea} | {row.cycles:,} | {row.cycles - rows[0].cycles:+} | {row.vec:,.0f} |"
            f" {slots} | {'right' if row.right else 'WRONG'} |"
        )
    return lines


def kept(path: Path) -> list[Row]:
    """The rows that ``--write`` kept. Raises ``BadRecipe`` if the recipe has changed since."""
    document = json.loads(path.read_text(encoding="ascii"))
    chosen = recipe.load(document["recipe"])
    if json.loads(json.dumps(chosen.options)) != document["options"]:
        raise BadRecipe(f"{path} is of other options of {chosen.name}: run {AGAIN}")
    return [Row(*row) for row in document["rows"]]


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
