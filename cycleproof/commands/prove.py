"""``cycleproof prove``: a proof that the program is right for all inputs, or a refutation."""

import json
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from frozen.artifact import Artifact

from ..base.errors import ExitCode
from ..base.files import is_standard_output, write_whole
from ..base.text import command_line, printable
from ..bundle.read import load_any
from ..checks.directed import FILE
from ..checks.proof import BUDGET_OPTION, CERTIFICATE, STATEMENT_OPTIONS, Options
from ..evidence.leftovers import left_behind
from ..evidence.model import Leftover, state_of
from ..evidence.wording import WORDS, Headline, Word, brief, proof_headline
from ..proof import ProofResult, ProofVerdict, prove_limited
from .bars import gauge_bar
from .common import OutputFile, all_of, artifact_argument, verbose_option

_WORDS = {
    ProofVerdict.PROVED: Word.PROVED,
    ProofVerdict.REFUTED: Word.FAILED,
    ProofVerdict.UNKNOWN: Word.OPEN,
}


@click.command()
@artifact_argument
@all_of(STATEMENT_OPTIONS)
@BUDGET_OPTION
@click.option(
    "--certificate",
    type=OutputFile(),
    help="Write what `check-proof` needs to check the proof independently.",
)
@click.option(
    "--counterexample",
    type=OutputFile(),
    help="Write the inputs that refute it, as JSON.",
)
@verbose_option
@click.option("--json", "as_json", is_flag=True, help="The result as JSON on stdout.")
def command(
    artifact: Path,
    indices: str,
    header: str,
    budget: int,
    certificate: Path | None,
    counterexample: Path | None,
    verbose: bool,
    as_json: bool,
) -> ExitCode:
    """Prove ARTIFACT (default: artifacts/kernel.json) right for all inputs, or refute it.

    PROVED: for all tree and lane words, and zero starting indices unless told otherwise, it stops
    after the claimed number of cycles, accesses nothing outside memory and scratch, and its output
    words are the reference's; the certificate of it is to be checked by `check-proof`. FAILED: the
    frozen simulator confirms a concrete input. OPEN is neither.
    """
    loaded, asked = load_any(artifact), Options(indices, header, budget)
    with gauge_bar() as tell:
        result = prove_limited(
            loaded.decoded,
            statement=asked.statement,
            certificate=certificate is not None,
            budget=asked.budget,
            tell=tell,
        )
    if counterexample is not None and result.counterexample is not None:
        data = result.counterexample.as_data()
        write_whole(counterexample, json.dumps(data).encode() + b"\n")
    if certificate is not None and result.certificate is not None:
        write_whole(certificate, result.certificate)
    written = (path for path in (certificate, counterexample) if path is not None)
    aside = any(map(is_standard_output, written))
    if as_json:
        click.echo(json.dumps(as_data(result), indent=1), err=aside)
    else:
        _print(result, _headline(result, loaded.decoded, asked), aside, verbose)
        step = _next(result, artifact, asked, certificate, counterexample)
        if step and not aside:
            click.echo(f"next: {step}")
    return WORDS[_WORDS[result.verdict]].code


def as_data(result: ProofResult) -> dict[str, object]:
    """The result as JSON values; a counterexample's words are written by ``--counterexample``."""
    found = result.counterexample
    return {
        "verdict": str(result.verdict),
        "statement": result.statement,
        "stuck_on": result.stuck_on,
        "indices": result.indices,
        "forest": result.forest,
        "figures": dict(result.figures),
        "notes": list(result.notes),
        "counterexample": None
        if found is None
        else {"origin": found.origin, "judged_domain": found.judged, "answer": dict(found.answer)},
    }


def _next(
    result: ProofResult,
    artifact: Path,
    asked: Options,
    certificate: Path | None,
    counterexample: Path | None,
) -> str:
    """The one command to do next; ``""`` where nothing more can be done with the result."""
    again: tuple[str | Path, ...] = ("prove", artifact, *asked.words)
    if result.counterexample is not None and counterexample is None:
        return command_line(*again, "--counterexample", "input.json")
    if result.counterexample is not None:
        return command_line("verify", artifact, "--input", f"{FILE}{counterexample}")
    if result.verdict is ProofVerdict.PROVED and certificate is None:
        return command_line(*again, "--certificate", CERTIFICATE)
    if result.certificate is not None and certificate is not None:
        return command_line("check-proof", artifact, certificate, *asked.words)
    if result.advised_budget:
        more = replace(asked, budget=result.advised_budget)
        return command_line("prove", artifact, *more.words)
    return ""


def _headline(result: ProofResult, artifact: Artifact, asked: Options) -> Headline:
    found = result.counterexample
    if result.verdict is ProofVerdict.PROVED:
        rest = ", not checked yet"
    elif found is not None:
        above = "" if found.judged else ", on words of 2^30 or more"
        rest = f"proof ({brief(found.complaint)}{above})"
    else:
        rest = "proof not settled"
    word = _WORDS[result.verdict]
    return proof_headline(word, artifact.shape, artifact.cycles, asked.statement, rest)


def _print(result: ProofResult, first: Headline, aside: bool, verbose: bool) -> None:
    console = Console(stderr=aside, highlight=False, soft_wrap=True, markup=False)
    console.print(first.line, style=first.style)
    console.print(f"  {printable(result.statement)}")
    if result.stuck_on:
        console.print(f"  the reason: {printable(result.stuck_on)}")
    facts = [Leftover(state_of(fact), "prover") for fact in (result.indices, result.forest)]
    console.print(f"  {left_behind(*facts)}")
    if result.figures and verbose:
        seconds = result.figures["seconds"]["all"]
        console.print(f"  {result.figures['terms']:,} terms, {seconds} s")
    if verbose or result.verdict is not ProofVerdict.PROVED:
        for note in result.notes:
            console.print(f"  {printable(note)}")
