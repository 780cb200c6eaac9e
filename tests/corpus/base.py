"""Class C: tampering with the frozen base and its runner, tried through ``cycleproof verify``.

A trial changes the project's copy of ``frozen/`` (``folder``), or the environment of the command
(what it returns). Each ends in exit code 3, or has no effect on a verdict that it cannot reach.
"""

import importlib.util
import marshal
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cycleproof.simulator.frozenbase import SUMS, digests, installed_pins, read_folder, render_pins
from tests.corpus.case import Case

ALTERED, PASSED = 3, 0
POISON = "import os; os._exit(0)\n"


class Trial(NamedTuple):
    """A case and what it does to the copied folder; a dict that it returns is environment."""

    case: Case
    tamper: Callable[[Path], object]


def edit(folder: Path) -> None:
    source = (folder / "machine.py").read_text()
    (folder / "machine.py").write_text(source.replace("cycles += block.cost", "cycles += 0"))


def edit_with_sums(folder: Path) -> None:
    edit(folder)
    pins = render_pins(installed_pins()[0], digests(read_folder(folder)))
    (folder / SUMS).write_text(pins)


def edit_sums(folder: Path) -> None:
    sums = (folder / SUMS).read_text()
    (folder / SUMS).write_text(sums.replace("# frozen ", "# frozen 9"))


def as_link(folder: Path) -> None:
    (folder.parent / "mine.py").write_bytes((folder / "machine.py").read_bytes())
    (folder / "machine.py").unlink()
    (folder / "machine.py").symlink_to(folder.parent / "mine.py")


def folder_as_link(folder: Path) -> None:
    folder.rename(folder.parent / "real")
    folder.symlink_to(folder.parent / "real")


def hard_link(folder: Path) -> None:
    os.link(folder / "machine.py", folder.parent / "mine.py")


def crlf(folder: Path) -> None:
    (folder / "ops.py").write_bytes((folder / "ops.py").read_bytes().replace(b"\n", b"\r\n"))


def huge(folder: Path) -> None:
    with (folder / "ops.py").open("ab") as file:
        file.truncate(2 << 20)


def poisoned_bytecode(folder: Path) -> None:
    """Unchecked-hash bytecode, which an import would prefer to the clean source beside it."""
    (folder / "__pycache__").mkdir()
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)
    body = marshal.dumps(compile(POISON, "x", "exec"))
    for name in ("ops", "machine", "harness", "__main__", "__init__"):
        path = importlib.util.cache_from_source(str(folder / f"{name}.py"))
        Path(path).write_bytes(header + body)


def environment(**variables: str) -> Callable[[Path], dict[str, str]]:
    return lambda _: variables


TRIALS = [
    Trial(Case(0, "untouched", "control: a clean copy of the base passes", PASSED,
               "PROVED for all inputs"),
          lambda _: None),
    Trial(Case(0, "edited", "control: a simulator that counts no cycles is seen", ALTERED,
               "machine.py: is "), edit),
    Trial(Case(18, "edited-with-sums", "the sums are edited to match the edited file", ALTERED,
               "machine.py: is "), edit_with_sums),
    Trial(Case(18, "sums-alone", "only the sums are edited", ALTERED, f"{SUMS}: differs"),
          edit_sums),
    Trial(Case(18, "sums-removed", "no sums at all", ALTERED, f"{SUMS}: differs"),
          lambda folder: (folder / SUMS).unlink()),
    Trial(Case(18, "file-removed", "a module is missing", ALTERED, "ops.py: missing"),
          lambda folder: (folder / "ops.py").unlink()),
    Trial(Case(18, "folder-removed", "the folder is missing", ALTERED, "No such file"),
          shutil.rmtree),
    Trial(Case(19, "file-is-a-link", "a symbolic link to a file that can be edited", ALTERED,
               "machine.py: is a symbolic link"), as_link),
    Trial(Case(19, "folder-is-a-link", "the whole folder is a symbolic link", ALTERED,
               "is a symbolic link"), folder_as_link),
    Trial(Case(19, "hard-link", "a second name for the bytes: they are read once, no effect",
               PASSED, "PROVED for all inputs"), hard_link),
    Trial(Case(19, "extra-module", "a module that shadows the standard library's", ALTERED,
               "json.py: does not belong"), lambda folder: (folder / "json.py").write_text(POISON)),
    Trial(Case(19, "extra-folder", "a package beside the modules", ALTERED,
               "not a regular file"), lambda folder: (folder / "machine").mkdir()),
    Trial(Case(19, "pipe", "a pipe that would block a reader", ALTERED, "not a regular file"),
          lambda folder: os.mkfifo(folder / "pipe")),
    Trial(Case(19, "line-ends", "CRLF line ends, as a careless checkout makes", ALTERED,
               "ops.py: has CRLF line ends"), crlf),
    Trial(Case(19, "letter-case", "a name in other letters", ALTERED, "OPS.py: does not belong"),
          lambda folder: (folder / "ops.py").rename(folder / "OPS.py")),
    Trial(Case(19, "huge-file", "a file of megabytes", ALTERED, "ops.py: larger than"), huge),
    Trial(Case(20, "poisoned-bytecode", "bytecode that an import prefers to the source: no import",
               PASSED, "PROVED for all inputs"), poisoned_bytecode),
    *(
        Trial(Case(22, f"environment-{name.lower()}", f"{name}={value}: no effect on the verdict",
                   PASSED, "PROVED for all inputs"), environment(**{name: value}))
        for name, value in {
            "PYTHONOPTIMIZE": "2",
            "PYTHONHASHSEED": "1",
            "PYTHONSTARTUP": "/nonexistent",
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONSAFEPATH": "1",
        }.items()
    ),
]  # fmt: skip

CASES = [trial.case for trial in TRIALS]
