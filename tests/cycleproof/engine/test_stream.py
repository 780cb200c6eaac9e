"""The generator: RFC 8439's own vectors, and the definition written out a second time."""

import hashlib
import struct

import pytest

from cycleproof.engine import stream
from cycleproof.engine.stream import Domain
from frozen.problem import Shape

KEY = struct.unpack("<8I", bytes(range(32)))


def test_block_function_of_rfc_8439() -> None:
    nonce = struct.unpack("<3I", bytes.fromhex("000000090000004a00000000"))  # section 2.3.2
    block = stream.block(KEY, 1, nonce, 20)
    assert struct.pack("<16I", *block).hex() == (
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"
    )


@pytest.mark.parametrize(
    ("counter", "last", "begins"),
    [(0, 0, "76b8e0ada0f13d90"), (1, 0, "9f07e7be5551387a"), (0, 0x02000000, "c2c64d378cd53637")],
)
def test_blocks_of_rfc_8439_appendix_a1(counter: int, last: int, begins: str) -> None:
    block = stream.block((0,) * 8, counter, (0, 0, last), 20)
    assert struct.pack("<16I", *block).hex().startswith(begins)


def test_the_definition() -> None:
    shape, index = Shape(3, 5, 4), (7 << 32) + 5
    digest = hashlib.sha256(b"program").hexdigest()
    nonce = bytes(range(16))
    message = b"cycleproof/inputs/1" + bytes.fromhex(digest) + nonce
    key = struct.unpack("<8I", hashlib.sha256(message).digest())
    assert stream.key(digest, nonce) == key
    for domain, last, shift in ((stream.JUDGED, 0, 2), (stream.WIDE, 1, 0)):
        words = [w >> shift for n in range(2) for w in stream.block(key, n, (5, 7, last), 8)]
        inputs = stream.inputs(shape, key, index, domain)
        assert inputs.tree == words[:15]  # 15 nodes; lanes start at the next multiple of four
        assert inputs.values == words[16:20]


@pytest.mark.parametrize("text", ["7", "stream:", "stream:-1", "stream:1e3", f"stream:{1 << 64}"])
def test_no_seed(text: str) -> None:
    assert stream.parse_name(text) is None


@pytest.mark.parametrize("domain", [stream.JUDGED, stream.WIDE])
def test_names_are_read_back(domain: Domain) -> None:
    assert stream.parse_name(stream.name(12, domain)) == (12, domain)
