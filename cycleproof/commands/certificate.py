"""The certificate that goes into a bundle, for `submit` and `pack`."""

from collections.abc import Mapping

import click

from ..artifact.format import LoadedArtifact
from ..base.budget import BUDGET
from ..bundle.layout import CERTIFICATE_NAME, MAX_TEXT
from ..evidence.model import Evidence, Verdict
from ..proof import prove_limited
from .bars import gauge_bar


def certificate_of(
    loaded: LoadedArtifact, evidence: Evidence, budget: int = BUDGET
) -> dict[str, bytes]:
    """The proof's certificate, for the reviewer's own checker, where there is a proof."""
    if "proof" not in evidence.named(Verdict.PASS):
        return {}
    with gauge_bar() as tell:
        certificate = prove_limited(
            loaded.decoded,
            certificate=True,
            budget=2 * budget,  # it was proved within the budget, so this is enough
            tell=tell,
        ).certificate
    return {} if certificate is None else {CERTIFICATE_NAME: certificate}


def fitting(extras: Mapping[str, bytes]) -> dict[str, bytes]:
    """The extras that a bundle can hold; the others are named on stderr."""
    for name, data in extras.items():
        if len(data) > MAX_TEXT:
            size = f"{len(data):,} bytes, over the limit of {MAX_TEXT:,}"
            click.echo(f"the bundle goes without {name}: {size}", err=True)
    return {name: data for name, data in extras.items() if len(data) <= MAX_TEXT}
