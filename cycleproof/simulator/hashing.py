"""The problem's hash the other way round, and of many words at once."""

import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from frozen.ops import MASK
from frozen.problem import HASH_STAGES

STAGES = len(HASH_STAGES)


def unhash32(value: int, stages: int = STAGES) -> int:
    """The word that the first ``stages`` stages of the hash turn into ``value``."""
    for op1, constant, op2, shift, amount in reversed(HASH_STAGES[:stages]):
        a = 0
        for _ in range(32 // amount + 1):  # each pass settles ``amount`` more bits
            right = a << amount if shift == "<<" else a >> amount
            left = value - right if op2 == "+" else value ^ right
            a = (left - constant if op1 == "+" else left ^ constant) & MASK
        value = a
    return value


def _hasher() -> Callable[[int, int], int]:
    """Make ``hashed(v, ones)`` from the stages: the hash of many words in one integer.

    The words lie 64 bits apart in ``v``, and ``ones`` has a 1 at each (SIMD within a register). A
    stage makes at most 64 bits of a word; bits that a right shift brings over from the next word
    lie above the 32 that are kept.
    """
    stages = [
        f"v = ((v {op1} {constant} * ones) {op2} (v {shift} {amount})) & words"
        for op1, constant, op2, shift, amount in HASH_STAGES
    ]
    body = "\n ".join(["def hashed(v, ones):", f"words = {MASK} * ones", *stages, "return v"])
    scope: dict[str, Any] = {}
    exec(body, scope)
    hashed: Callable[[int, int], int] = scope["hashed"]
    return hashed


hash_packed = _hasher()


def packed(words: Iterable[int]) -> int:
    """Words in one integer, 64 bits apart."""
    return int.from_bytes(array("Q", words).tobytes(), sys.byteorder)


def unpacked(words: int, count: int) -> Sequence[int]:
    """The ``count`` words in one integer."""
    return array("Q", words.to_bytes(8 * count, sys.byteorder))
