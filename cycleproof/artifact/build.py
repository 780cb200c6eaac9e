"""Building: a generator's instruction dump becomes an artifact.

The generator runs once, in a child process; what comes back is bytes, and from there on it is
data: ``{"params": {...}, "instrs": [...]}``, the upstream layout as JSON. People also have the
bare list of bundles, and the ``{"python_code": ..., "instrs": [...]}`` of public boards.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frozen.artifact import MAX_BYTES, parse_shape, read_json
from frozen.errors import Fault, FrozenError
from frozen.machine import DEFAULT_FUEL, Machine
from frozen.problem import JUDGED, Inputs, Shape, memory_image

from ..base.child import SEEDED, run
from ..base.errors import GeneratorFailed, Unreadable
from ..base.files import read_regular
from .format import encode, refuse_other_kind
from .names import Names, strip_names
from .strip import Stripped, strip, without_debug

BUILD_SECONDS = 600


@dataclass(frozen=True)
class Dump:
    """A program as a generator gave it."""

    shape: Shape
    program: list[Any]
    generator: Mapping[str, str]
    names: Any = None  # labels parallel to the program (see ``names``); never part of the artifact


@dataclass(frozen=True)
class Build:
    """An artifact's bytes and how it came about. Cycles are those of one run on zero inputs."""

    data: bytes
    shape: Shape
    cycles_as_built: int
    cycles: int
    stripped: Stripped
    names: Names | None  # labels of the stripped program


def parse_dump(
    data: bytes, name: str, asked: Shape | None = None, default: Shape | None = None
) -> Dump:
    """Decode an instruction dump, strictly. Raises ``Unreadable``.

    Its shape is the one that it names, which must be ``asked`` if that is given; or else ``asked``;
    or else ``default``.
    """
    try:
        document = read_json(data)
        if isinstance(document, list):
            document = {"instrs": document}
        if isinstance(document, dict) and "program" in document:
            raise Unreadable(f"{name}: is an artifact already", "it needs no build: verify it")
        if not isinstance(document, dict) or "instrs" not in document:
            raise Unreadable(
                f"{name}: expected a list of bundles, or an object with the key instrs"
            )
        unknown = document.keys() - {"params", "instrs", "generator", "names", "python_code"}
        if unknown:
            raise Unreadable(f"{name}: unknown key {min(unknown)!a:.40}")
        shape = asked or default
        if "params" in document:
            shape = parse_shape(document["params"], "params")
            if asked not in (None, shape):
                raise Unreadable(f"{name}: it is for {shape}, and --shape says {asked}")
        if shape is None:
            raise Unreadable(f"{name}: key 'params' is missing")
    except FrozenError as error:
        raise Unreadable(f"{name}: {error}") from None
    if not isinstance(document["instrs"], list):
        raise Unreadable(f"{name}: instrs: expected a list of bundles")
    generator = document.get("generator")
    if generator is None:
        digest = hashlib.sha256(data).hexdigest()
        generator = {"name": "dump", "version": "1", "sources_sha256": digest}
    return Dump(shape, document["instrs"], generator, document.get("names"))


def read_dump(path: Path, shape: Shape | None = None) -> Dump:
    """Read and decode an instruction dump file. Raises ``Unreadable``.

    Where neither ``shape`` nor the dump says for what, it is for the judged shape.
    """
    data = read_regular(path, MAX_BYTES)
    refuse_other_kind(data, str(path), "an instruction dump")
    return parse_dump(data, str(path), shape, JUDGED)


def run_recipe(recipe: str, shape: Shape, seconds: float = BUILD_SECONDS) -> tuple[Dump, str]:
    """Run the project's own generator once in a child process; return its dump and its notes.

    Raises ``GeneratorFailed`` with the generator's own last line, and ``Unreadable`` for a dump
    that is no program.
    """
    size = ",".join(map(str, shape))
    arguments = ["emit", "--recipe", recipe, "--shape", size]
    output, notes = _run_solution(arguments, f"recipe {recipe}", seconds)
    return parse_dump(output, f"recipe {recipe}"), notes


def list_recipes() -> dict[str, str]:
    """The recipes of the project's own generator, each with its one-line idea.

    Raises ``GeneratorFailed``.
    """
    output, _ = _run_solution(["recipes", "--json"], "recipes", BUILD_SECONDS)
    return {row["name"]: row["idea"] for row in json.loads(output)}


def _run_solution(arguments: list[str], what: str, seconds: float) -> tuple[bytes, str]:
    """Run the ``solution`` that is installed beside this package; return its two outputs."""
    root = Path(__file__).resolve().parents[2]
    environment = {"PYTHONPATH": str(root), "PYTHONHASHSEED": "0", "PATH": os.defpath}
    command = [*SEEDED, "-m", "solution", *arguments]
    try:
        child = run(command, seconds, environment=environment)
    except TimeoutError as error:
        raise GeneratorFailed(f"{what}: {error}") from None
    notes = child.stderr.decode(errors="replace")
    if child.returncode:
        last = notes.strip().splitlines()[-1:] or [f"status {child.returncode}"]
        raise GeneratorFailed(f"{what}: {last[0].removeprefix('error: ')!s:.500}")
    return child.stdout, notes


def count_cycles(program: Any, shape: Shape) -> int:
    """Cycles of one run on zero inputs. Raises ``Unreadable`` on a fault."""
    try:
        machine = Machine(program)
        zeros = Inputs([0] * shape.n_nodes, [0] * shape.batch_size)
        return machine.run(memory_image(shape, zeros), DEFAULT_FUEL).cycles
    except Fault as error:
        hint = f"it was run on zeros at {shape}; if it is for another shape, say --shape H,R,B"
        raise Unreadable(f"program: {error}", hint) from None
    except FrozenError as error:
        raise Unreadable(f"program: {error}") from None


def build(dump: Dump) -> Build:
    """Strip a dump's program, count its cycles, lay out the artifact. Raises ``Unreadable``."""
    as_built = count_cycles(without_debug(dump.program), dump.shape)
    stripped = strip(dump.program)
    if not stripped.program:
        raise Unreadable("program: nothing is left after stripping")
    cycles = count_cycles(stripped.program, dump.shape)
    data = encode(dump.shape, stripped.program, cycles, dump.generator)
    names = strip_names(dump.names, dump.program)
    return Build(data, dump.shape, as_built, cycles, stripped, names)


def parse_shape_option(text: str) -> Shape:
    """``10,16,256`` as a shape (height, rounds, batch). Raises ``Unreadable``."""
    try:
        sizes = [int(part) for part in text.split(",")]
        return parse_shape(dict(zip(Shape._fields, sizes, strict=True)), "shape")
    except (ValueError, FrozenError) as error:
        reason = error if isinstance(error, FrozenError) else "expected H,R,B such as 10,16,256"
        raise Unreadable(f"--shape {text!a:.40}: {reason}") from None
