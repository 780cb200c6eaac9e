"""``cycleproof check-proof``: the small trusted checker on an artifact and its certificate."""

import json
from pathlib import Path

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
from ..checker import ACCEPTED, REJECTED
from ..checks.proof import BUDGET_OPTION, STATEMENT_OPTIONS
from .bars import gauge_bar, progress_bar
from .common import all_of, named_artifact_argument

_CODES = {ACCEPTED: ExitCode.PASSED, REJECTED: ExitCode.FAILED}


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
    as_json: bool,
) -> int:
    """Check that CERTIFICATE proves ARTIFACT right for all inputs of its shape.

    ARTIFACT may be a bundle; the certificate is then the one in it, unless another is named.
    Believes neither file: each step of the certificate is discharged anew, by rules or by an SMT
    solver. Exit code 4 where a step is neither established nor refuted.
    """
    if proofs and export is None:
        raise click.UsageError("--proofs goes with --export-smt")
    said = Statement(indices, header)
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
    try:
        if export is not None:
            return _exported(loaded.decoded, data, export, proofs, as_json, said)
        if audited:
            return _audited(loaded.decoded, data, as_json, said)
        with gauge_bar() as tell:
            result = check_limited(loaded.decoded, data, chosen, said, budget, tell)
    except Malformed as error:
        raise Unreadable(f"{name}: {error}") from None
    if as_json:
        document = {**result._asdict(), "shape": result.shape._asdict()}
        document["statement"] = result.statement._asdict()
        document["program_sha256"] = loaded.decoded.program_sha256
        click.echo(json.dumps(document, indent=1))
    else:
        click.echo(result.verdict)
        if result.verdict == ACCEPTED:
            click.echo(
                f"  {result.shape}, {said.starts}: for all tree and lane words in 0..2^32-1 the"
                f" program\n  stops after {plural(result.cycles, 'cycle')} with the reference's"
                " values, and never reaches outside\n  memory and scratch."
            )
        else:
            click.echo(f"  {printable(result.reason)}")
        click.echo(
            f"  {plural(result.writes, 'obligation')}, {result.distinct:,} distinct,"
            f" {plural(result.cases, 'case')}, solver queries: {result.solver_queries:,}"
            f" ({', '.join(result.solvers) or 'no solver'})"
        )
    return _CODES.get(result.verdict, ExitCode.INCONCLUSIVE)


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


def _audited(artifact: Artifact, data: bytes, as_json: bool, said: Statement) -> int:
    with progress_bar("audit") as progress:
        result = audit(artifact, data, progress, said)
    if as_json:
        document = {**result._asdict(), "checked": result.checked._asdict()}
        document["checked"]["shape"] = artifact.shape._asdict()
        document["checked"]["statement"] = result.checked.statement._asdict()
        document["program_sha256"] = artifact.program_sha256
        click.echo(json.dumps(document, indent=1))
    else:
        click.echo(result.verdict)
        if result.reason:
            click.echo(f"  {printable(result.reason)}")
        click.echo(
            f"  {plural(result.facts, 'fact')} put to solvers,"
            f" {result.closed_by_rules:,} closed by rules"
        )
        for names, count in result.closed.items():
            click.echo(f"  {count:,} closed by {names}")
        click.echo(f"  what remains trusted: {', '.join(result.trusted)}")
    return _CODES.get(result.verdict, ExitCode.INCONCLUSIVE)


def _exported(
    artifact: Artifact, data: bytes, folder: Path, proofs: bool, as_json: bool, said: Statement
) -> int:
    with progress_bar("export") as progress:
        result = export_smt(artifact, data, folder, proofs, progress, said)
    if as_json:
        document = {**result._asdict(), "statement": said._asdict()}
        document["program_sha256"] = artifact.program_sha256
        click.echo(json.dumps(document, indent=1))
        return _CODES.get(result.verdict, ExitCode.INCONCLUSIVE)
    click.echo(result.verdict)
    if result.reason:
        click.echo(f"  {printable(result.reason)}")
    if result.verdict == ACCEPTED:
        click.echo(
            f"  {plural(result.files, 'file')} in {folder}, {plural(result.proofs, 'proof')};"
            " see README.txt there"
        )
    return _CODES.get(result.verdict, ExitCode.INCONCLUSIVE)
