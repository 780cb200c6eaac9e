"""``cycleproof attest``: what the checks established, signed."""

import json
from pathlib import Path

import click

from ..base.files import write_whole
from ..base.text import printable
from ..bundle.read import load_any
from ..evidence.attestation.envelope import sign
from ..evidence.attestation.keys import load_signer
from ..evidence.attestation.statement import summary, test_result
from ..evidence.policy import require
from .common import evidence_for, evidence_option, nonce_option


@click.command()
@click.argument("artifact", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), required=True, help="Your private key.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
@evidence_option
@nonce_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(
    artifact: Path,
    key: Path,
    output: Path,
    evidence_file: Path | None,
    nonce: bytes,
    as_json: bool,
) -> None:
    """Sign two in-toto statements about ARTIFACT (or the one in a submission bundle).

    A test result and a verification summary, as DSSE envelopes, one a line, in OUTPUT
    (customarily kernel.intoto.jsonl). Without --evidence the checks run now. Evidence in which
    a check failed is not signed (exit code 1).
    """
    signer = load_signer(key)
    loaded = load_any(artifact)
    evidence = evidence_for(loaded, evidence_file, nonce)
    require(loaded, evidence)
    result = sign(test_result(evidence), signer)
    write_whole(output, result + sign(summary(evidence, result), signer))
    if as_json:
        figures = {
            "attestation": str(output),
            "keyid": signer.public_key.keyid,
            "file_sha256": loaded.file_sha256,
        }
        click.echo(json.dumps(figures))
    else:
        click.echo(f"{printable(str(output))}: 2 statements about {loaded.file_sha256}")
        click.echo(f"signed by {signer.public_key.keyid}")
