"""What ``python -m`` runs says what it does before it does it, without optional packages too."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("benchmarks", "docs", "formal", "solution", "tests")
RUN = re.compile(r'^if __name__ == "__main__":$', re.MULTILINE)
OPTIONAL = (
    "bitwuzla", "cupy", "cvc5", "distributed", "jinja2", "llvmlite", "numba", "ortools", "perfetto",
    "securesystemslib", "selenium", "z3",
)  # fmt: skip
EACH = """
import contextlib, io, runpy, sys
optional, modules = sys.argv[1].split(","), sys.argv[2].split(",")
sys.modules.update(dict.fromkeys(optional))
for name in modules:
    sys.argv[1:] = ["--help"]
    shown = io.StringIO()
    try:
        with contextlib.redirect_stdout(shown):
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        print(name, "did its work")
    except SystemExit as end:
        print(name, end.code, shown.getvalue().split()[0])
    except BaseException as error:
        print(name, type(error).__name__, error)
"""


def commands() -> list[str]:
    """The modules, and packages by their ``__main__``, that a person runs."""
    strangers = ("data", "generators", "standin")  # code as others would write it
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__")
        for path in files
        if RUN.search(path.read_text("utf-8"))
        and not path.name.startswith("test_")
        and not {*path.parts} & {*strangers}
    ]


@pytest.mark.slow
def test_help_is_shown_and_nothing_done() -> None:
    names = commands()
    assert len(names) > 15
    arguments = [",".join(OPTIONAL), ",".join(names)]
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", EACH, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    assert ended.stdout.splitlines() == [f"{name} 0 usage:" for name in names]
