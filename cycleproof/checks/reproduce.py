"""The check ``reproduce``: the recipe that the artifact names gives the same bytes again."""

from ..artifact.build import build, run_recipe
from ..artifact.format import digest
from ..base.errors import GeneratorFailed
from ..base.text import command_line
from ..evidence.model import Finding, Verdict
from . import Subject

_OURS = "solution/"


def run(subject: Subject) -> Finding:
    """Build again with this installation's own compiler, in a child process, and compare."""
    loaded = subject.artifact
    name = loaded.decoded.generator["name"]
    recipe = name.removeprefix(_OURS)
    if not subject.reproduce:
        return Finding("reproduce", Verdict.SKIPPED, "not asked for (--reproduce)")
    if recipe == name:
        reason = "only recipes of this project are built again; a stranger's generator is not run"
        return Finding("reproduce", Verdict.SKIPPED, reason)
    try:
        dump, _ = run_recipe(recipe, loaded.decoded.shape)
    except GeneratorFailed as error:
        return Finding("reproduce", Verdict.UNKNOWN, f"could not be built again: {error}")
    made = build(dump)
    again = command_line(
        "build", "--recipe", recipe, "--shape", ",".join(map(str, made.shape)), "-o", "FILE"
    )
    if made.data == loaded.data:
        established = f"the recipe {recipe} of this installation gives the same bytes again"
        return Finding("reproduce", Verdict.PASS, established)
    if digest(made.stripped.program) == loaded.decoded.program_sha256:
        problem = "the same program again, but other bytes around it"
        if dump.generator != loaded.decoded.generator:
            problem += ": the sources of the compiler are not those it was built from"
    else:
        problem = f"the recipe {recipe} gives another program, of {made.cycles} cycles"
    return Finding("reproduce", Verdict.FAIL, problem, reproduce=again)
