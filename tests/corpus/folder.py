"""Class 22: a folder full of traps, in which a reviewer calls the installed command.

Each trap would be obeyed by some Python, solver, library or shell that starts in it, or that the
environment sends there. Whatever is run in the folder must behave, byte for byte, as in an empty
one.
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
    # Settings of a library that cycleproof does not use; one that reads such a file may come.
    "matplotlibrc": "text.usetex: True\nlines.linewidth: 9\nfigure.facecolor: red\n",
    "trap.pth": SPRUNG,
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p conftest'\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p conftest\n",
    ".env": "PYTHONPATH=.\nLD_LIBRARY_PATH=.\nLD_PRELOAD=./libz3.so\n",
    "history.jsonl": '{"cycles": 1}\n',
    "page.html.j2": "{{ 1 / 0 }}\n",
    "templates/page.html": "{{ 1 / 0 }}\n",
    "pyvenv.cfg": "home = .\n",
    ".config/matplotlib/matplotlibrc": "text.usetex: True\n",
    ".gitconfig": "[core]\n\tfsmonitor = ./git\n",
}
PROGRAMS = ("git", "bwrap", "unshare", "cc", "gcc", "ldconfig", "python", "python3")
# What many settings look like whose owner thinks of no stranger: `.` and empty entries mean the
# current folder. Python and the system's loader obey those of ISOLATED before our first line, and
# those only.
SETTINGS = {
    "PATH": ".:/usr/bin:/bin:",
    "LD_LIBRARY_PATH": "{folder}:",
    "Z3_LIBRARY_PATH": "{folder}",
    "MATPLOTLIBRC": "{folder}/matplotlibrc",
    "HOME": "{folder}",
    "XDG_CONFIG_HOME": "{folder}/.config",
    "GIT_DIR": "{folder}",
    "GIT_EXEC_PATH": "{folder}",
    "GIT_CONFIG_GLOBAL": "{folder}/.gitconfig",
    "CC": "{folder}/cc",
    "SOURCE_DATE_EPOCH": "1",
    "PYTHONSTARTUP": "{folder}/conftest.py",
    "PYTHONBREAKPOINT": "conftest",
    "PYTHONOPTIMIZE": "2",
    "PYTHONHASHSEED": "7",
    "PYTHONINTMAXSTRDIGITS": "640",
}
ISOLATED = {
    "PYTHONPATH": "{folder}:",
    "PYTHONHOME": "{folder}",
    "PYTHONUSERBASE": "{folder}",
    "PYTHONINSPECT": "1",
}
KERNEL, CERTIFICATE = "{given}/k.json", "{given}/k.cert"
FIXED = ("--nonce", "00" * 16)
SIGNED = ("--key", "{given}/me.key")


class Trial(NamedTuple):
    """A case and the command; ``{given}`` and ``{out}`` are folders elsewhere.

    ``draws``: it draws seeds or a key, or measures, so its figures differ in any two runs and are
    left out of the comparison, as are the bytes of what it writes.
    """

    case: Case
    command: tuple[str, ...]
    draws: bool


def _trial(name: str, says: str, *command: str, exit_code: int = 0, draws: bool = False) -> Trial:
    tries = f"`{command[0]}` in a folder of planted modules, libraries and settings: no effect"
    return Trial(Case(22, name, tries, exit_code, says), command, draws)


TRIALS = [
    _trial("verify-reproduce", "PROVED for all inputs", "verify", KERNEL, "--reproduce", *FIXED),
    _trial("build-recipe", "89 cycles", "build", "--recipe", "vector", "--shape", "2,3,8",
           "-o", "{out}/built.json"),
    _trial("build-generator", "", "build", "{given}/perf_takehome.py", "--shape", "3,3,8",
           "-o", "{out}/theirs.json"),
    _trial("prove", "PROVED for all inputs", "prove", KERNEL, "--certificate", "{out}/k.cert"),
    _trial("check-proof-z3", "PROVED for all inputs", "check-proof", KERNEL, CERTIFICATE,
           "--solver", "z3"),
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
    _trial("check-proof-audit", "PROVED for all inputs", "check-proof", KERNEL, CERTIFICATE,
           "--audit"),
    _trial("attest", "2 statements", "attest", KERNEL, "--any-shape", *SIGNED,
           "-o", "{out}/k.intoto.jsonl"),
    _trial("card", "signed by", "card", KERNEL, "--any-shape", *SIGNED,
           "-o", "{out}/card.intoto.jsonl", "--badge", "{out}/card.svg"),
    _trial("key", "key id", "key", "new", "-o", "{out}/new.key", draws=True),
    _trial("freeze-check", "9 files", "freeze", "--check", "--project", "{given}/project"),
    _trial("freeze-update", "nothing changed", "freeze", "--update", "--project",
           "{given}/project"),
    _trial("history", "cycles", "history", "--file", "{given}/history.jsonl"),
    _trial("history-add", "a step", "history", "--file", "{out}/history.jsonl", "add",
           "{given}/shipped.json", "--technique", "a step",
           "--evidence", "{given}/shipped.evidence"),
    _trial("history-rebuild", "passed decode", "history", "--file", "{out}/history.jsonl",
           "rebuild", "best", draws=True),
    _trial("profile", "stages", "profile", KERNEL, "--json", "-o",
           "{out}/flames.html", draws=True),
    _trial("hook", "PROVED for all inputs", "hook", "--any-shape", KERNEL, draws=True),
    _trial("export", "bytes", "export", KERNEL, "-o", "{out}/perf_takehome.py"),
    _trial("submit", "PROVED for all inputs", "submit", KERNEL, "--any-shape", "-o",
           "{out}/submission", "--key", "{given}/me.key", draws=True),
    _trial("judge", "judged now", "judge", KERNEL, "-o", "{out}/board", "--terms",
           "{given}/terms.toml", "--site", draws=True),
    _trial("judge-build", "judged now", "judge", "{given}/theirs", "-o", "{out}/board",
           "--terms", "{given}/terms.toml", "--build", draws=True),
    _trial("board", "open index.html", "board", "{given}/board", "-o", "{out}/site"),
    _trial("serve", "pyodide", "serve", "--pyodide", "{given}", exit_code=2),
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
    for name in PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\n: > '{mark}'\n")
        (folder / name).chmod(0o755)
