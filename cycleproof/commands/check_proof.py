"""``cycleproof check-proof``: the small trusted checker on an artifact and its certificate."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import click

from frozen.artifact import MAX_BYTES, Artifact
from frozen.errors import Malformed

from ..artifact.format import LoadedArtifact, refuse_source
from ..audit import audit
from ..audit.export import export_smt
from ..audit.settle import check_limited
from ..audit.solvers import DISTRIBUTIONS, available
from ..base.budget import BUDGET
from ..base.errors import ExitCode, MissingDependency, Unreadable
from ..base.files import read_regular
from ..base.install import install_hint
from ..base.statement import Statement
from ..base.text import command_line, plural, printable
from ..bundle.layout import CERTIFICATE_NAME, MAX_BUNDLE
from ..bundle.read import is_bundle, load_any, parse_bundle
from ..checker import ACCEPTED, INCONCLUSIVE, REJECTED, Result
from ..checks.proof import BUDGET_OPTION, CERTIFICATE, STATEMENT_OPTIONS, Options
from ..evidence.wording import WORDS, Word, brief, proof_headline
from .bars import gauge_bar, progress_bar
from .common import all_of, named_artifact_argument, verbose_option

_WORDS = {ACCEPTED: Word.PROVED, REJECTED: Word.FAILED, INCONCLUSIVE: Word.OPEN}


@click.command()
@named_artifact_argument
@click.argument("certificate", type=click.Path(path_type=Path), required=False)
@all_of(STATEMENT_OPTIONS)
@BUDGET_OPTION
@click.option(
    "--solver",
    "solvers",
    multiple=True,
    type=click.Choice(["none", *DISTRIBUTIONS]),
    help="Ask this one where the rules do not suffice; twice: both must agree.  [any installed]",
)
@click.option(
    "--audit",
    "audited",
    is_flag=True,
    help="Close no step by rules: two SMT solvers must agree on each, written by definitions.",
)
@click.option(
    "--export-smt",
    "export",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write each step as an SMT-LIB 2 file into a new folder, for a solver of your own.",
)
@click.option(
    "--proofs",
    is_flag=True,
    help="With --export-smt: beside the files, the proofs that cvc5 finds.",
)
@verbose_option
@click.option("--json", "as_json", is_flag=True, help="The result as JSON on stdout.")
def command(
    artifact: Path,
    certificate: Path | None,
    indices: str,
    header: str,
    budget: int,
    solvers: tuple[str, ...],
    audited: bool,
    export: Path | None,
    proofs: bool,
    verbose: bool,
    as_json: bool,
) -> ExitCode:
    """Check that CERTIFICATE proves ARTIFACT right for all inputs of its shape.

    ARTIFACT may be a bundle; the certificate is then the one in it, unless another is named.
    Believes neither file: each step of the certificate is discharged anew, by rules or by an SMT
    solver. PROVED: it holds. FAILED: the certificate is no proof, which does not make ARTIFACT
    wrong. OPEN: a step is neither established nor refuted.
    """
    if proofs and export is None:
        raise click.UsageError("--proofs goes with --export-smt")
    options = Options(indices, header)
    if (audited or export) and budget != BUDGET:
        raise click.UsageError("an audit or an export has limits of its own; leave --budget out")
    if audited and export:
        raise click.UsageError("--audit and --export-smt are two runs; leave one out")
    if (audited or export) and solvers:
        raise click.UsageError("an audit or an export asks solvers of its own; leave --solver out")
    chosen = [name for name in solvers if name != "none"] if solvers else None
    for name in set(chosen or ()) - set(available()):
        raise MissingDependency(
            f"solver {name} is not installed",
            f"{install_hint('audit')} brings the solvers; most proofs need none",
        )
    loaded, name, data = _read(artifact, certificate)
    asked = _Asked(artifact, loaded.decoded, options)
    try:
        if export is not None:
            return _exported(asked, data, export, proofs, as_json)
        if audited:
            return _audited(asked, data, as_json)
        with gauge_bar() as tell:
            result = check_limited(asked.of, data, chosen, asked.statement, budget, tell)
    except Malformed as error:
        raise Unreadable(f"{name}: {error}") from None
    if as_json:
        return asked.as_json(_plain(result), result.verdict)
    counts = (
        f"{plural(result.writes, 'obligation')}, {result.distinct:,} distinct,"
        f" {plural(result.cases, 'case')}, solver queries: {result.solver_queries:,}"
        f" ({', '.join(result.solvers) or 'no solver'})"
    )
    return asked.answer(result.verdict, result.reason, [counts] if verbose else [])


class _Asked(NamedTuple):
    """What a certificate is to prove, and how the answer is said."""

    path: Path
    of: Artifact
    options: Options

    @property
    def statement(self) -> Statement:
        """What is to be proved."""
        return self.options.statement

    def as_json(self, document: dict[str, object], verdict: str) -> ExitCode:
        """Print an answer for programs; its exit code."""
        document["program_sha256"] = self.of.program_sha256
        click.echo(json.dumps(document, indent=1))
        return WORDS[_WORDS[verdict]].code

    def answer(self, verdict: str, reason: str, lines: Iterable[str]) -> ExitCode:
        """Print the first line, what it means, ``lines`` and the command to do next; the code."""
        word, cycles = _WORDS[verdict], self.of.cycles
        rest = {
            ACCEPTED: "",
            REJECTED: f"certificate ({brief(reason)})",
            INCONCLUSIVE: "certificate not settled",
        }[verdict]
        click.echo(proof_headline(word, self.of.shape, cycles, self.statement, rest).line)
        means = {
            ACCEPTED: f"{self.of.shape}, {self.statement.starts}: for all tree and lane words in"
            f" 0..2^32-1 the program\n  stops after {plural(cycles, 'cycle')} with the reference's"
            " values, and never reaches outside\n  memory and scratch.",
            REJECTED: "this certificate proves nothing; another one may prove the kernel right",
            INCONCLUSIVE: printable(reason),
        }[verdict]
        whole = [printable(reason)] if verdict == REJECTED and brief(reason) != reason else []
        for line in (*whole, means, *lines):
            click.echo(f"  {line}")
        words = self.options.words
        step = command_line("verify", self.path, *words)
        if verdict == REJECTED:
            step = command_line("prove", self.path, *words, "--certificate", CERTIFICATE)
        click.echo(f"next: {printable(step)}")
        return WORDS[word].code


def _read(path: Path, certificate: Path | None) -> tuple[LoadedArtifact, str, bytes]:
    """The artifact, and its certificate's name and bytes: from a file, or of the same bundle."""
    if certificate is not None:
        return load_any(path), str(certificate), read_regular(certificate, MAX_BYTES)
    refuse_source(path)
    data = read_regular(path, MAX_BUNDLE)
    make = command_line("prove", path, "--certificate", "proof.json")
    if not is_bundle(data):
        raise Unreadable(f"{path}: holds no certificate; name one", f"to make one: {make}")
    bundle = parse_bundle(data, path)
    if CERTIFICATE_NAME not in bundle.members:
        raise Unreadable(f"{path}: holds no {CERTIFICATE_NAME}", f"to make one: {make}")
    return bundle.artifact, f"{path}: {CERTIFICATE_NAME}", bundle.members[CERTIFICATE_NAME]


