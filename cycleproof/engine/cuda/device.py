"""The GPU's engine: lane classes as CUDA C, compiled by NVRTC and launched through CuPy."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from ...base.errors import MissingDependency
from ...base.files import temporary_folder
from ...base.install import install_hint
from .. import stream
from ..compiling import compiled
from ..result import UNBOUNDED, Part
from ..sliced import Sliced
from . import grid as grids
from .grid import LISTED, LISTS, MISSED, NONE, RESULT_WORDS, WRONG, Grid
from .nvrtc import cubin
from .source import source


def _cupy() -> Any:
    hint = f"{install_hint('gpu')}, on a machine with an NVIDIA GPU"
    if find_spec("cupy") is None:
        raise MissingDependency("cupy is not installed", hint)
    import cupy

    try:
        cupy.cuda.runtime.getDevice()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise MissingDependency(f"no GPU can be used: {error}", hint) from None
    return cupy


class Device:
    """A sliced program on the current GPU."""

    name = "cuda"
    refusal = ""

    def __init__(self, sliced: Sliced, grid: Grid | None = None) -> None:
        self._cupy = _cupy()
        self.sliced, self.grid = sliced, grids.fitting(sliced, grid or Grid())
        self._bytes = grids.shared_bytes(sliced, self.grid)
        text = source(sliced, self.grid)
        capability = self._cupy.cuda.Device().compute_capability
        code = compiled("NVRTC", lambda: cubin(text, capability))
        with temporary_folder() as folder:
            path = folder / "bulk.cubin"
            path.write_bytes(code)
            self.kernel = self._cupy.RawModule(path=str(path)).get_function("bulk")
            self.kernel.max_dynamic_shared_size_bytes = self._bytes  # loads it

    def work(self) -> int:
        """Nothing is interpreted."""
        return 1

    def bulk(
        self,
        key: Sequence[int],
        domain: stream.Domain,
        first: int,
        seeds: int,
        budget: int = UNBOUNDED,  # compiled code takes none of it
    ) -> Part:
        """Run seeds ``first`` to ``first + seeds - 1`` and compare each with the reference."""
        result = self._cupy.zeros(RESULT_WORDS, dtype=np.uint64)
        result[[WRONG + 1, MISSED + 1]] = NONE
        words = key_words(key, domain)
        processors = self._cupy.cuda.Device().attributes["MultiProcessorCount"]
        self.kernel(
            (processors * self.grid.blocks,),
            (self.grid.threads,),
            (words[0], np.uint64(first), np.uint64(seeds), result),
            shared_mem=self._bytes,
        )
        return part(first, seeds, result.get())


KEY = np.dtype([("words", "u4", 8), ("number", "u4"), ("shift", "u4")])
"""The kernel takes its key by value, as this struct."""


def key_words(key: Sequence[int], domain: stream.Domain) -> npt.NDArray[np.void]:
    """A kernel's key, as an array of one."""
    return np.array([(tuple(key), domain.number, domain.shift)], dtype=KEY)


def part(first: int, seeds: int, result: Any) -> Part:
    """A kernel's result as a part; its lists are in no order, its least indices are exact."""
    wrong, missed = (
        _listed(result, kind, start) for kind, start in ((WRONG, LISTS), (MISSED, LISTS + LISTED))
    )
    return Part(first, seeds, int(result[WRONG]), wrong, int(result[MISSED]), missed)


def _listed(result: Any, kind: int, start: int) -> tuple[int, ...]:
    number = int(result[kind])
    listed = {int(index) for index in result[start : start + min(number, LISTED)]}
    return tuple(sorted(listed | {int(result[kind + 1])} if number else listed))
