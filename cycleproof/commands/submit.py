"""``cycleproof submit``: from what somebody has to everything that they hand over."""

import shlex
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from ..analysis.summary import analyse
from ..artifact.build import parse_shape_option
from ..artifact.format import ARTIFACT_NAME, BUNDLE_NAME, LoadedArtifact, decode
from ..artifact.names import Names
from ..base.errors import ExitCode, MissingDependency, Refused, Unreadable
from ..base.files import read_regular, similar
from ..base.install import install_hint
from ..base.text import command_line, listed, printable
from ..bundle.folder import claimed
from ..bundle.hygiene import need_scanner
from ..bundle.layout import CERTIFICATE_NAME, EXTRA, MAX_BUNDLE, encode
from ..bundle.pack import members_of
from ..bundle.read import is_bundle, load_any
from ..capture.sandbox import SANDBOXES
from ..challenge.export import export
from ..challenge.loader import LOADER_NAME
from ..checks import Subject, proof
from ..checks.proof import BUDGET_OPTION
from ..evidence.attestation.envelope import sign
from ..evidence.attestation.keys import load_signer, need_library
from ..evidence.attestation.statement import score_card, summary, test_result
from ..evidence.model import Evidence, Verdict
from ..evidence.next_step import to_a_reviewer
from ..evidence.policy import Requirements, require
from ..simulator.frozenbase import folder_for, read_frozen
from ..view.badge import badge
from ..view.report.markdown import markdown
from ..view.report.terminal import print_evidence
from .certificate import certificate_of, fitting
from .common import Kept, requirements_options, store_options, verify_and_keep
from .making import Options, how_captured, make

