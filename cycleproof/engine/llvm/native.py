"""Machine code for the processor at hand, and the seeds that it runs."""

import ctypes
import functools
from collections.abc import Sequence

import llvmlite.binding as llvm
import numpy as np
import numpy.typing as npt

from frozen.problem import Inputs

from .. import stream
from ..compiling import compiled
from ..result import LISTED, UNBOUNDED, Part
from .harness import LISTS, MISSED, RAN, RESULT_WORDS, WORK, WRONG
from .host import processor
from .reference import Frame

ALIGNMENT = 64

Buffer = npt.NDArray[np.uint32]


class Native:
    """A module with ``program`` and ``bulk`` (see ``harness``). One thread at a time.

    ``image_words`` and ``out_words`` are the sizes of its two buffers.
    """

    def __init__(self, text: str, frame: Frame, image_words: int, out_words: int) -> None:
        self._frame = frame
        self._engine = _machine_code(text)
        self._image, self._out = _aligned(image_words), _aligned(out_words)
        pointer, word, wide = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64
        self._program = ctypes.CFUNCTYPE(word, pointer, pointer)(
            self._engine.get_function_address("program")
        )
        self._bulk = ctypes.CFUNCTYPE(
            None, pointer, pointer, pointer, word, word, wide, wide, wide, pointer
        )(self._engine.get_function_address("bulk"))

    def bulk(
        self,
        key: Sequence[int],
        domain: stream.Domain,
        first: int,
        seeds: int,
        budget: int = UNBOUNDED,
    ) -> Part:
        """Run seeds ``first`` to ``first + seeds - 1`` and compare each with the reference.

        No seed is begun once ``budget`` slots have been interpreted.
        """
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
            budget,
            result.ctypes.data,
        )
        wrong, missed = int(result[WRONG]), int(result[MISSED])
        lists = [int(index) for index in result[LISTS:]]
        return Part(
            first,
            int(result[RAN]),
            wrong,
            tuple(lists[: min(wrong, LISTED)]),
            missed,
            tuple(lists[LISTED : LISTED + min(missed, LISTED)]),
            int(result[WORK]),
        )

    def run(self, given: Inputs) -> int:
        """Run the program on these inputs; its answer's bits (``harness.MISS``, ``FAULT``)."""
        tree, values = self._frame.tree_at, self._frame.values_at
        self._image[tree : tree + len(given.tree)] = given.tree
        self._image[values : values + len(given.values)] = given.values
        answer: int = self._program(self._image.ctypes.data, self._out.ctypes.data)
        return answer


def _aligned(words: int) -> Buffer:
    raw = np.zeros(words + ALIGNMENT // 4, dtype=np.uint32)
    skipped = -raw.ctypes.data % ALIGNMENT // 4
    return raw[skipped : skipped + words]


@functools.lru_cache(maxsize=2)  # the interpreter's text is the same for all programs of a shape
def _machine_code(text: str) -> llvm.ExecutionEngine:
    """The module, compiled in a process with limits. Raises ``Unsupported`` where these are met."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    code = compiled("LLVM", lambda: _object(text))
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def _target_machine() -> llvm.TargetMachine:
    """LLVM for the processor at hand; a new one each time, since an execution engine keeps it."""
    name, features = processor()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=name, features=features.flatten(), opt=2, jit=True
    )


def _object(text: str) -> bytes:
    """The bytes of the module's object file.

    No passes run first. The text has nothing to remove, and what LLVM's made of the shipped kernel
    was no faster, in twice the time.
    """
    machine = _target_machine()
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    code: bytes = machine.emit_object(module)
    return code
