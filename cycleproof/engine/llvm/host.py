"""The processor at hand: what LLVM is told of it, and what it does well."""

import functools
from typing import NamedTuple

import llvmlite.binding as llvm

AMD = "znver"  # how LLVM's names of AMD's processors begin


class Processor(NamedTuple):
    """LLVM's name of a processor, and its features that are there or not."""

    name: str
    features: llvm.FeatureMap


class Host(NamedTuple):
    """What the assembly is written for.

    ``vector``: the words in one vector: 16 (AVX-512), 8 (AVX2), else 4. ``gathers``: one
    instruction loads from many places faster than as many loads do. ``multiplies``: a product of
    vectors costs no more than a shift.
    """

    vector: int
    gathers: bool
    multiplies: bool

    @property
    def picks(self) -> bool:
        """Whether one instruction picks words out of a vector, each by its own number."""
        return self.vector > 4

    @property
    def shuffles(self) -> bool:
        """Whether one instruction moves bytes (AVX2), and none rotates words (AVX-512)."""
        return self.vector == 8


@functools.cache
def processor() -> Processor:
    """The processor that runs this."""
    return Processor(llvm.get_host_cpu_name(), llvm.get_host_cpu_features())


def host() -> Host:
    """What the processor that runs this does well."""
    name, features = processor()
    wide = bool(features.get("avx512f"))
    vector = 16 if wide else 8 if features.get("avx2") else 4
    amd = name.startswith(AMD)
    return Host(vector, gathers=wide and not amd, multiplies=amd and wide)
