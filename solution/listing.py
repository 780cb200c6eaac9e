"""``recipes``: the committed recipes, each with its cycles at the judged shape and its idea."""

import argparse
import json

from . import recipe

HELP = "list the recipes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("--json", action="store_true", help="one JSON list on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Print one line per recipe, the longest program first."""
    recipes = recipe.by_cycles()
    if arguments.json:
        print(json.dumps([{"name": r.name, "cycles": r.cycles, "idea": r.idea} for r in recipes]))
        return 0
    width = max(len(r.name) for r in recipes)
    for r in recipes:
        print(f"{r.name:{width}}  {r.cycles:>7,}  {r.idea}")
    return 0
