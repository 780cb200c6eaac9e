"""Scratch of the scalar compiler: a bump allocator, and the constants that the prologue loads."""

from collections.abc import Callable

from frozen.ops import SCRATCH_SIZE

from ..errors import DoesNotFit
from .packer import Step

HEADER = (
    "rounds",
    "n_nodes",
    "batch_size",
    "forest_height",
    "forest_values_p",
    "inp_indices_p",
    "inp_values_p",
)
"""The first words of memory, in order (docs/spec.md, section 2)."""


class Scratch:
    """Hands out words; loads each constant and header word once, through ``emit``."""

    def __init__(self, emit: Callable[[Step, str], None]) -> None:
        self._emit = emit
        self._next = 0
        self._constants: dict[int, int] = {}
        self._vectors: dict[int, int] = {}

    @property
    def free(self) -> int:
        """Words that are left."""
        return SCRATCH_SIZE - self._next

    def take(self, words: int) -> int:
        """The address of ``words`` fresh words. Raises ``DoesNotFit``."""
        if words > self.free:
            raise DoesNotFit(
                f"needs {words - self.free} more words of scratch than the {SCRATCH_SIZE} there"
                " are; a smaller batch fits"
            )
        self._next += words
        return self._next - words

    def header(self) -> dict[str, int]:
        """Load the seven header words; returns their scratch addresses by name."""
        words = {}
        for at, name in enumerate(HEADER):
            words[name] = self.take(1)
            self._emit(Step("load", ("const", words[name], at)), f"address of {name}")
            self._emit(Step("load", ("load", words[name], words[name])), name)
        return words

    def constant(self, value: int) -> int:
        """The address of a word that holds ``value``."""
        if value not in self._constants:
            self._constants[value] = self.take(1)
            self._emit(
                Step("load", ("const", self._constants[value], value)), f"constant {value:#x}"
            )
        return self._constants[value]

    def spread(self, word: int, width: int) -> int:
        """``word`` itself for width 1, else the address of a vector with it in every lane."""
        if width == 1:
            return word
        if word not in self._vectors:
            self._vectors[word] = self.take(width)
            self._emit(Step("valu", ("vbroadcast", self._vectors[word], word)), "constant vector")
        return self._vectors[word]
