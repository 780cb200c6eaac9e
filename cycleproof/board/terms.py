"""The terms of a board: what every submission must fulfil, and what judging one may cost.

A TOML file, all of whose keys are optional::

    shape = "10,16,256"              # or "any"
    require = ["seeds", "directed"]  # as in `verify --require`
    skip = ["proof"]                 # as in `verify --skip`; without a proof, none is PROVED
    max-cycles = 2000
    seconds = 900                    # for one submission, by the clock
    memory-mib = 4096                # for each of its processes
    build-seconds = 300              # for its generator, where --build is given
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frozen.problem import JUDGED, Shape

from ..artifact.build import parse_shape_option
from ..base.errors import Unreadable
from ..base.text import listed
from ..checks import CHECKS
from ..evidence.policy import BY_NAME, KEYS, Requirements, parse_requirements, read_toml

DEFAULT = Requirements(("seeds", "directed"))
_NUMBERS = ("seconds", "memory-mib", "build-seconds")


@dataclass(frozen=True)
class Terms:
    """Requirements and limits; every submission of a board is judged under the same ones."""

    shape: Shape | None = JUDGED  # None: any
    requirements: Requirements = DEFAULT
    skip: tuple[str, ...] = ()  # checks that are not run
    seconds: int = 900
    memory_mib: int = 4096
    build_seconds: int = 300
    build: bool = False  # whether generators are run at all

    def as_json(self) -> dict[str, Any]:
        """The terms as JSON values; ``from_json`` reads them back."""
        return {
            "shape": list(self.shape) if self.shape else None,
            "require": list(self.requirements.names),
            "skip": list(self.skip),
            "max_cycles": self.requirements.max_cycles,
            "seconds": self.seconds,
            "memory_mib": self.memory_mib,
            "build_seconds": self.build_seconds,
            "build": self.build,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Terms":
        """Terms from ``as_json``."""
        return cls(
            Shape(*values["shape"]) if values["shape"] else None,
            Requirements(tuple(values["require"]), values["max_cycles"]),
            tuple(values["skip"]),
            *(values[key] for key in ("seconds", "memory_mib", "build_seconds", "build")),
        )

    def describe(self) -> list[str]:
        """The terms in sentences."""
        lines = [f"the shape is {self.shape}" if self.shape else "any shape"]
        lines += [BY_NAME[name].means for name in self.requirements.names]
        if self.requirements.max_cycles is not None:
            lines.append(f"at most {self.requirements.max_cycles:,} cycles")
        if self.skip:
            lines.append(f"not run: {listed(self.skip)}")
        lines.append(f"{self.seconds:,} s and {self.memory_mib:,} MiB for each submission")
        if self.build:
            lines.append(f"generators are built in a sandbox, {self.build_seconds:,} s each")
        else:
            lines.append("generators are not run")
        return lines


def read_terms(path: Path | None, build: bool) -> Terms:
    """The terms in a file, or the default ones. Raises ``Unreadable`` naming key and fault."""
    if path is None:
        return Terms(build=build)
    document = read_toml(path)
    keys = ("shape", *KEYS, "skip", *_NUMBERS)
    values: dict[str, Any] = {"build": build}
    for key, value in document.items():
        if key not in keys:
            raise Unreadable(f"{path}: {key!a:.40} is no key", f"there are: {', '.join(keys)}")
        if key in _NUMBERS:
            if type(value) is not int or value < 1:
                raise Unreadable(f"{path}: {key}: expected a whole number, 1 or more")
            values[key.replace("-", "_")] = value
        if key == "skip":
            values[key] = _skipped(value, path)
        if key == "shape":
            if not isinstance(value, str):
                raise Unreadable(f'{path}: shape: expected a text, "10,16,256" or "any"')
            values[key] = None if value == "any" else parse_shape_option(value)
    requirements = parse_requirements(document, path)
    if "require" not in document:
        requirements = requirements.joined(DEFAULT)
    return Terms(requirements=requirements, **values)


def _skipped(value: object, path: Path) -> tuple[str, ...]:
    known = [check.name for check in CHECKS]
    if not isinstance(value, list) or not all(name in known for name in value):
        raise Unreadable(
            f"{path}: skip: expected a list of checks", f"there are: {', '.join(known)}"
        )
    return tuple(dict.fromkeys(value))
