"""``cycleproof pack``: a submission bundle, the same bytes for the same input on any machine."""

import hashlib
import json
from pathlib import Path

import click

from ..artifact.format import BUNDLE_NAME, load
from ..base.errors import ExitCode
from ..base.files import is_stream, write_whole
from ..base.text import printable, short
from ..bundle.hygiene import need_scanner
from ..bundle.layout import CERTIFICATE_NAME, encode, order
from ..bundle.pack import members_of, read_extras
from ..evidence.next_step import to_a_reviewer
from ..evidence.policy import Requirements, require
from ..evidence.wording import headline
from .certificate import certificate_of, fitting
from .common import (
    Kept,
    evidence_for,
    evidence_option,
    json_option,
    named_artifact_argument,
    output_option,
    requirements_options,
    say,
    store_options,
)


@click.command()
@named_artifact_argument
@output_option
@evidence_option
@requirements_options(gate=True)
@store_options(again=True)
@click.option(
    "--add",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A text file of yours, as extra/NAME; may be repeated.",
)
@json_option
def command(
    artifact: Path,
    output: Path,
    evidence_file: Path | None,
    add: tuple[Path, ...],
    as_json: bool,
    requirements: Requirements,
    kept: Kept,
) -> ExitCode:
    """Pack ARTIFACT with its evidence into the zip file OUTPUT, and list every file in it.

    The certificate of a proof goes with it. The same artifact, evidence, added files and name of
    OUTPUT give the same bytes anywhere. Without --evidence
    it is that of your last `verify`, or the checks run now, on fresh seeds. Refused (exit code 1)
    are evidence of a replayed nonce, another shape than the judged one, and what does not belong:
    secrets, absolute paths, your user name, leftovers, files over a limit. A bundle about an OPEN
    kernel says OPEN (exit code 4).
    """
    need_scanner()
    loaded = load(artifact)
    extras = read_extras(add)
    evidence = evidence_for(loaded, evidence_file, kept, requirements=requirements)
    evidence = require(loaded, evidence, requirements)
    if CERTIFICATE_NAME not in extras:
        extras |= fitting(certificate_of(loaded, evidence))
    file = BUNDLE_NAME if is_stream(output) else output.name
    members = members_of(loaded, evidence, extras, requirements, file)
    data = encode(members)
    write_whole(output, data)
    digest = hashlib.sha256(data).hexdigest()
    rows = [(hashlib.sha256(members[n]).hexdigest(), len(members[n]), n) for n in order(members)]
    if as_json:
        files = [{"name": name, "bytes": size, "sha256": sha} for sha, size, name in rows]
        say(json.dumps({"bundle": str(output), "sha256": digest, "files": files}), output)
    else:
        say(headline(evidence).line, output)
        for sha, size, name in rows:
            say(f"{short(sha)}  {size:>9,}  {name}", output)
        say(f"{printable(str(output))}: {len(data):,} bytes, SHA-256 {digest}", output)
        say(to_a_reviewer(output, file), output)
    return evidence.exit_code
