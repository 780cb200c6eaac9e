"""The CUDA source as C++: compiled by g++, called in place of a GPU."""

import ctypes
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cycleproof.engine import stream
from cycleproof.engine.cuda.device import KEY, key_words, part
from cycleproof.engine.cuda.grid import NONE, RESULT_WORDS, Grid, fitting
from cycleproof.engine.cuda.source import source
from cycleproof.engine.result import Part
from cycleproof.engine.sliced import Sliced
from frozen.problem import Inputs


class Key(ctypes.Structure):
    """What ``KEY`` is, passed by value."""

    _fields_ = (("words", ctypes.c_uint32 * (KEY.itemsize // 4)),)


@cache
def library(text: str) -> ctypes.CDLL:
    with TemporaryDirectory(prefix="cycleproof-emulated-") as name:
        folder = Path(name)
        (folder / "kernel.cpp").write_text(text)
        command = ["g++", "-std=c++17", "-O0", "-fno-strict-aliasing", "-shared", "-fPIC"]
        subprocess.run([*command, "-o", folder / "kernel.so", folder / "kernel.cpp"], check=True)
        return ctypes.CDLL(str(folder / "kernel.so"))


class Emulated:
    """What ``cuda.Device`` is, on the processor."""

    def __init__(self, sliced: Sliced, grid: Grid | None = None) -> None:
        self.sliced = sliced
        self.grid = fitting(sliced, grid or Grid())

    def bulk(self, key: Sequence[int], domain: stream.Domain, first: int, seeds: int) -> Part:
        result = np.zeros(RESULT_WORDS, dtype=np.uint64)
        result[[1, 3]] = NONE
        given = Key.from_buffer_copy(key_words(key, domain).tobytes())
        wide = ctypes.c_uint64
        run = library(source(self.sliced, self.grid)).bulk
        run.restype = None
        run(given, wide(first), wide(seeds), ctypes.c_void_p(result.ctypes.data))
        return part(first, seeds, result)

    def evaluate(self, inputs: Sequence[Inputs]) -> list[list[int] | None]:
        """All of memory after a run on each of some inputs; None where a guard missed."""
        shape = self.sliced.executed.shape
        rows = [stream.layout(shape, one) for one in inputs]
        rows += [rows[-1]] * (-len(rows) % self.grid.seeds)
        given = np.array(rows, dtype=np.uint32)
        results = np.zeros((len(rows), shape.memory_size), dtype=np.uint32)
        misses = np.zeros(len(rows), dtype=np.uint32)
        run = library(source(self.sliced, self.grid, evaluate=True)).evaluate
        run.restype = None
        pointers = [ctypes.c_void_p(a.ctypes.data) for a in (results, misses)]
        run(ctypes.c_void_p(given.ctypes.data), ctypes.c_uint32(len(rows)), *pointers)
        return [
            None if missed else [int(word) for word in row]
            for row, missed in zip(results[: len(inputs)], misses, strict=False)
        ]
