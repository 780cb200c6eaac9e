"""``cycleproof verify``: the checks on one artifact, and the evidence."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..artifact import load
from ..checks import CHECKS, Check, Subject
from ..evidence import Evidence
from ..files import write_whole
from ..frozenbase import folder_for, read_frozen
from ..report.junit import junit
from ..report.terminal import print_evidence
from ..seeds import FIXED_SEEDS, NONCE_BYTES, new_nonce
from ..verify import verify

DEFAULT_ARTIFACT = Path("artifacts/kernel.json")
_SEED_ALONE = frozenset(check.name for check in CHECKS) - {"decode", "frozen", "seeds"}


def _nonce(_context: click.Context, _option: click.Parameter, text: str | None) -> bytes:
    if text is None:
        return new_nonce()
    try:
        nonce = bytes.fromhex(text)
    except ValueError:
        nonce = b""
    if len(nonce) != NONCE_BYTES:
        raise click.BadParameter(f"expected {2 * NONCE_BYTES} hex digits")
    return nonce


@click.command()
@click.argument("artifact", type=click.Path(path_type=Path), default=DEFAULT_ARTIFACT)
@click.option("--seeds", type=click.IntRange(0, 100_000), default=8, help="Fresh seeds.  [8]")
@click.option("--seed", type=int, help="Run this one seed alone.")
@click.option("--nonce", callback=_nonce, help="Draw the fresh seeds of this nonce again (hex).")
@click.option("--frozen", type=click.Path(path_type=Path), help="Folder of the frozen base.")
@click.option("--skip", multiple=True, type=click.Choice([c.name for c in CHECKS]))
@click.option("--json", "as_json", is_flag=True, help="The evidence as JSON on stdout.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), help="Write JUnit XML.")
def command(
    artifact: Path,
    seeds: int,
    seed: int | None,
    nonce: bytes,
    frozen: Path | None,
    skip: tuple[str, ...],
    as_json: bool,
    junit_file: Path | None,
) -> int:
    """Verify ARTIFACT (default: artifacts/kernel.json).

    The frozen base is that of the project that holds the artifact, held against the pins of this
    installation. No code of the artifact's author is run.
    """
    base = read_frozen(frozen or folder_for(artifact))
    subject = Subject(
        load(artifact),
        base,
        fixed_seeds=FIXED_SEEDS if seed is None else (seed,),
        fresh_seeds=seeds if seed is None else 0,
        nonce=nonce,
    )
    left_out = set(skip) if seed is None else set(skip) | _SEED_ALONE
    evidence = _with_progress(subject, left_out)
    if junit_file is not None:
        write_whole(junit_file, junit(evidence))
    if as_json:
        click.echo(json.dumps(evidence.as_json(), indent=1))
    else:
        print_evidence(evidence, str(artifact), Console())
    return evidence.exit_code


def _with_progress(subject: Subject, skip: set[str]) -> Evidence:
    """Show a bar on a terminal alone, on stderr, and take it away at the end."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task("", total=len(CHECKS))

        def show(check: Check) -> None:
            progress.update(task, description=check.name)
            progress.advance(task)

        return verify(subject, skip, show)
