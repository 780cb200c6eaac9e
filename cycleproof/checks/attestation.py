"""The check ``attestation``: holders of the named keys vouch for exactly these bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.files import read_regular
from ..evidence.attestation.card import SCORE_CARD
from ..evidence.attestation.envelope import MAX_FILE, Envelope, read_envelopes, verify
from ..evidence.attestation.keys import load_public, need_library
from ..evidence.attestation.statement import complaints, read_statement
from ..evidence.model import Finding, Verdict
from . import Subject

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey


def read_given(attestation: Path, keys: Sequence[Path]) -> tuple[list[Envelope], list["SSlibKey"]]:
    """The envelopes and the public keys, nothing of them verified yet.

    Raises ``Unreadable``, or ``MissingDependency`` without the library that signs.
    """
    need_library()
    public = [load_public(path) for path in keys]
    return read_envelopes(read_regular(attestation, MAX_FILE), attestation.name), public


def run(subject: Subject) -> Finding:
    """Verify every envelope of the file, then read it and hold it against the bytes at hand."""
    if subject.attestation is None:
        return Finding(
            "attestation",
            Verdict.SKIPPED,
            "no attestation was given (--attestation FILE --key PUB)",
        )
    envelopes, keys = read_given(subject.attestation, subject.keys)
    name = subject.attestation.name
    signers: set[str] = set()
    kinds = []
    problems: list[tuple[Verdict, str]] = []
    for number, envelope in enumerate(envelopes, start=1):
        at = f"line {number}"
        signed = verify(envelope, keys, subject.threshold)
        if not signed:
            text = f"{at}: not signed by {subject.threshold} of the {len(keys)} named keys"
            problems.append((Verdict.FAIL, text))
            continue
        signers.update(signed)
        statement = read_statement(envelope.payload, f"{name}, {at}")
        kinds.append(statement["predicateType"])
        found = complaints(statement, subject.artifact, subject.base.digest)
        problems += [(verdict, f"{at}: {text}") for verdict, text in found]
    figures = {"keys": sorted(signers), "statements": kinds, "threshold": subject.threshold}
    about = "this program" if SCORE_CARD in kinds else "these bytes"
    if not problems:
        return Finding(
            "attestation",
            Verdict.PASS,
            f"{len(kinds)} statements about exactly {about}, signed by"
            f" {subject.threshold} of {len(keys)} named keys; whether they are true is left open",
            figures,
        )
    failed = [text for verdict, text in problems if verdict is Verdict.FAIL]
    return Finding(
        "attestation",
        Verdict.FAIL if failed else Verdict.UNKNOWN,
        (failed or [problems[0][1]])[0],
        figures,
        [text for _, text in problems],
    )
