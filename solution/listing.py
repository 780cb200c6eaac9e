"""``recipes``: the committed recipes, each with its cycles at the judged shape and its idea."""

import argparse

from . import recipe

HELP = "list the recipes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``; it takes none."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    """Print one line per recipe, the longest program first."""
    recipes = recipe.by_cycles()
    width = max(len(r.name) for r in recipes)
    for r in recipes:
        print(f"{r.name:{width}}  {r.cycles:>7,}  {r.idea}")
    return 0
