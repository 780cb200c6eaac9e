"""Inputs by number: seed i of a program and a nonce, from ChaCha8, the same on every back end.

The key is SHA-256(DOMAIN, program digest, nonce), read as 8 little-endian words. Seed i uses the
block function of RFC 8439 with 8 rounds, the block counter from 0 and the nonce words (i mod
2**32, i >> 32, pass). Tree word n is stream word n, lane l is stream word 4 * ceil(n_nodes / 4)
+ l; in the judged domain each word is shifted right by 2, so that it lies below 2**30.
"""

import hashlib
import struct
from collections.abc import Sequence
from typing import NamedTuple

from frozen.ops import MASK
from frozen.problem import INPUT_BITS, Inputs, Shape

DOMAIN = b"cycleproof/inputs/1"
ROUNDS = 8
BLOCK_WORDS = 16
CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
# The four words that each quarter round mixes: four columns, then four diagonals.
QUARTERS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip
# A quarter round (RFC 8439, 2.1); (x, y, z, n): x += y, then z = (z ^ x) rotated left by n.
STEPS = ((0, 1, 3, 16), (2, 3, 1, 12), (0, 1, 3, 8), (2, 3, 1, 7))


class Domain(NamedTuple):
    """Which words are drawn: the third nonce word, and how far each word is shifted right."""

    name: str
    number: int
    shift: int


JUDGED = Domain("below 2**30", 0, 32 - INPUT_BITS)
WIDE = Domain("all 32-bit words", 1, 0)


def key(program_sha256: str, nonce: bytes) -> tuple[int, ...]:
    """The 8 key words of a program (hex digest) and a nonce of 16 bytes."""
    message = DOMAIN + bytes.fromhex(program_sha256) + nonce
    return struct.unpack("<8I", hashlib.sha256(message).digest())


def block(words: Sequence[int], counter: int, nonce: Sequence[int], rounds: int) -> list[int]:
    """One block of 16 words: the block function of RFC 8439 (section 2.3) with so many rounds."""
    return keystream(words, range(counter, counter + 1), nonce, rounds)


def keystream(
    words: Sequence[int], counters: range, nonce: Sequence[int], rounds: int
) -> list[int]:
    """The words of some blocks, one block after the other.

    The blocks are computed side by side: each word of the state is one large integer, in which
    every block has 64 bits of its own, the upper 32 of them room for what is shifted out.
    """
    blocks = len(counters)
    each = ((1 << 64 * blocks) - 1) // ((1 << 64) - 1)  # 1 in every block
    mask = MASK * each
    counter = int.from_bytes(struct.pack(f"<{blocks}Q", *counters), "little")
    start = [word * each for word in (*CONSTANTS, *words)]
    start += [counter, *(word * each for word in nonce)]
    state = list(start)
    for _ in range(rounds // 2):
        for quarter in QUARTERS:
            for x, y, z, amount in STEPS:
                a, b, c = quarter[x], quarter[y], quarter[z]
                state[a] = (state[a] + state[b]) & mask
                mixed = state[c] ^ state[a]
                state[c] = (mixed << amount | mixed >> (32 - amount)) & mask
    made = [
        ((a + b) & mask).to_bytes(8 * blocks, "little") for a, b in zip(state, start, strict=True)
    ]
    columns = [struct.unpack(f"<{blocks}Q", column) for column in made]
    return [word for one in zip(*columns, strict=True) for word in one]


def tree_words(shape: Shape) -> int:
    """Stream words before the first lane's: the tree, filled up to a multiple of four."""
    return -(-shape.n_nodes // 4) * 4


def blocks(shape: Shape) -> int:
    """How many blocks one seed takes."""
    return -(-(tree_words(shape) + shape.batch_size) // BLOCK_WORDS)


def inputs(shape: Shape, words: Sequence[int], index: int, domain: Domain = JUDGED) -> Inputs:
    """The inputs of seed ``index`` (0..2**64-1) under the key ``words``."""
    nonce = (index & MASK, index >> 32, domain.number)
    stream = keystream(words, range(blocks(shape)), nonce, ROUNDS)
    drawn = [word >> domain.shift for word in stream]
    lanes = tree_words(shape)
    return Inputs(drawn[: shape.n_nodes], drawn[lanes : lanes + shape.batch_size])


def layout(shape: Shape, given: Inputs) -> list[int]:
    """Any inputs in the order of the stream, zeros between tree and lanes and at the end."""
    gap = tree_words(shape) - shape.n_nodes
    words = [*given.tree, *([0] * gap), *given.values]
    return words + [0] * (blocks(shape) * BLOCK_WORDS - len(words))


def name(index: int, domain: Domain = JUDGED) -> str:
    """How a seed is named on the command line: ``stream:7``; ``stream32:7`` for 32-bit words."""
    return f"{_PREFIXES[domain]}{index}"


def parse_name(text: str) -> tuple[int, Domain] | None:
    """The seed that a name means; None if it names something else."""
    for domain, prefix in _PREFIXES.items():
        number = text.removeprefix(prefix)
        if number != text and number.isascii() and number.isdigit() and int(number) < 1 << 64:
            return int(number), domain
    return None


_PREFIXES = {JUDGED: "stream:", WIDE: "stream32:"}
