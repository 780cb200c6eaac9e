"""How many lines of code must be right for the checker's word, and for that of an audit.

Files that a verdict does not rest on are named here; a new file counts as trusted.
"""

import ast
import io
import tokenize
from collections.abc import Iterable, Mapping
from pathlib import Path

from docs.page import ROOT

CHECKER, AUDIT = ROOT / "cycleproof/checker", ROOT / "cycleproof/audit"
REJECTS = ("samples.py",)  # of the checker: it can only turn "accepted" into "rejected"
CLOSES = (*REJECTS, "read.py", "split.py", "symbolic.py", "terms.py")
"""Files of the checker that close equations and enumerate words: an audit has solvers do it."""
NOT_ASKED = ("__init__.py", "check_facts.py", "export.py")
"""Files of the audit that the checker does not need where it asks a solver."""
UNAUDITED = ("check_facts.py", "export.py", "settle.py")
"""Files of the audit that its own answer does not rest on."""
Rows = list[tuple[str, str]]


def code_lines(path: Path) -> int:
    """How many lines hold code: neither blank, nor a comment, nor part of a docstring."""
    text = path.read_text("utf-8")
    blank = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in (tokenize.COMMENT, *blank)
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def _lines(folder: Path, names: Iterable[str]) -> int:
    return sum(code_lines(folder / name) for name in names)


def _others(folder: Path, names: Iterable[str]) -> list[str]:
    """The files of a room but those named."""
    return sorted({path.name for path in folder.glob("*.py")} - {*names})


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name.removesuffix('.py')}`" for name in names)


def _rows(counts: Mapping[str, int]) -> Rows:
    return [(what, f"{lines:,}") for what, lines in {**counts, "all": sum(counts.values())}.items()]


def _below() -> dict[str, int]:
    """What every verdict rests on, whoever gives it."""
    frozen = [f"{name}.py" for name in ("ops", "program", "artifact", "problem", "errors")]
    return {
        "`cycleproof/base/statement.py`, which inputs the theorem is about": _lines(
            ROOT / "cycleproof/base", ["statement.py"]
        ),
        f"{_named(frozen)} of `frozen/`": _lines(ROOT / "frozen", frozen),
    }


def checked() -> Rows:
    """What the checker's *accepted* rests on, and what besides where it asks a solver."""
    rejects = f"{_named(REJECTS)} of `cycleproof/checker/`"
    counts = {
        f"{rejects}, which can only turn *accepted* into *rejected*": _lines(CHECKER, REJECTS),
        "the other files of `cycleproof/checker/`": _lines(CHECKER, _others(CHECKER, REJECTS)),
        **_below(),
    }
    asking = _others(AUDIT, NOT_ASKED)
    besides = f"besides, only where a solver is asked: {_named(asking)} of `cycleproof/audit/`"
    return [*_rows(counts), (besides, f"{_lines(AUDIT, asking):,}")]


def audited() -> Rows:
    """What the *accepted* of an audit rests on."""
    parts = {
        "decoding of the certificate": ["certificate.py"],
        "the vocabulary": ["vocabulary.py"],
        "renaming, and which facts there are": ["obligations.py"],
    }
    rest = _others(CHECKER, [*CLOSES, *(name for names in parts.values() for name in names)])
    parts["the run over claims"] = rest
    counts = {
        f"{what}: {_named(names)} of `cycleproof/checker/`": _lines(CHECKER, names)
        for what, names in parts.items()
    }
    asking = _others(AUDIT, UNAUDITED)
    named = f"{_named(asking)} of `cycleproof/audit/`"
    what = f"the facts as SMT-LIB, and what solvers say of them: {named}"
    return _rows({**counts, **_below(), what: _lines(AUDIT, asking)})
