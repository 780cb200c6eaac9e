"""What the processor at hand does well, as the assembly asks it."""

import functools
from typing import NamedTuple

import llvmlite.binding as llvm


class Host(NamedTuple):
    """``gathers``: one instruction loads from many places faster than as many loads do.

    ``permutes``: one instruction picks words out of a vector of eight (AVX2). ``shuffles``: one
    moves bytes (AVX2), and none rotates words (AVX-512).
    """

    gathers: bool
    permutes: bool
    shuffles: bool


@functools.cache
def host() -> Host:
    """What the processor that runs this does well."""
    features = llvm.get_host_cpu_features()
    wide, vectors = bool(features.get("avx512f")), bool(features.get("avx2"))
    return Host(gathers=wide, permutes=vectors, shuffles=vectors and not wide)