ATTESTATION, CARD, BADGE = "kernel.intoto.jsonl", "card.intoto.jsonl", "card.svg"
PAGE, TEXT = "report.html", "report.md"
OUTPUTS = (ARTIFACT_NAME, PAGE, TEXT, BUNDLE_NAME, LOADER_NAME, ATTESTATION, CARD, BADGE)
DEFAULT_OUTPUT = Path("submission")
_ARTIFACTS_OWN_KEY = b'"program_sha256"'  # no dump has it


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_OUTPUT,
    show_default=True,
    help="A new folder, or one that `submit` wrote.",
)
@click.option("--key", type=click.Path(path_type=Path), help="Your private key: sign too.")
@click.option("--shape", "shape_text", help="H,R,B of what is built.  [default: 10,16,256]")
@click.option("--builds", type=click.IntRange(1, 100), help="As for `build`.")
@click.option("--sandbox", type=click.Choice(list(SANDBOXES)), help="As for `build`.")
@click.option("--problem", type=click.Choice(["ours", "theirs"]), help="As for `build`.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), help="As for `build`.")
@BUDGET_OPTION
@requirements_options(gate=True)
@store_options(again=False)
def command(
    path: Path,
    output: Path,
    key: Path | None,
    shape_text: str | None,
    builds: int | None,
    sandbox: str | None,
    problem: str | None,
    timeout: float | None,
    budget: int,
    requirements: Requirements,
    kept: Kept,
) -> int:
    """Make everything that is handed over, from PATH, in the folder OUTPUT.

    PATH is a perf_takehome.py, the folder that holds one, an instruction dump, an artifact or a
    bundle. It is built if it has to be, and verified once. OUTPUT then holds kernel.json, a report,
    a bundle with the proof's certificate and the report, one perf_takehome.py for boards, and,
    with --key, an attestation, a score card and its badge.
    """
    _need_libraries(sign=key is not None)
    signer = load_signer(key) if key else None
    if not path.exists():
        raise Unreadable(f"{path}: no such file", similar(path))
    shape = parse_shape_option(shape_text) if shape_text else None
    with claimed(output, OUTPUTS) as claim:
        loaded, names = _artifact(path, Options(None, shape, builds, sandbox, problem, timeout))
        base = read_frozen(folder_for(output / ARTIFACT_NAME))
        subject = Subject(loaded, base, (proof.Options(budget=budget),))
        evidence = verify_and_keep(subject, kept.store, requirements=requirements)
        _show(evidence, output / ARTIFACT_NAME)
        report, page = _report(loaded, evidence, names)
        files = {ARTIFACT_NAME: loaded.data, report: page}
        try:
            evidence = require(loaded, evidence, requirements)
            extras = fitting({EXTRA + report: page} | certificate_of(loaded, evidence, budget))
            members = members_of(loaded, evidence, extras, requirements)
            handed_over = {BUNDLE_NAME: encode(members), LOADER_NAME: export(loaded.decoded)}
        except Refused:
            claim.put(files)  # the report explains it
            raise
        files |= handed_over
        if signer is not None:
            result = sign(test_result(evidence), signer)
            files[ATTESTATION] = result + sign(summary(evidence, result), signer)
            files[CARD] = sign(score_card(evidence), signer)
            files[BADGE] = badge(evidence)
        claim.put(files)
    _say_what_to_send(path, output, report, extras, key)
    return ExitCode.PASSED if not evidence.named(Verdict.UNKNOWN) else evidence.exit_code


def _need_libraries(sign: bool) -> None:
    """Raise ``MissingDependency`` with one command that brings all that is missing."""
    try:
        need_scanner()
        if sign:
            need_library()
    except MissingDependency as error:
        raise MissingDependency(str(error), install_hint("submit")) from None


def _artifact(path: Path, options: Options) -> tuple[LoadedArtifact, Names | None]:
    """The artifact in PATH, or the one that is built from it, under the bundle's name for it."""
    here = Path(ARTIFACT_NAME)
    if path.is_file() and path.suffix != ".py":
        data = read_regular(path, MAX_BUNDLE)
        if is_bundle(data) or _ARTIFACTS_OWN_KEY in data:
            return load_any(path)._replace(path=here), None
    made = make(path, options)
    if made.captured:
        click.echo(how_captured(made.captured, options.builds), err=True)
    data = made.build.data
    return LoadedArtifact(here, data, decode(data, ARTIFACT_NAME)), made.build.names


def _show(evidence: Evidence, path: Path) -> None:
    """Print the evidence; the commands in it name the artifact as it is found from here."""
    named = [
        replace(each, reproduce=each.reproduce.replace(ARTIFACT_NAME, shlex.quote(str(path))))
        for each in evidence.findings
    ]
    shown = replace(evidence, findings=named)
    print_evidence(shown, path, Console(), last=evidence.exit_code != ExitCode.PASSED)


def _report(loaded: LoadedArtifact, evidence: Evidence, names: Names | None) -> tuple[str, bytes]:
    """The report's file name and bytes: HTML, or Markdown where its library is missing."""
    try:
        from ..view.report.html import report_page
    except MissingDependency as error:
        click.echo(f"report in Markdown: {error}; {error.hint}", err=True)
        return TEXT, markdown(evidence, ARTIFACT_NAME).encode()
    analysis = analyse(loaded.decoded)
    return PAGE, report_page(analysis, evidence, names, [], ARTIFACT_NAME)


def _say_what_to_send(
    path: Path, output: Path, report: str, extras: Collection[str], key: Path | None
) -> None:
    added = {CERTIFICATE_NAME: "the proof's certificate", EXTRA + report: "the report"}
    parts = [what for name, what in added.items() if name in extras]
    held = listed(["the kernel", "the evidence", *parts, "how to verify them"])
    click.echo(f"\nin {printable(str(output))}:")
    shown = "; it shows the schedule" if report == PAGE else ""
    rows = [
        (BUNDLE_NAME, f"to whoever reviews it: {held}"),
        (LOADER_NAME, "to a board that takes one Python file"),
        (report, f"to whoever wants to read about it{shown}"),
    ]
    if key:
        public = printable(f"{key}.pub")
        rows += [
            (ATTESTATION, f"with the bundle, and {public}: who vouches for it"),
            (f"{CARD}, {BADGE}", "to everybody: what was proved, without the kernel"),
        ]
    for name, text in rows:
        click.echo(f"  {name}: {text}")
    click.echo("please do not publish the kernel: the challenge's authors ask for that")
    if not key:
        where = () if output == DEFAULT_OUTPUT else ("-o", output)
        signed = printable(command_line("submit", path, *where, "--key", "me.key"))
        click.echo(f"to sign it too:\n  {command_line('key', 'new', '-o', 'me.key')}\n  {signed}")
    click.echo(to_a_reviewer(output / BUNDLE_NAME, BUNDLE_NAME))
