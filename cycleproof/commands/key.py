"""``cycleproof key``: keys for attestations."""

import json
from pathlib import Path

import click

from ..base.files import is_stream
from ..base.text import printable
from ..evidence.attestation.keys import new_key_pair
from .common import json_option


@click.group()
def command() -> None:
    """Keys for `attest` and `card`."""


@command.command(short_help="write a new key pair")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The file of the private key.",
)
@json_option
def new(output: Path, as_json: bool) -> None:
    """Write a new ed25519 key pair: OUTPUT (private, mode 0600) and OUTPUT.pub.

    Neither file is ever overwritten. The private key is not encrypted: keep it where only you
    can read it.
    """
    if is_stream(output):
        raise click.UsageError("a key pair is two files: name a new one")
    public, keyid = new_key_pair(output)
    if as_json:
        click.echo(json.dumps({"private": str(output), "public": str(public), "keyid": keyid}))
    else:
        click.echo(f"private: {printable(str(output))}\npublic: {printable(str(public))}")
        click.echo(f"key id: {keyid}")
