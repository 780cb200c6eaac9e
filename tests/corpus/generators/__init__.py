"""Cheating generators, one file or folder per case, with the controls first.

The first lines of a case say, as comments: ``attack`` (its row of the threat model, 0 for a
control), ``tries``, ``ends`` (the command that ends it and its exit code), ``says`` (a fragment of
the message); and where needed ``timeout`` (seconds) or ``link`` (a name and where it points).
Beside each lie the modules of ``support/`` and, as ``honest``, the honest generator.
"""

import re
from pathlib import Path

from ..case import Case

FOLDER = Path(__file__).parent
_LINE = re.compile(r"# (\w+): (.+)")


def header(source: Path) -> dict[str, str]:
    """The fields of a case's first lines."""
    lines = source.read_text("utf-8").splitlines()
    end = lines.index("")
    fields = filter(None, map(_LINE.fullmatch, lines[:end]))
    return {field[1]: field[2] for field in fields}


def _sources() -> dict[str, Path]:
    files = {path.stem: path for path in FOLDER.glob("[!_]*.py")}
    folders = {path.parent.name: path for path in FOLDER.glob("*/perf_takehome.py")}
    return files | folders


SOURCES = _sources()


def _case(name: str) -> Case:
    fields = header(SOURCES[name])
    return Case(
        attack=int(fields["attack"]),
        name=name,
        tries=fields["tries"],
        exit_code=int(fields["ends"].split()[1]),
        says=fields["says"],
    )


CASES = sorted(map(_case, SOURCES))
