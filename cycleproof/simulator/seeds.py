"""Seeds: a few fixed ones, and fresh ones that nobody could know before the artifact was fixed."""

import hashlib
import secrets

FIXED_SEEDS = tuple(range(8))
FRESH_SEEDS = 8  # unless more or fewer are asked for
NONCE_BYTES = 16


def new_nonce() -> bytes:
    """128 bits from the operating system."""
    return secrets.token_bytes(NONCE_BYTES)


def fresh_seed(program_sha256: str, nonce: bytes, index: int) -> int:
    """SHA-256(artifact digest ‖ nonce ‖ index as 8 bytes, big endian), as an integer.

    A generator that wants to fit its kernel to the inputs would have to know the nonce, which is
    drawn after the digest is fixed; whoever has the nonce can draw the same seeds again.
    """
    message = bytes.fromhex(program_sha256) + nonce + index.to_bytes(8, "big")
    return int.from_bytes(hashlib.sha256(message).digest(), "big")
