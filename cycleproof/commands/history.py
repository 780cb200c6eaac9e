"""``cycleproof history``: the timeline of verified artifacts and what each step was worth."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from frozen.problem import JUDGED

from ..artifact.build import build, list_recipes, run_recipe
from ..base.files import temporary_folder, write_whole
from ..base.text import printable
from ..bundle.read import load_any
from ..checks import Subject
from ..simulator.frozenbase import folder_for, read_frozen
from ..view.history import DEFAULT_HISTORY, Rung, current_commit, read_history, rung, write_history
from ..view.report.ladder import print_history
from .bars import verify_with_progress
from .common import (
    Kept,
    complete_recipe,
    evidence_for,
    evidence_option,
    named_artifact_argument,
    nonce_option,
)

_file_option = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    default=DEFAULT_HISTORY,
    show_default=True,
    help="The timeline.",
)


@click.group(invoke_without_command=True)
@_file_option
@click.option("-v", "--verbose", is_flag=True, help="Digests of the programs and commits, too.")
@click.option("--json", "as_json", is_flag=True, help="The rungs as JSON.")
@click.pass_context
def command(context: click.Context, path: Path, verbose: bool, as_json: bool) -> None:
    """Print the timeline: verified artifacts, the slowest first, and each step's worth."""
    context.obj = path
    if context.invoked_subcommand is not None:
        return
    rungs = read_history(path)
    if as_json:
        click.echo(json.dumps([asdict(rung) for rung in rungs], indent=1))
    else:
        print_history(rungs, Console(highlight=False), verbose)


@command.command(short_help="record an artifact, after it has been verified")
@named_artifact_argument
@click.option("--technique", required=True, help="What made it faster, in a few words.")
@evidence_option
@nonce_option
@click.pass_obj
def add(
    path: Path, artifact: Path, technique: str, evidence_file: Path | None, nonce: bytes | None
) -> None:
    """Record ARTIFACT, after it has been verified."""
    loaded = load_any(artifact)
    evidence = evidence_for(loaded, evidence_file, Kept(None), nonce)
    made = rung(loaded, evidence, technique, current_commit(path.parent))
    _record(path, made, replaces="")


@command.command(short_help="build recipes, verify and record each")
@click.argument("recipes", nargs=-1, shell_complete=complete_recipe)
@click.pass_obj
def rebuild(path: Path, recipes: tuple[str, ...]) -> None:
    """Build RECIPES (default: all of `solution`), verify each and record it.

    The technique is the recipe's own one-line idea. Older rungs of the same recipe go.
    """
    ideas = list_recipes()
    unknown = sorted(set(recipes) - ideas.keys())
    if unknown:
        raise click.UsageError(f"no recipe {unknown[0]!r}; there are: {', '.join(sorted(ideas))}")
    for name in recipes or sorted(ideas):
        with temporary_folder() as folder:
            artifact = folder / f"{name}.json"
            dump, _ = run_recipe(name, JUDGED)
            write_whole(artifact, build(dump).data)
            loaded = load_any(artifact)
            subject = Subject(loaded, read_frozen(folder_for(path)))
            evidence = verify_with_progress(subject)
        made = rung(loaded, evidence, ideas[name], current_commit(path.parent))
        _record(path, made, replaces=made.generator)


def _record(path: Path, made: Rung, replaces: str) -> None:
    """Add a rung in place of those of the generator ``replaces``."""
    rungs = read_history(path) if path.exists() else []
    write_history(path, [*(old for old in rungs if old.generator != replaces), made])
    click.echo(
        f"{printable(made.generator)}: {made.cycles:,} cycles, {printable(made.technique)};"
        f" passed {', '.join(made.checks)}"
    )
