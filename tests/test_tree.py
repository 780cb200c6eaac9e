"""What the import rules of pyproject.toml cannot say of the tests."""

import ast
from pathlib import Path

TESTS = Path(__file__).parent
RUN_BY_PYTEST = {path.stem for path in TESTS.rglob("*.py") if path.stem.startswith("test_")}
RUN_BY_PYTEST.add("conftest")
LINES = 350  # of a module, at most


def names(source: str) -> set[str]:
    """Every part of every module and name that a source imports."""
    return {
        part
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (getattr(node, "module", None) or "", *(alias.name for alias in node.names))
        for part in name.split(".")
    }


def test_no_module_imports_a_test_module() -> None:
    files = [*TESTS.rglob("*.py"), *(TESTS.parent / "benchmarks").glob("*.py")]
    sources = {str(path.relative_to(TESTS.parent)): path.read_text("utf-8") for path in files}
    found = {name: names(source) & RUN_BY_PYTEST for name, source in sources.items()}
    assert {name: modules for name, modules in found.items() if modules} == {}


def test_no_module_is_long() -> None:
    """A longer one holds two subjects; it is cut where they part."""
    rooms = ("benchmarks", "cycleproof", "docs", "formal", "frozen", "solution", "tests")
    files = [path for room in rooms for path in (TESTS.parent / room).rglob("*.py")]
    lengths = {
        str(path.relative_to(TESTS.parent)): len(path.read_bytes().splitlines()) for path in files
    }
    assert len(lengths) > 100
    assert {name: lines for name, lines in lengths.items() if lines > LINES} == {}
