"""``cycleproof verify``: the checks on one artifact, and the evidence."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from ..audit import require
from ..base.errors import CycleproofError, ExitCode, worst
from ..base.files import is_standard_output, write_whole
from ..bundle.read import load_any
from ..challenge.clone import read_clone
from ..challenge.facts import OFFICIAL
from ..checks import CHECKS, Amount, Subject
from ..checks.attestation import read_given
from ..engine.run import ENGINES, need_engine
from ..evidence.model import Evidence
from ..evidence.policy import Requirements
from ..simulator.base import folder_for, read_frozen
from ..simulator.seeds import FIXED_SEEDS, FRESH_SEEDS
from ..view.report.junit import junit
from ..view.report.markdown import markdown
from ..view.report.sarif import sarif
from ..view.report.terminal import print_evidence
from .common import (
    Kept,
    OutputFile,
    artifacts_argument,
    nonce_option,
    requirements_options,
    seeds_of,
    store_options,
    tell,
    verify_and_keep,
)


def _others(check: str) -> set[str]:
    """Every check that a single run of ``check`` does without."""
    return {row.name for row in CHECKS} - {"decode", "frozen", check}


MOST_SEEDS = 1 << 62


def _amount(_context: click.Context, _option: click.Parameter, text: str | None) -> Amount | None:
    """``1e6`` or ``1000000`` seeds, or ``60s`` of them."""
    if text is None:
        return None
    try:
        number = float(text.removesuffix("s"))
    except ValueError:
        number = 0.0
    if not 1 <= number <= MOST_SEEDS:
        raise click.BadParameter("expected a number of seeds, as 1e6, or of seconds, as 60s")
    return Amount(MOST_SEEDS, number) if text.endswith("s") else Amount(int(number))


@click.command()
@artifacts_argument
@click.option(
    "--seeds", type=click.IntRange(0, 100_000), default=FRESH_SEEDS, help="Fresh seeds.  [8]"
)
@click.option("--seed", type=int, help="Run this one seed alone.")
@click.option(
    "--input",
    "directed_input",
    help="Run this one directed input alone, by its name; file:FILE is one that `prove` wrote.",
)
@click.option(
    "--bulk",
    callback=_amount,
    help="Run so many seeds by the second engine: 1e6, or 60s.  [1e6 where the proof stays open]",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="llvm",
    help="What runs --bulk: llvm, interpreter, or cuda on an NVIDIA GPU.  [llvm]",
)
@nonce_option
@click.option("--frozen", type=click.Path(path_type=Path), help="Folder of the frozen base.")
@click.option(
    "--upstream",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A clone of the challenge's repository: run its own tests too.",
)
@click.option(
    "--attestation",
    "--card",
    "attestation",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Hold what `attest` or `card` wrote against it.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Public key that must have signed the attestation; may be repeated.",
)
@click.option(
    "--threshold",
    type=click.IntRange(1, 100),
    help="How many of the keys must have signed.  [default: all]",
)
@click.option(
    "--reproduce", is_flag=True, help="Build again from the recipe that the artifact names."
)
@click.option(
    "--audit",
    is_flag=True,
    help="Close no step of the proof by rules: two SMT solvers must agree on each.",
)
@requirements_options(gate=False)
@store_options(again=False)
@click.option("--skip", multiple=True, type=click.Choice([c.name for c in CHECKS]))
@click.option("-v", "--verbose", is_flag=True, help="Show what only a specialist asks for, too.")
@click.option("--json", "as_json", is_flag=True, help="The evidence as JSON on stdout.")
@click.option("--junit", "junit_file", type=OutputFile(), help="Write JUnit XML.")
@click.option("--sarif", "sarif_file", type=OutputFile(), help="Write SARIF 2.1.0.")
@click.option("--summary", "summary_file", type=OutputFile(), help="Write Markdown.")
def command(
    artifacts: tuple[Path, ...],
    seeds: int,
    seed: int | None,
    directed_input: str | None,
    bulk: Amount | None,
    engine: str,
    nonce: bytes | None,
    frozen: Path | None,
    upstream: Path | None,
    attestation: Path | None,
    keys: tuple[Path, ...],
    threshold: int | None,
    reproduce: bool,
    audit: bool,
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
    if (attestation is None) != (not keys):
        raise click.UsageError("--attestation and --key go together")
    if threshold is not None and threshold > len(keys):
        raise click.UsageError(f"--threshold {threshold}: only {len(keys)} keys are named")
    if seed is not None and directed_input is not None:
        raise click.UsageError("--seed and --input: one run at a time")
    if len(artifacts) > 1 and (attestation or junit_file or sarif_file or summary_file):
        raise click.UsageError("an attestation and the files to write go with one ARTIFACT")
    if audit:
        require()
    if attestation:
        read_given(attestation, keys)
    if bulk:
        need_engine("numpy")
    clone = _look_at(upstream) if upstream else ExitCode.PASSED
    subject_of = partial(
        Subject,
        fixed_seeds=FIXED_SEEDS if seed is None else (seed,),
        fresh_seeds=seeds if seed is None else 0,
        **seeds_of(nonce),
        directed_input=directed_input,
        upstream=upstream,
        attestation=attestation,
        keys=keys,
        threshold=threshold or len(keys),
        reproduce=reproduce,
        audit=audit,
        bulk=bulk,
        engine=engine,
    )
    left_out = dict.fromkeys(skip, "left out by --skip")
    if seed is not None:
        left_out |= dict.fromkeys(_others("seeds"), "left out by --seed")
    if directed_input is not None:
        left_out |= dict.fromkeys(_others("directed"), "left out by --input")

    def verified(artifact: Path) -> Evidence:
        base = read_frozen(frozen or folder_for(artifact))
        subject = subject_of(artifact=load_any(artifact), base=base)
        return verify_and_keep(subject, kept.store, left_out, requirements)

    if len(artifacts) > 1:
        return worst([clone, *_each(artifacts, verified, as_json, verbose)])
    (artifact,) = artifacts
    evidence = verified(artifact)
    aside = junit_file is not None and is_standard_output(junit_file)
    if junit_file is not None:
        write_whole(junit_file, junit(evidence))
    if sarif_file is not None:
        write_whole(sarif_file, sarif(evidence, str(artifact)))
    if summary_file is not None:
        write_whole(summary_file, markdown(evidence, artifact.name).encode())
    if as_json:
        click.echo(evidence.encode(), nl=False, err=aside)
    else:
        print_evidence(evidence, artifact, Console(stderr=aside), verbose)
    return worst([evidence.exit_code, clone])


def _each(
    artifacts: Sequence[Path],
    verified: Callable[[Path], Evidence],
    as_json: bool,
    verbose: bool,
) -> list[ExitCode]:
    """Verify one after the other, also after one that cannot be used; the code of each."""
    codes, documents = [], []
    for artifact in artifacts:
        try:
            evidence = verified(artifact)
        except CycleproofError as error:
            codes.append(tell(error))
            continue
        codes.append(evidence.exit_code)
        documents.append(evidence.as_json())
        if not as_json:
            print_evidence(evidence, artifact, Console(), verbose)
    if as_json:
        click.echo(json.dumps(documents, indent=1))
    return codes


def _look_at(upstream: Path) -> ExitCode:
    """Say at once what is wrong with a clone; the other checks run all the same."""
    try:
        read_clone(upstream, OFFICIAL)
    except CycleproofError as error:
        return tell(error)
    return ExitCode.PASSED
