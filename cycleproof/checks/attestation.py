"""The check ``attestation``: holders of the named keys vouch for exactly these bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..base.errors import CycleproofError
from ..base.files import read_regular
from ..base.text import plural
from ..evidence.attestation.card import SCORE_CARD
from ..evidence.attestation.envelope import MAX_FILE, Envelope, read_envelopes, verify
from ..evidence.attestation.keys import load_public, need_library
from ..evidence.attestation.statement import complaints, read_statement
from ..evidence.model import Found, Verdict
from . import Asked, Subject

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey


OPTIONS = (
    click.option(
        "--attestation",
        "--card",
        "attestation",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Hold what `attest` or `card` wrote against it.",
    ),
    click.option(
        "--key",
        "keys",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Public key that must have signed the attestation; may be repeated.",
    ),
    click.option(
        "--threshold",
        type=click.IntRange(1, 100),
        help="How many of the keys must have signed.  [default: all]",
    ),
)


@dataclass(frozen=True)
class Options(Asked):
    """A file of statements, the keys, and how many of them must have signed; all if None."""

    attestation: Path | None = None
    keys: tuple[Path, ...] = ()
    threshold: int | None = None

    def look(self, artifacts: int) -> CycleproofError | None:
        """Raises what is wrong with the file or with a key before any check runs."""
        if self.attestation is not None and not self.keys:
            raise click.UsageError(f"{self.attestation}: whose is it? --key PUB says so")
        if self.attestation is None and self.keys:
            raise click.UsageError("--key goes with --card or --attestation")
        if self.threshold is not None and self.threshold > len(self.keys):
            raise click.UsageError(
                f"--threshold {self.threshold}: {plural(len(self.keys), 'key')} named"
            )
        if self.attestation is not None:
            if artifacts > 1:
                raise click.UsageError("an attestation goes with one ARTIFACT")
            read_given(self.attestation, self.keys)
        return None

    @property
    def special(self) -> bool:
        """A named attestation."""
        return self.attestation is not None


def read_given(attestation: Path, keys: Sequence[Path]) -> tuple[list[Envelope], list["SSlibKey"]]:
    """The envelopes and the public keys, nothing of them verified yet.

    Raises ``Unreadable``, or ``MissingDependency`` without the library that signs.
    """
    need_library()
    public = [load_public(path) for path in keys]
    return read_envelopes(read_regular(attestation, MAX_FILE), attestation.name), public


def run(subject: Subject) -> Found:
    """Verify every envelope of the file, then read it and hold it against the bytes at hand.

    Raises ``Unreadable`` for a file or a key that cannot be read.
    """
    asked = subject.of(Options)
    if asked.attestation is None:
        return Found(
            Verdict.SKIPPED,
            "no attestation was given (--attestation FILE --key PUB)",
        )
    envelopes, keys = read_given(asked.attestation, asked.keys)
    threshold = asked.threshold or len(keys)
    name = asked.attestation.name
    signers: set[str] = set()
    kinds = []
    problems: list[tuple[Verdict, str]] = []
    for number, envelope in enumerate(envelopes, start=1):
        at = f"line {number}: " if len(envelopes) > 1 else ""
        signed = verify(envelope, keys, threshold)
        if not signed:
            text = f"{at}not signed by {threshold} of the {len(keys)} named keys"
            problems.append((Verdict.FAIL, text))
            continue
        signers.update(signed)
        statement = read_statement(envelope.payload, f"{name}, line {number}")
        kinds.append(statement["predicateType"])
        found = complaints(statement, subject.artifact, subject.base.digest)
        problems += [(verdict, f"{at}{text}") for verdict, text in found]
    figures = {"keys": sorted(signers), "statements": kinds, "threshold": threshold}
    about = "this program" if SCORE_CARD in kinds else "these bytes"
    if not problems:
        return Found(
            Verdict.PASS,
            f"{plural(len(kinds), 'statement')} about exactly {about}, signed by"
            f" {threshold} of {plural(len(keys), 'named key')}; a signature does not make a"
            " statement true",
            figures,
        )
    first = min(problems, key=lambda problem: problem[0] is not Verdict.FAIL)
    return Found(*first, figures, [text for verdict, text in problems if (verdict, text) != first])
