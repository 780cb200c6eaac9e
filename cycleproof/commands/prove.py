"""``cycleproof prove``: a proof that the program is right for all inputs, or a refutation."""

import json
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from ..base.errors import ExitCode
from ..base.files import is_standard_output, write_whole
from ..base.text import command_line, printable
from ..bundle.read import load_any
from ..checks.directed import FILE
from ..checks.proof import BUDGET_OPTION, CERTIFICATE, STATEMENT_OPTIONS, Options
from ..evidence.model import Leftover, state_of
from ..evidence.wording import kept
from ..proof import ProofResult, ProofVerdict, prove_limited
from .bars import gauge_bar
from .common import OutputFile, all_of, artifact_argument

EXIT_CODES = {
    ProofVerdict.PROVED: ExitCode.PASSED,
    ProofVerdict.REFUTED: ExitCode.FAILED,
    ProofVerdict.UNKNOWN: ExitCode.INCONCLUSIVE,
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
@click.option("--json", "as_json", is_flag=True, help="The result as JSON on stdout.")
def command(
    artifact: Path,
    indices: str,
    header: str,
    budget: int,
    certificate: Path | None,
    counterexample: Path | None,
    as_json: bool,
) -> ExitCode:
    """Prove ARTIFACT (default: artifacts/kernel.json) right for all inputs, or refute it.

    Proved: for all tree and lane words, and zero starting indices unless told otherwise, it stops
    after the claimed number of cycles, accesses nothing outside memory and scratch, and its output
    words are the reference's. Refuted: the frozen simulator confirms a concrete input. Unknown is
    neither.
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
        _print(result, aside)
        step = _next(result, artifact, asked, certificate, counterexample)
        if step and not aside:
            click.echo(f"next: {step}")
    return EXIT_CODES[result.verdict]


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


def _print(result: ProofResult, aside: bool) -> None:
    console = Console(stderr=aside, highlight=False, soft_wrap=True, markup=False)
    colour = {"proved": "green", "refuted": "red", "unknown": "yellow"}[result.verdict]
    console.print(str(result.verdict).upper(), style=f"bold {colour}")
    console.print(f"  {printable(result.statement)}")
    if result.stuck_on:
        console.print(f"  stuck on: {printable(result.stuck_on)}")
    facts = (("final indices", result.indices), ("forest", result.forest))
    lines = [kept(what, Leftover(state_of(fact), "prover")) for what, fact in facts]
    console.print(f"  {'; '.join(lines)}")
    if result.figures:
        seconds = result.figures["seconds"]["all"]
        console.print(f"  {result.figures['terms']:,} terms, {seconds} s")
    for note in result.notes:
        console.print(f"  {printable(note)}")
