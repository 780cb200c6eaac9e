"""DSSE envelopes (secure-systems-lab/dsse, v1.0): exact bytes, signed; verified before read.

An attestation file is an in-toto bundle: one envelope a line.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ...base.errors import Unreadable
from ...base.strictjson import read_strict

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_FILE = 1 << 20
MAX_ENVELOPES = 8
MAX_SIGNATURES = 8
_SIGNATURE_BYTES = 64  # ed25519


class Envelope(NamedTuple):
    """A payload nobody has looked into yet, and its signatures by key id."""

    payload: bytes
    signatures: dict[str, bytes]


def sign(payload: bytes, signer: "CryptoSigner") -> bytes:
    """One line: the envelope of ``payload`` with one signature. The same input, the same bytes."""
    from securesystemslib import dsse

    envelope = dsse.Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), sort_keys=True, separators=(",", ":")).encode() + b"\n"


def read_envelopes(data: bytes, name: str) -> list[Envelope]:
    """The envelopes of an attestation file, their payloads unread. Raises ``Unreadable``."""
    lines = data.splitlines()
    if not 1 <= len(lines) <= MAX_ENVELOPES:
        raise Unreadable(f"{name}: {len(lines)} lines; expected 1 to {MAX_ENVELOPES} envelopes")
    return [_read(line, f"{name}, line {number}") for number, line in enumerate(lines, start=1)]


def verify(envelope: Envelope, keys: Sequence["SSlibKey"], threshold: int) -> list[str]:
    """The ids of the keys that signed; empty if fewer than ``threshold`` of ``keys`` did.

    Raises ``Unreadable`` where keys and threshold make no sense: signatures of one key are one.
    """
    from securesystemslib import dsse
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import Signature

    ids = [key.keyid for key in keys]
    if len(set(ids)) != len(ids):
        raise Unreadable("one key is named twice", "name each --key once")
    if not 1 <= threshold <= len(ids):
        raise Unreadable(f"a threshold of {threshold} with {len(ids)} keys makes no sense")
    signatures = {keyid: Signature(keyid, sig.hex()) for keyid, sig in envelope.signatures.items()}
    signed = dsse.Envelope(envelope.payload, PAYLOAD_TYPE, signatures)
    try:
        return sorted(signed.verify(list(keys), threshold))
    except VerificationError:
        return []


def _read(line: bytes, name: str) -> Envelope:
    def refuse(problem: str) -> NoReturn:
        raise Unreadable(f"{name}: {problem}")

    def decoded(value: Any, what: str) -> bytes:
        try:
            data = base64.b64decode(value.encode("ascii"), validate=True)
        except (AttributeError, UnicodeEncodeError, binascii.Error):
            refuse(f"{what} is not base64")
        if base64.b64encode(data).decode() != value:
            refuse(f"{what} is base64 with stray bits")
        return data

    document = read_strict(line, name)
    if not isinstance(document, dict) or document.keys() != {
        "payload",
        "payloadType",
        "signatures",
    }:
        refuse("not a DSSE envelope: payload, payloadType, signatures")
    if document["payloadType"] != PAYLOAD_TYPE:
        refuse(f"payloadType is {document['payloadType']!a:.80}, not {PAYLOAD_TYPE}")
    rows = document["signatures"]
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_SIGNATURES:
        refuse(f"expected 1 to {MAX_SIGNATURES} signatures")
    signatures: dict[str, bytes] = {}
    for row in rows:
        if not isinstance(row, dict) or row.keys() != {"keyid", "sig"}:
            refuse("a signature is a keyid and a sig")
        keyid = row["keyid"]
        if type(keyid) is not str or not keyid or keyid in signatures:
            refuse(f"key id {keyid!a:.80} is empty or there twice")
        signatures[keyid] = decoded(row["sig"], "sig")
        if len(signatures[keyid]) != _SIGNATURE_BYTES:
            refuse(f"a signature of {len(signatures[keyid]):,} bytes is none of ed25519")
    return Envelope(decoded(document["payload"], "payload"), signatures)
