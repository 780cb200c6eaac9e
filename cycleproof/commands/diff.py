"""``cycleproof diff``: what changed between two artifacts."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from frozen.ops import Bundle
from frozen.problem import Shape

from ..base.errors import ExitCode
from ..base.text import plural, printable
from ..bundle.read import load_any
from ..view.diff import Difference, Pair, diff
from ..view.report.tables import bare_table, clean
from .common import Kept, json_option, last_word, store_options


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@store_options(again=False)
@json_option
def command(a: Path, b: Path, as_json: bool, kept: Kept) -> int:
    """Compare the artifacts (or submission bundles) A and B.

    Like diff(1): exit code 0 if they hold the same program, shape and claim, 1 if not.
    """
    left, right = load_any(a), load_any(b)
    difference = diff(left.decoded, right.decoded)
    if as_json:
        click.echo(json.dumps(difference.as_json()))
    else:
        _print(difference, str(a), str(b), Console())
        for path, loaded in ((a, left), (b, right)):
            click.echo(printable(f"{path}: {last_word(loaded, kept)}"))
    return ExitCode.PASSED if difference.same else ExitCode.FAILED


def _print(difference: Difference, a: str, b: str, console: Console) -> None:
    if difference.same:
        console.print(f"the same program: {difference.cycles[0]:,} cycles", highlight=False)
        return
    rows = []
    if difference.shape[0] != difference.shape[1]:
        rows.append(("shape", *(str(Shape(**shape)) for shape in difference.shape), "differs"))
    for name, pair in [("cycles claimed", difference.cycles), ("bundles", difference.bundles)]:
        rows.append((name, *_row(pair)))
    rows += [(f"{engine} slots", *_row(pair)) for engine, pair in difference.slots.items()]
    console.print(bare_table(("", clean(a), clean(b), "change"), rows))
    for word, ops in [("added", difference.added), ("removed", difference.removed)]:
        listed = ", ".join(f"{count:,} × {escape(op)}" for op, count in ops.items())
        console.print(f"ops {word}: {listed or 'none'}", highlight=False)
    if difference.first_bundle is None:
        console.print("bundles: all the same", highlight=False)
        return
    console.print(
        f"{plural(difference.bundles_apart, 'bundle')} differ; the first is bundle"
        f" {difference.first_bundle}:",
        highlight=False,
    )
    for sign, bundle in zip("-+", difference.first, strict=True):
        console.print(f"{sign} {escape(_bundle(bundle))}", highlight=False, soft_wrap=True)


def _row(pair: Pair) -> tuple[str, ...]:
    left, right = pair
    return f"{left:,}", f"{right:,}", f"{right - left:+,}" if right != left else "="


def _bundle(bundle: Bundle | None) -> str:
    """One bundle as text; an engine's slots behind its name."""
    if bundle is None:
        return "(past the end)"

    def slot(parts: Any) -> str:
        return " ".join(map(str, parts))

    return "; ".join(f"{e}: {', '.join(map(slot, slots))}" for e, slots in sorted(bundle.items()))