def _plain(result: Result) -> dict[str, object]:
    parts = {"shape": result.shape._asdict(), "statement": result.statement._asdict()}
    return {**result._asdict(), **parts}


def _audited(asked: _Asked, data: bytes, as_json: bool) -> ExitCode:
    with progress_bar("audit") as progress:
        result = audit(asked.of, data, progress, asked.statement)
    if as_json:
        document = {**result._asdict(), "checked": _plain(result.checked)}
        return asked.as_json(document, result.verdict)
    facts = plural(result.facts, "fact")
    lines = [f"{facts} put to solvers, {result.closed_by_rules:,} closed by rules"]
    lines += [f"{count:,} closed by {names}" for names, count in result.closed.items()]
    lines.append(f"what remains trusted: {', '.join(result.trusted)}")
    return asked.answer(result.verdict, result.reason, lines)


def _exported(asked: _Asked, data: bytes, folder: Path, proofs: bool, as_json: bool) -> ExitCode:
    with progress_bar("export") as progress:
        result = export_smt(asked.of, data, folder, proofs, progress, asked.statement)
    if as_json:
        document = {**result._asdict(), "statement": asked.statement._asdict()}
        return asked.as_json(document, result.verdict)
    made = f"{plural(result.files, 'file')} in {folder}, {plural(result.proofs, 'proof')}"
    lines = [f"{made}; see README.txt there"] if result.verdict == ACCEPTED else []
    return asked.answer(result.verdict, result.reason, lines)
