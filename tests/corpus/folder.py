"""Class 22: a folder full of traps, in which a reviewer calls the installed command.

Each trap would be obeyed by some Python, solver or library that starts in it. Whatever is run in
the folder must behave, byte for byte, as in an empty one.
"""

import shutil
import sysconfig
from pathlib import Path
from typing import NamedTuple

from tests.corpus.case import Case

SPRUNG = "import os, pathlib; pathlib.Path({mark!r}).touch(); os._exit(0)\n"
MODULES = (
    *("sitecustomize", "usercustomize", "argparse", "json", "hashlib", "click", "z3", "bitwuzla"),
    *("conftest", "problem", "perf_takehome", "numpy", "matplotlib", "jinja2"),
    *("solution/__init__", "solution/__main__", "frozen/__init__", "frozen/__main__"),
    *("frozen/machine", "cycleproof/__init__", "cycleproof/__main__", "tests/__init__"),
)
LIBRARIES = ("libz3.so", "libz3.so.4", "libz3.so.5.4", "libbitwuzla.so", "libbitwuzla.so.0")
TEXTS = {
    "matplotlibrc": "text.usetex: True\nlines.linewidth: 9\nfigure.facecolor: red\n",
    "trap.pth": SPRUNG,
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p conftest'\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p conftest\n",
    ".env": "PYTHONPATH=.\nLD_LIBRARY_PATH=.\nLD_PRELOAD=./libz3.so\n",
    "history.jsonl": '{"cycles": 1}\n',
    "page.html.j2": "{{ 1 / 0 }}\n",
    "templates/page.html": "{{ 1 / 0 }}\n",
    "pyvenv.cfg": "home = .\n",
}
KERNEL, CERTIFICATE = "{given}/k.json", "{given}/k.cert"
FIXED = ("--nonce", "00" * 16)


class Trial(NamedTuple):
    """A case and the command; ``{given}`` and ``{out}`` are folders elsewhere."""

    case: Case
    command: tuple[str, ...]


def _trial(name: str, says: str, *command: str, exit_code: int = 0) -> Trial:
    tries = f"`{command[0]}` in a folder of planted modules, libraries and settings: no effect"
    return Trial(Case(22, name, tries, exit_code, says), command)


TRIALS = [
    _trial("verify-reproduce", "PROVED for all inputs", "verify", KERNEL, "--reproduce", *FIXED),
    _trial("build-recipe", "89 cycles", "build", "--recipe", "vector", "--shape", "2,3,8",
           "-o", "{out}/built.json"),
    _trial("build-generator", "", "build", "{given}/perf_takehome.py", "--shape", "3,3,8",
           "-o", "{out}/theirs.json"),
    _trial("prove", "PROVED", "prove", KERNEL, "--certificate", "{out}/k.cert"),
    _trial("check-proof-z3", "accepted", "check-proof", KERNEL, CERTIFICATE, "--solver", "z3"),
    _trial("solver-z3", "output", "check-proof", "{given}/hard.json", "{given}/hard.cert",
           "--solver", "z3", exit_code=1),
    _trial("show", "1,184 cycles", "show", KERNEL),
    _trial("report", "", "report", KERNEL, "-o", "{out}/report.html", "--evidence",
           "{given}/evidence.json"),
    _trial("diff", "", "diff", KERNEL, KERNEL),
    _trial("trace", "", "trace", KERNEL, "--format", "json", "-o", "{out}/trace.json"),
    _trial("pack", "", "pack", KERNEL, "--any-shape", "--evidence", "{given}/evidence.json",
           "-o", "{out}/b.zip"),
    _trial("schema", "", "schema"),
]  # fmt: skip

CASES = [trial.case for trial in TRIALS]


def set_traps(folder: Path, mark: Path) -> None:
    """Fill ``folder``; a Python trap that springs makes the file ``mark``."""
    spring = SPRUNG.format(mark=str(mark))
    for name in MODULES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(spring)
    for name, text in TEXTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(spring if text is SPRUNG else text)
    # A library that loads and has none of the names: its finder can do nothing with it.
    library = Path(
        sysconfig.get_config_var("DESTSHARED"), "_ctypes" + sysconfig.get_config_var("EXT_SUFFIX")
    )
    for name in LIBRARIES:
        shutil.copyfile(library, folder / name)
