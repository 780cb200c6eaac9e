"""``emit``: a recipe's program as an instruction dump, one bundle a line.

The dump is one JSON object: ``params`` (the shape), ``generator`` (recipe, version, digest of the
sources), ``instrs`` (bundles: engine to slots) and ``names`` (parallel to them: a label for each
slot). Notes on fallbacks go to stderr, one a line.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from frozen.artifact import MAX_CONTAINERS
from frozen.ops import Program
from frozen.problem import Shape
from frozen.program import check_program

from . import __version__, files, recipe
from .errors import DoesNotFit
from .shapes import add_shape

HELP = "write a recipe's program as a JSON instruction dump"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("--recipe", default="best", metavar="NAME", help="default: %(default)s")
    add_shape(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: stdout")


def run(arguments: argparse.Namespace) -> int:
    """Build, check, write. Raises ``SolutionError``."""
    chosen = recipe.load(arguments.recipe)
    notes: list[str] = []
    program, labels = chosen.build_labelled(arguments.shape, notes)
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    lines = dump(chosen, arguments.shape, program, labels)
    if arguments.output is None:
        sys.stdout.writelines(lines)
    else:
        files.write(arguments.output, lines)
    return 0


def dump(
    chosen: recipe.Recipe, shape: Shape, program: Program, labels: recipe.Labels
) -> Iterator[str]:
    """The lines of the dump. Raises ``DoesNotFit`` if no artifact may be so long."""
    check_program(program)
    lists = sum(1 + len(bundle) + sum(map(len, bundle.values())) for bundle in program)
    if lists >= MAX_CONTAINERS:
        raise DoesNotFit(f"{len(program)} bundles are more than an artifact may hold")
    generator = {
        "name": f"solution/{chosen.name}",
        "version": __version__,
        "sources_sha256": sources_digest(chosen),
    }
    return _lines(shape, generator, program, labels)


def _lines(
    shape: Shape, generator: dict[str, str], program: Program, labels: recipe.Labels
) -> Iterator[str]:
    yield f'{{"params":{json.dumps(shape._asdict())},\n'
    yield f'"generator":{json.dumps(generator)},\n"instrs":[\n'
    yield from _rows(program)
    yield '],\n"names":[\n'
    yield from _rows(labels)
    yield "]}\n"


def _rows(rows: Sequence[object]) -> Iterator[str]:
    last = len(rows) - 1
    for number, row in enumerate(rows):
        yield json.dumps(row, separators=(",", ":")) + (",\n" if number < last else "\n")


def sources_digest(chosen: recipe.Recipe) -> str:
    """SHA-256 over what decides the program: the recipe's compiler, its data, how it is loaded.

    Each file counts with its path inside the package and its text with Unix line ends, so the
    digest is the same on every machine.
    """
    package = recipe.FOLDER.parent
    files = [
        package / "recipe.py",
        *(package / chosen.compiler).rglob("*.py"),
        *recipe.FOLDER.glob(f"{chosen.name}.*"),
    ]
    digest = hashlib.sha256()
    for path in sorted(file.relative_to(package).as_posix() for file in files):
        data = (package / path).read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
