"""Fresh seeds: bound to the artifact's digest, the nonce and the index."""

import hashlib

from cycleproof.simulator.seeds import NONCE_BYTES, fresh_seed, new_nonce

DIGEST = "ab" * 32


def test_the_formula() -> None:
    message = bytes.fromhex(DIGEST) + b"n" * 16 + b"\0\0\0\0\0\0\0\3"
    assert fresh_seed(DIGEST, b"n" * 16, 3) == int(hashlib.sha256(message).hexdigest(), 16)


def test_every_part_matters() -> None:
    seeds = {
        fresh_seed(digest, nonce, index)
        for digest in (DIGEST, "ac" * 32)
        for nonce in (b"n" * 16, b"m" * 16)
        for index in (0, 1)
    }
    assert len(seeds) == 8


def test_nonces_are_new_and_128_bits() -> None:
    assert len(new_nonce()) == NONCE_BYTES == 16
    assert new_nonce() != new_nonce()
