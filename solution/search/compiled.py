"""``solution.graph.core`` in C, for the search: the same schedules, several hundred a second.

The plain build never needs it. The source lies beside this file and is compiled at the first use
in a process, into a temporary folder. What both languages must agree on (engines, kinds, queues,
slots, the fields of the arrays) is written for C from the Python tables.
"""

import ctypes
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from frozen.ops import VLEN

from ..errors import MissingDependency, SolutionError
from ..graph import arrays, kinds
from ..graph.core import issue, justify, state
from ..graph.ir import Graph

SOURCE = Path(__file__).with_name("core.c")
SIZES = ("ops", "values", "blocks", "buffers")
"""Integers that C's struct ``graph`` has before the arrays."""

Words = Any  # a ctypes array of 32-bit integers


def words(values: Sequence[int]) -> Words:
    """``values`` as C holds them."""
    return (ctypes.c_int32 * len(values))(*values)


def header() -> str:
    """The C text in front of ``SOURCE``."""
    constants = {
        name: value
        for name, value in vars(kinds).items()
        if name.isupper() and isinstance(value, int)
    }
    constants |= {"VLEN": VLEN, "QUANTUM": justify.QUANTUM, "LAST": justify.LAST}
    constants |= {"QUEUES": len(kinds.QUEUES), "COUNTS": state.LOGGED + 1}
    constants |= {name: getattr(state, name) for name in ("READY", "ACTIVE", "OVER", "LOGGED")}
    steps = ", ".join(f"{{{queue}, {engine}}}" for queue, engine in issue.STEPS)
    sizes = " ".join(f"word {name};" for name in SIZES)
    constant, changing = (
        " ".join(f"{kind}word *{field};" for field in row._fields)
        for kind, row in (("const ", state.GraphArrays), ("", state.State))
    )
    return "\n".join([
        "#include <stdint.h>", "#include <string.h>", "typedef int32_t word;",
        "enum { " + ", ".join(f"{name} = {value}" for name, value in constants.items()) + " };",
        f"static const word SLOTS[] = {{ {', '.join(map(str, kinds.SLOTS))} }};",
        f"static const int QUEUE_OF[] = {{ {', '.join(map(str, kinds.QUEUE_OF))} }};",
        f"static const int STEPS[][2] = {{ {steps} }};",
        f"struct graph {{ {sizes} {constant} }};", f"struct state {{ {changing} }};", "",
    ])  # fmt: skip


@cache
def library() -> ctypes.CDLL:
    """The compiled core. Raises ``MissingDependency`` without a C compiler."""
    compiler = shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0])
    compiler = compiler or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise MissingDependency("the search needs a C compiler: cc, gcc or clang on the PATH")
    with TemporaryDirectory() as folder:
        target = Path(folder) / "core.so"
        text = header() + SOURCE.read_text(encoding="ascii")
        flags = ["-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", str(target)]
        done = subprocess.run(
            [compiler, *flags], input=text, capture_output=True, text=True, check=False
        )
        if done.returncode:
            first = (done.stderr.splitlines() or ["no message"])[0]
            raise SolutionError(f"{compiler} cannot compile {SOURCE.name}: {first}")
        return ctypes.CDLL(str(target))


class Scheduler:
    """A graph in the memory of C; ``state`` holds what the last run left."""

    def __init__(self, graph: Graph, buffer_count: int, reserve: int) -> None:
        self._library = library()
        flat = arrays.arrays(graph, buffer_count, reserve, words)
        self.state = flat.state
        sizes = (
            len(graph.ops), len(graph.values), len(flat.state.block_used), buffer_count,
        )  # fmt: skip
        self._graph = _struct("graph", dict(zip(SIZES, sizes, strict=True)), flat.graph)
        self._state = _struct("state", {}, flat.state)

    def run(self, key: Words, reverse: bool, limit: int) -> int:
        """See ``core.run.run``."""
        found: int = self._library.run(
            ctypes.byref(self._graph), ctypes.byref(self._state), key, int(reverse), limit
        )
        return found

    def justify(
        self, key: Words, best: Words, rounds: int, window: int, since: int, seed: int, limit: int
    ) -> tuple[int, int]:
        """See ``core.justify.justify``."""
        tail = ctypes.c_int32()
        cycles = self._library.justify(
            ctypes.byref(self._graph), ctypes.byref(self._state), key, best, rounds, window, since,
            seed, limit, ctypes.byref(tail),
        )  # fmt: skip
        return cycles, tail.value

    def lateness(self, cycles: int) -> int:
        """See ``core.justify.lateness``."""
        found: int = self._library.lateness(
            ctypes.byref(self._graph), ctypes.byref(self._state), cycles
        )
        return found


def _struct(name: str, sizes: dict[str, int], row: Any) -> ctypes.Structure:
    """The C struct of ``sizes`` and of pointers to the arrays of the named tuple ``row``."""
    pointer = ctypes.POINTER(ctypes.c_int32)
    fields = [(each, ctypes.c_int32) for each in sizes] + [(each, pointer) for each in row._fields]
    made: ctypes.Structure = type(name, (ctypes.Structure,), {"_fields_": fields})(*sizes.values())
    for field, array in zip(row._fields, row, strict=True):
        setattr(made, field, ctypes.cast(array, pointer))
    return made
