"""The check ``reproduce``: the recipe that the artifact names gives the same bytes again."""

from dataclasses import dataclass

import click

from ..artifact.build import build, run_recipe
from ..artifact.format import digest
from ..base.errors import GeneratorFailed
from ..base.text import command_line, plural
from ..challenge.facts import SOURCES
from ..evidence.model import INSTEAD, Found, Verdict
from . import Asked, Subject

OPTIONS = (
    click.option(
        "--reproduce", is_flag=True, help="Build again from the recipe that the artifact names."
    ),
)

_OURS = "solution/"
AGAIN = "again.json"  # in commands for people


@dataclass(frozen=True)
class Options(Asked):
    """Whether to build again."""

    reproduce: bool = False


def run(subject: Subject) -> Found:
    """Build again with this installation's own compiler, in a child process, and compare.

    Raises ``Unreadable`` where the compiler wrote no program.
    """
    loaded = subject.artifact
    name = loaded.decoded.generator["name"]
    recipe = name.removeprefix(_OURS)
    if recipe == name:
        reason = "only recipes of this project are built again; a stranger's generator is not run"
        figures = {INSTEAD: ["build", SOURCES, "-o", AGAIN]}
        return Found(Verdict.SKIPPED, reason, figures)
    if not subject.of(Options).reproduce:
        return Found(Verdict.SKIPPED, "not asked for (--reproduce)")
    try:
        dump, _ = run_recipe(recipe, loaded.decoded.shape)
    except GeneratorFailed as error:
        return Found(Verdict.UNKNOWN, f"could not be built again: {error}")
    made = build(dump)
    again = command_line(
        "build", "--recipe", recipe, "--shape", ",".join(map(str, made.shape)), "-o", AGAIN
    )
    if made.data == loaded.data:
        established = f"the recipe {recipe} of this installation gives the same bytes again"
        return Found(Verdict.PASS, established)
    if digest(made.stripped.program) == loaded.decoded.program_sha256:
        problem = "the same program again, but other bytes around it"
        if dump.generator != loaded.decoded.generator:
            problem += ": the sources of the compiler are not those it was built from"
    else:
        problem = f"the recipe {recipe} gives another program, of {plural(made.cycles, 'cycle')}"
    return Found(Verdict.FAIL, problem, reproduce=again)
