"""Recipes: named, committed choices of a compiler and its options.

``recipes/NAME.toml`` holds ``idea`` (one line), ``cycles`` (as built at the judged shape; a test
rebuilds it), ``compiler`` ("scalar" or "graph") and a table ``options``, whose keys belong to the
compiler. A recipe holds choices, never a program or a schedule.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from frozen.ops import Program
from frozen.problem import Shape

from .errors import BadRecipe
from .shapes import check_shape

FOLDER = Path(__file__).with_name("recipes")
COMPILERS = ("scalar", "graph")
Labels = Sequence[Mapping[str, Sequence[str]]]
"""Parallel to a program: for each slot a few words on what it is for."""
Compiler = Callable[[Shape, Mapping[str, Any], list[str]], tuple[Program, Labels]]
"""``compile_labelled`` of each compiler's package: shape, options, notes to add to."""

_KEYS: Mapping[str, type] = {"idea": str, "cycles": int, "compiler": str, "options": dict}


class Recipe(NamedTuple):
    """One recipe as its file states it."""

    name: str
    idea: str
    cycles: int
    compiler: str
    options: Mapping[str, Any]

    def build(self, shape: Shape, notes: list[str]) -> Program:
        """Compile for ``shape``; see ``build_labelled``."""
        return self.build_labelled(shape, notes)[0]

    def build_labelled(self, shape: Shape, notes: list[str]) -> tuple[Program, Labels]:
        """Compile for ``shape``; what fell back to a more general way is added to ``notes``.

        Raises ``BadRecipe`` for options that the compiler refuses, ``DoesNotFit`` for shapes.
        """
        check_shape(shape)
        compiler: Compiler = import_module(f".{self.compiler}", __package__).compile_labelled
        return compiler(shape, self.options, notes)


def load_all() -> list[Recipe]:
    """Every committed recipe, by name."""
    return [load(path.stem) for path in sorted(FOLDER.glob("*.toml"))]


def by_cycles() -> list[Recipe]:
    """Every committed recipe, the longest program first."""
    return sorted(load_all(), key=lambda each: (-each.cycles, each.name))


def load(name: str) -> Recipe:
    """Load the recipe ``name``. Raises ``BadRecipe``."""
    path = FOLDER / f"{name}.toml"
    known = sorted(file.stem for file in FOLDER.glob("*.toml"))
    if name not in known:
        raise BadRecipe(f"no recipe {name!r}; there are: {', '.join(known)}")
    return parse(name, path.read_bytes())


def parse(name: str, data: bytes) -> Recipe:
    """A recipe from the bytes of its file. Raises ``BadRecipe``, naming the key."""

    def refuse(problem: str) -> NoReturn:
        raise BadRecipe(f"recipe {name}: {problem}")

    try:
        document = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:  # covers UnicodeDecodeError and TOMLDecodeError
        refuse(f"not TOML: {error}")
    for key, value in document.items():
        if key not in _KEYS:
            refuse(f"unknown key {key!r}; there are: {', '.join(_KEYS)}")
        if type(value) is not _KEYS[key]:
            refuse(f"{key}: expected {_KEYS[key].__name__}, got {type(value).__name__}")
    for key in _KEYS:
        if key not in document:
            refuse(f"key {key!r} is missing")
    if document["compiler"] not in COMPILERS:
        refuse(f"compiler {document['compiler']!r}; there are: {', '.join(COMPILERS)}")
    return Recipe(name, **document)
