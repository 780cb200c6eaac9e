"""``cycleproof card``: what was established, signed, without the kernel."""

from pathlib import Path

import click

from ..base.errors import ExitCode
from ..base.files import write_whole
from ..base.text import command_line, printable
from ..bundle.read import load_any
from ..evidence.attestation.envelope import sign
from ..evidence.attestation.keys import load_signer
from ..evidence.attestation.statement import score_card
from ..evidence.policy import Requirements, require
from ..evidence.wording import headline
from ..view.badge import badge
from .common import (
    Kept,
    OutputFile,
    evidence_for,
    named_artifact_argument,
    output_option,
    private_key_option,
    requirements_options,
    say,
    store_options,
)


@click.command()
@named_artifact_argument
@private_key_option
@output_option
@click.option("--badge", "badge_file", type=OutputFile(), help="Write an SVG badge too.")
@requirements_options(gate=True)
@store_options(again=True)
def command(
    artifact: Path,
    key: Path,
    output: Path,
    badge_file: Path | None,
    requirements: Requirements,
    kept: Kept,
) -> ExitCode:
    """Sign a score card about ARTIFACT: OUTPUT shows cycles and proof, but not the kernel.

    It is for places where solutions are not published. Whoever gets the kernel later matches it by
    `verify ARTIFACT --card OUTPUT --key YOUR.pub`. What it says is what your own last `verify`
    found, or what the checks find now. Where one fails, no card is made (exit code 1); a card about
    an OPEN kernel says OPEN (exit code 4).
    """
    signer = load_signer(key)
    loaded = load_any(artifact)
    evidence = require(loaded, evidence_for(loaded, None, kept), requirements)
    write_whole(output, sign(score_card(evidence), signer))
    if badge_file is not None:
        write_whole(badge_file, badge(evidence))
    say(headline(evidence).line, output)
    say(f"{printable(str(output))}: signed by {signer.public_key.keyid}", output)
    matched = command_line("verify", artifact, "--card", output, "--key", f"{key}.pub")
    say(f"whoever gets the kernel later types: {printable(matched)}", output)
    return evidence.exit_code
