"""The CPU's engine: lane classes compiled by LLVM (llvmlite) for the processor at hand."""

import ctypes
from collections.abc import Sequence

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt

from frozen.problem import Inputs

from .. import stream
from ..result import Part
from ..slices import Sliced
from . import source
from .emit import WIDTH
from .harness import LISTED, LISTS, MISSED, RESULT_WORDS, WRONG
from .source import image_words, padded

ALIGNMENT = 64


def _aligned(words: int) -> npt.NDArray[np.uint32]:
    raw = np.zeros(words + ALIGNMENT // 4, dtype=np.uint32)
    skipped = -raw.ctypes.data % ALIGNMENT // 4
    return raw[skipped : skipped + words]


class Compiled:
    """A sliced program as machine code. One thread at a time."""

    def __init__(self, sliced: Sliced) -> None:
        self.sliced = sliced
        self._engine = _compile(source.source(sliced))
        self._image = _aligned(image_words(sliced))
        size = sum(len(padded(one)) * len(one.outputs) for one in sliced.classes)
        self._out = _aligned(size)
        pointer, word, wide = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64
        self._program = ctypes.CFUNCTYPE(word, pointer, pointer)(
            self._engine.get_function_address("program")
        )
        self._bulk = ctypes.CFUNCTYPE(
            None, pointer, pointer, pointer, word, word, wide, wide, pointer
        )(self._engine.get_function_address("bulk"))

    def bulk(self, key: Sequence[int], domain: stream.Domain, first: int, seeds: int) -> Part:
        """Run seeds ``first`` to ``first + seeds - 1`` and compare each with the reference."""
        words = np.array(key, dtype=np.uint32)
        result = np.zeros(RESULT_WORDS, dtype=np.uint64)
        self._bulk(
            self._image.ctypes.data,
            self._out.ctypes.data,
            words.ctypes.data,
            domain.number,
            domain.shift,
            first,
            seeds,
            result.ctypes.data,
        )
        wrong, missed = int(result[WRONG]), int(result[MISSED])
        lists = [int(index) for index in result[LISTS:]]
        return Part(
            first,
            seeds,
            wrong,
            tuple(lists[: min(wrong, LISTED)]),
            missed,
            tuple(lists[LISTED : LISTED + min(missed, LISTED)]),
        )

    def evaluate(self, given: Inputs) -> dict[int, int] | None:
        """What each output word holds after a run on these inputs; None if a guard missed.

        The outputs are the judged words, or all of memory if the slices were cut so.
        """
        sliced = self.sliced
        tree, values = sliced.tree_at, sliced.values_at
        self._image[tree : tree + len(given.tree)] = given.tree
        self._image[values : values + len(given.values)] = given.values
        if self._program(self._image.ctypes.data, self._out.ctypes.data):
            return None
        memory = {address: int(self._image[place]) for address, place in sliced.shared}
        at = 0
        for one in sliced.classes:
            size = len(padded(one))
            vectors = self._out[at : at + size * len(one.outputs)]
            table = vectors.reshape(size // WIDTH, len(one.outputs), WIDTH)
            at += size * len(one.outputs)
            for number, places in enumerate(one.places):
                for k, address in enumerate(places):
                    memory[address] = int(table[number // WIDTH, k, number % WIDTH])
        return memory


def _compile(text: str) -> llvm.ExecutionEngine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = target.triple, str(machine.target_data)
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
    llvm.create_pass_builder(machine, options).getModulePassManager().run(
        module, llvm.create_pass_builder(machine, options)
    )
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine
