"""``cycleproof attest``: what the checks established, signed."""

import json
import re
from pathlib import Path

import click

from ..base.errors import ExitCode
from ..base.files import write_whole
from ..base.text import printable
from ..bundle.read import load_any
from ..challenge.clone import read_clone
from ..challenge.facts import OFFICIAL
from ..checks import Subject, reproduce
from ..checks import upstream as official
from ..evidence.attestation.envelope import sign
from ..evidence.attestation.keys import load_signer
from ..evidence.attestation.statement import VERIFIER, summary, test_result
from ..evidence.model import Verdict
from ..evidence.policy import Requirements, repeated, require
from ..evidence.wording import headline
from ..simulator.frozenbase import folder_for, read_frozen
from .common import (
    Kept,
    evidence_for,
    json_option,
    named_artifact_argument,
    output_option,
    private_key_option,
    read_evidence_about,
    requirements_options,
    say,
    store_options,
    verify_and_keep,
)

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,500}")


def _uri(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not _URI.fullmatch(text):
        raise click.BadParameter(
            "expected a URI of printable ASCII, such as https://example.org/me"
        )
    return text


@click.command()
@named_artifact_argument
@private_key_option
@output_option
@click.option(
    "--evidence",
    "evidence_file",
    type=click.Path(path_type=Path),
    help="What `verify --json` wrote: sign only if its passed checks pass here too.",
)
@click.option(
    "--upstream",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A clone of the challenge's repository: sign only if its own tests pass now.",
)
@click.option(
    "--verifier", default=VERIFIER, callback=_uri, help="The URI that you verify as.  [neutral]"
)
@requirements_options(gate=True)
@store_options(again=True)
@json_option
def command(
    artifact: Path,
    key: Path,
    output: Path,
    evidence_file: Path | None,
    upstream: Path | None,
    verifier: str,
    as_json: bool,
    requirements: Requirements,
    kept: Kept,
) -> ExitCode:
    """Sign two in-toto statements about ARTIFACT (or the one in a submission bundle).

    A test result and a verification summary, as DSSE envelopes, one a line, in OUTPUT
    (customarily kernel.intoto.jsonl). What is signed is what your own last `verify` found, or
    what the checks find now; with --upstream they are run now. Nothing is signed where a check
    fails, a requirement is not met or that run does not bear out the --evidence (exit code 1);
    what is OPEN is signed as a warning (exit code 4).
    """
    signer = load_signer(key)
    if upstream is not None:
        read_clone(upstream, OFFICIAL)  # what cannot be used is said before the checks run
    loaded = load_any(artifact)
    believed = read_evidence_about(loaded, evidence_file) if evidence_file else None
    if believed is not None:
        require(loaded, believed, requirements)
    again = believed is not None and "reproduce" in believed.named(Verdict.PASS)
    if again or upstream is not None:
        base = read_frozen(folder_for(loaded.path))
        asked = (reproduce.Options(again), official.Options(upstream))
        made = verify_and_keep(Subject(loaded, base, asked), kept.store)
        if upstream is not None:
            requirements = requirements.joined(Requirements(("upstream",)))
    else:
        made = evidence_for(loaded, None, kept)
    evidence = require(loaded, made, requirements)
    if believed is not None:
        repeated(believed, evidence)
    result = sign(test_result(evidence), signer)
    write_whole(output, result + sign(summary(evidence, result, verifier), signer))
    if as_json:
        figures = {
            "attestation": str(output),
            "keyid": signer.public_key.keyid,
            "file_sha256": loaded.file_sha256,
        }
        say(json.dumps(figures), output)
    else:
        say(headline(evidence).line, output)
        say(f"{printable(str(output))}: 2 statements about {loaded.file_sha256}", output)
        say(f"signed by {signer.public_key.keyid}", output)
    return evidence.exit_code
