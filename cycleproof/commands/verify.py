"""``cycleproof verify``: the checks on one artifact, and the evidence."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from frozen.errors import FrozenError

from ..base.errors import CycleproofError, ExitCode, worst
from ..base.files import is_standard_output, write_whole
from ..base.text import plural, printable
from ..bundle.read import load_any
from ..checks import CHECKS, Asked, Subject
from ..evidence.model import Evidence
from ..evidence.policy import Requirements
from ..evidence.wording import Unjudged, headline, unjudged
from ..simulator.frozenbase import folder_for, read_frozen
from ..view.report.junit import junit
from ..view.report.markdown import markdown
from ..view.report.sarif import sarif
from ..view.report.terminal import print_evidence
from .common import (
    Kept,
    OutputFile,
    all_of,
    artifacts_argument,
    nonce_option,
    requirements_options,
    seeds_of,
    store_options,
    tell,
    verbose_option,
    verify_and_keep,
)

_ALWAYS = {"decode", "frozen"}  # in a run on one input, too


def checks_options(function: Callable[..., int]) -> Callable[..., int]:
    """The options of all checks; the command gets them as ``asked``, one ``Options`` a check."""

    @wraps(function)
    def together(**given: Any) -> int:
        asked = tuple(
            kind(**{field.name: given.pop(field.name) for field in fields(kind)})
            for kind in (check.options for check in CHECKS)
            if kind is not Asked
        )
        return function(asked=asked, **given)

    return all_of([option for check in CHECKS for option in check.parameters])(together)


@click.command()
@artifacts_argument
@checks_options
@nonce_option
@click.option("--frozen", type=click.Path(path_type=Path), help="Folder of the frozen base.")
@requirements_options(gate=False)
@store_options(again=False)
@click.option(
    "--skip",
    multiple=True,
    type=click.Choice([c.name for c in CHECKS]),
    help="Leave this check out; may be repeated.",
)
@verbose_option
@click.option("--json", "as_json", is_flag=True, help="The evidence as JSON on stdout.")
@click.option("--junit", "junit_file", type=OutputFile(), help="Write JUnit XML.")
@click.option("--sarif", "sarif_file", type=OutputFile(), help="Write SARIF 2.1.0.")
@click.option("--summary", "summary_file", type=OutputFile(), help="Write Markdown.")
def command(
    artifacts: tuple[Path, ...],
    asked: tuple[Asked, ...],
    nonce: bytes | None,
    frozen: Path | None,
    skip: tuple[str, ...],
    as_json: bool,
    junit_file: Path | None,
    sarif_file: Path | None,
    summary_file: Path | None,
    verbose: bool,
    requirements: Requirements,
    kept: Kept,
) -> int:
    """Verify each ARTIFACT, or the one inside a submission bundle (default: artifacts/kernel.json).

    `-` is standard input. Of several the exit code is the worst, and --json prints a list.

    The frozen base is that of the project that holds the artifact, held against the pins of this
    installation. No code of the artifact's author is run. What a whole run found is kept for
    `report`, `pack`, `attest`, `show` and `diff`.
    """
    single = {type(each): each.single for each in asked if each.single}
    if len(single) > 1:
        raise click.UsageError(f"{' and '.join(single.values())}: one run at a time")
    if len(artifacts) > 1 and (junit_file or sarif_file or summary_file):
        raise click.UsageError("the files to write go with one ARTIFACT")
    left_out = dict.fromkeys(skip, "left out by --skip")
    for kind, option in single.items():
        others = {row.name for row in CHECKS if row.options is not kind} - _ALWAYS
        left_out |= dict.fromkeys(others, f"left out by {option}")

    def look() -> list[ExitCode]:
        return [tell(error) for each in asked if (error := each.look(len(artifacts)))]

    def verified(artifact: Path) -> Evidence:
        base = read_frozen(frozen or folder_for(artifact))
        subject = Subject(load_any(artifact), base, asked, **seeds_of(nonce))
        return verify_and_keep(subject, kept.store, left_out, requirements)

    if len(artifacts) > 1:
        return worst([*look(), *_each(artifacts, verified, as_json, verbose)])
    (artifact,) = artifacts

    def write(result: Evidence | Unjudged) -> None:
        """Write the files that were asked for, so that no file keeps the word of an older run."""
        if junit_file is not None:
            write_whole(junit_file, junit(result))
        if sarif_file is not None:
            write_whole(sarif_file, sarif(result, str(artifact)))
        if summary_file is not None:
            write_whole(summary_file, markdown(result, artifact.name).encode())

    try:
        said = look()
        evidence = verified(artifact)
    except (CycleproofError, FrozenError) as error:
        write(unjudged(error))
        raise
    aside = junit_file is not None and is_standard_output(junit_file)
    write(evidence)
    if as_json:
        click.echo(evidence.encode(), nl=False, err=aside)
    else:
        print_evidence(evidence, artifact, Console(stderr=aside), verbose)
    return worst([evidence.exit_code, *said])


def _each(
    artifacts: Sequence[Path],
    verified: Callable[[Path], Evidence],
    as_json: bool,
    verbose: bool,
) -> list[ExitCode]:
    """Verify one after the other, also after one that cannot be used; the code of each.

    At the end a line for each says again what became of it.
    """
    codes, documents, lines = [], [], []
    for artifact in artifacts:
        try:
            evidence = verified(artifact)
        except (CycleproofError, FrozenError) as error:
            codes.append(tell(error))
            lines.append((artifact, unjudged(error).word))
            continue
        codes.append(evidence.exit_code)
        documents.append(evidence.as_json())
        lines.append((artifact, headline(evidence).line))
        if not as_json:
            if documents[1:]:
                click.echo()
            print_evidence(evidence, artifact, Console(), verbose)
    if as_json:
        click.echo(json.dumps(documents, indent=1))
    else:
        click.echo(f"\n{plural(len(lines), 'artifact')}:")
        for artifact, line in lines:
            click.echo(f"  {printable(str(artifact))}: {line}")
    return codes
