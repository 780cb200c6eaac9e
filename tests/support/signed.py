"""Keys and signed files for the tests, made with the libraries and not with the code under test."""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

from cycleproof.base.errors import MissingDependency
from cycleproof.base.install import install_hint
from cycleproof.evidence.attestation.envelope import PAYLOAD_TYPE
from cycleproof.evidence.attestation.statement import summary, test_result
from tests.support import samples

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )
    from securesystemslib.signer import SSlibKey
except ImportError:
    raise MissingDependency("signed files need securesystemslib", install_hint("attest")) from None

KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(3)]


def keyid(number: int = 0) -> str:
    return SSlibKey.from_crypto(KEYS[number].public_key()).keyid


def public_file(folder: Path, number: int = 0) -> Path:
    path = folder / f"{number}.pub"
    public = KEYS[number].public_key()
    path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def envelope(payload: bytes, /, *signers: int, kind: str = PAYLOAD_TYPE, **change: Any) -> bytes:
    """A DSSE line by the letter of its specification; ``change`` replaces keys."""
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    rows = [
        {"keyid": keyid(n), "sig": base64.b64encode(KEYS[n].sign(pae)).decode()} for n in signers
    ]
    document = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": kind,
        "signatures": rows,
    }
    return json.dumps(document | change).encode() + b"\n"


@cache
def statements() -> tuple[bytes, bytes]:
    """Both statements about the sample artifact."""
    result = test_result(samples.evidence())
    return result, summary(samples.evidence(), envelope(result, 0))


def edited(number: int = 0, *path: str | int, to: Any) -> bytes:
    """One of the statements with one place in it replaced."""
    document = json.loads(statements()[number])
    at = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return json.dumps(document).encode()


def private_file(folder: Path, number: int = 0) -> Path:
    """A private key as ``key new`` leaves it: nobody else may read it."""
    file = folder / "me.key"
    file.write_bytes(private_pem(number))
    file.chmod(0o600)
    return file


def private_pem(number: int = 0) -> bytes:
    return KEYS[number].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
