"""``cycleproof check-proof``: the small trusted checker on an artifact and its certificate."""

import json
from pathlib import Path

import click

from frozen.decode import MAX_BYTES
from frozen.errors import Malformed

from ..artifact.format import load
from ..base.errors import ExitCode, MissingDependency, Unreadable
from ..base.files import read_regular
from ..base.text import printable
from ..checker import ACCEPTED, REJECTED, check
from ..checker.solver import available

_INSTALL = "pip install 'cycleproof[proof]' brings the solvers; most proofs need none"
_CODES = {ACCEPTED: ExitCode.PASSED, REJECTED: ExitCode.FAILED}


@click.command()
@click.argument("artifact", type=click.Path(path_type=Path))
@click.argument("certificate", type=click.Path(path_type=Path))
@click.option(
    "--solver",
    "solvers",
    multiple=True,
    type=click.Choice(["none", "bitwuzla", "z3"]),
    help="Ask this one where the rules do not suffice; twice: both must agree.  [any installed]",
)
@click.option("--json", "as_json", is_flag=True, help="The result as JSON on stdout.")
def command(artifact: Path, certificate: Path, solvers: tuple[str, ...], as_json: bool) -> int:
    """Check that CERTIFICATE proves ARTIFACT right for all inputs of its shape.

    Believes neither file: each step of the certificate is discharged anew, by rules or by an SMT
    solver. Exit code 4 where a step is neither established nor refuted.
    """
    chosen = [name for name in solvers if name != "none"] if solvers else None
    for name in set(chosen or ()) - set(available()):
        raise MissingDependency(f"solver {name} is not installed", _INSTALL)
    loaded = load(artifact)
    data = read_regular(certificate, MAX_BYTES)
    try:
        result = check(loaded.decoded, data, chosen)
    except Malformed as error:
        raise Unreadable(f"{certificate}: {error}") from None
    if as_json:
        document = {**result._asdict(), "shape": result.shape._asdict()}
        document["program_sha256"] = loaded.decoded.program_sha256
        click.echo(json.dumps(document, indent=1))
    else:
        click.echo(result.verdict)
        if result.verdict == ACCEPTED:
            click.echo(
                f"  {result.shape}: for all tree and lane words in 0..2**32-1 and zero indices the"
                f" program\n  stops after {result.cycles} cycles with the reference's values, and"
                " never reaches outside\n  memory and scratch."
            )
        else:
            click.echo(f"  {printable(result.reason)}")
        click.echo(
            f"  {result.writes} obligations, {result.distinct} distinct, {result.cases} cases,"
            f" {result.solver_queries} solver queries ({', '.join(result.solvers) or 'no solver'})"
        )
    return _CODES.get(result.verdict, ExitCode.INCONCLUSIVE)
