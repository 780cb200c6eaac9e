"""The tree: what each room holds."""

import ast

from docs.page import ROOT, table

TOPS = (
    "frozen", "cycleproof", "solution", "tests", "docs", "formal", "benchmarks", "artifacts",
    "requirements",
)  # fmt: skip
NO_PACKAGES = {
    "artifacts": "The shipped kernel, its evidence, the timeline of kernels, and the schema.",
    "requirements": "What is installed to verify, to release or to run a board: versions, hashes.",
    "tests/data": "A stand-in for the challenge's repository.",
    "tests/install": "Tests of what is installed: wheel and sdist, and the wheel without extras.",
}


def rooms() -> str:
    """The tree, a line a room: the first line of each package's docstring, and other folders."""
    rows = dict(NO_PACKAGES)
    for path in (path for top in TOPS for path in (ROOT / top).rglob("__init__.py")):
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        if text:
            line = text.partition("\n\n")[0].replace("\n", " ").replace("``", "`")
            rows[path.parent.relative_to(ROOT).as_posix()] = line
    order = sorted(rows, key=lambda name: (TOPS.index(name.partition("/")[0]), name))
    return table(("room", "holds"), [(f"`{name}/`", rows[name]) for name in order])
