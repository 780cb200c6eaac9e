"""The terms of a board: what every submission must fulfil, and what judging one may cost.

A TOML file, all of whose keys are optional::

    shape = "10,16,256"        # or "any"
    checks = ["seeds", "directed"]   # these must pass; add "proof" to demand one
    max-cycles = 2000
    seconds = 900              # for one submission, by the clock
    memory-mib = 4096          # for each of its processes
    build-seconds = 300        # for its generator, where --build is given
"""

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from frozen.problem import JUDGED, Shape

from ..artifact.build import parse_shape_option
from ..base.errors import Unreadable
from ..base.files import read_regular
from ..checks import CHECKS

MAX_FILE = 1 << 16


@dataclass(frozen=True)
class Terms:
    """Requirements and limits; every submission of a board is judged under the same ones."""

    shape: Shape | None = JUDGED  # None: any
    checks: tuple[str, ...] = ("decode", "frozen", "seeds", "directed")
    max_cycles: int | None = None
    seconds: int = 900
    memory_mib: int = 4096
    build_seconds: int = 300
    build: bool = False  # whether generators are run at all

    @property
    def digest(self) -> str:
        """SHA-256 of the terms."""
        return hashlib.sha256(json.dumps(self.as_json()).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The terms as JSON values; ``from_json`` reads them back."""
        return asdict(self) | {"shape": list(self.shape) if self.shape else None}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Terms":
        """Terms from ``as_json``."""
        shape = Shape(*values["shape"]) if values["shape"] else None
        return cls(**values | {"shape": shape, "checks": tuple(values["checks"])})

    def describe(self) -> list[str]:
        """The terms in sentences."""
        size = f"the shape is {self.shape}" if self.shape else "any shape"
        limits = f"{self.seconds:,} s and {self.memory_mib:,} MiB for each submission"
        lines = [size, f"these checks must pass: {', '.join(self.checks)}", limits]
        if self.max_cycles:
            lines.append(f"at most {self.max_cycles:,} cycles")
        lines.append(
            f"generators are built in a sandbox, {self.build_seconds:,} s each"
            if self.build
            else "generators are not run"
        )
        return lines


_NUMBERS = {
    "max-cycles": "max_cycles",
    "seconds": "seconds",
    "memory-mib": "memory_mib",
    "build-seconds": "build_seconds",
}


def read_terms(path: Path | None, build: bool) -> Terms:
    """The terms in a file, or the default ones. Raises ``Unreadable`` naming key and fault."""
    if path is None:
        return Terms(build=build)

    def refuse(problem: str) -> NoReturn:
        raise Unreadable(f"{path}: {problem}")

    try:
        document = tomllib.loads(read_regular(path, MAX_FILE).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        refuse(f"not TOML: {error}")
    values: dict[str, Any] = {"build": build}
    for key, value in document.items():
        if key in _NUMBERS:
            if type(value) is not int or value < 1:
                refuse(f"{key}: expected a whole number, 1 or more")
            values[_NUMBERS[key]] = value
        elif key == "shape":
            if not isinstance(value, str):
                refuse('shape: expected a text, "10,16,256" or "any"')
            values[key] = None if value == "any" else parse_shape_option(value)
        elif key == "checks":
            names = [check.name for check in CHECKS]
            unknown = [name for name in value if name not in names] if _texts(value) else [value]
            if unknown:
                refuse(f"checks: {unknown[0]!a:.40} is none of {', '.join(names)}")
            values[key] = tuple(name for name in names if name in value)
        else:
            refuse(f"unknown key {key!a:.40}")
    return Terms(**values)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
