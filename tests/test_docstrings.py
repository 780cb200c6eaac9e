"""Each public name has a docstring; a function's names the errors of ours that it raises."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import cycleproof
from cycleproof.base import errors

PACKAGE = Path(cycleproof.__file__).parent
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.CycleproofError)
}
ANY = errors.CycleproofError.__name__
Caught = frozenset[str]


def functions(module: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions of a module and the methods of its classes, by ``name`` or ``Class.name``."""
    found = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
            found |= {f"{node.name}.{method.name}": method for method in methods}
    return found


def taken(node: ast.AST) -> Caught:
    """The errors that do not get out of the body of a ``try`` or a ``with suppress(…)``."""
    named: list[ast.expr] = []
    if isinstance(node, ast.Try):
        named = [handler.type for handler in node.handlers if handler.type is not None]
    elif isinstance(node, ast.With):
        calls = [item.context_expr for item in node.items]
        named = [c for c in calls if isinstance(c, ast.Call) and ast.unparse(c.func) == "suppress"]
    names = {each.id for kind in named for each in ast.walk(kind) if isinstance(each, ast.Name)}
    return frozenset(ERRORS if names & {ANY, "Exception", "BaseException"} else names)


def walk(node: ast.AST, caught: Caught = frozenset()) -> Iterator[tuple[ast.AST, Caught]]:
    """Every node below, with the errors that a handler around it takes."""
    yield node, caught
    for field, value in ast.iter_fields(node):
        inside = caught | taken(node) if field == "body" else caught
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from walk(child, inside)


def raised(function: ast.AST) -> set[str]:
    """The errors of ours that its own lines raise."""
    found = set()
    for node, caught in walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            found |= {ast.unparse(error)} & ERRORS - caught
    return found


def imported(module: ast.Module, path: Path) -> dict[str, tuple[Path, str]]:
    """What a module imports from others of the package: file and name there, by name here."""
    found: dict[str, tuple[Path, str]] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1].joinpath(
                *filter(None, (node.module or "").split("."))
            )
            file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
            found |= {each.asname or each.name: (file, each.name) for each in node.names}
    return found


def unnamed(sources: Mapping[Path, str]) -> dict[str, set[str]]:
    """The public functions that keep from their docstring what they, or a callee, raise."""
    modules = {path: ast.parse(source) for path, source in sources.items()}
    known = {path: functions(module) for path, module in modules.items()}
    found = {}
    for path, module in modules.items():
        elsewhere = imported(module, path)
        for name, function in known[path].items():
            owner, _, own = name.rpartition(".")
            command = any("command" in ast.unparse(each) for each in function.decorator_list)
            if owner.startswith("_") or own.startswith("_") or command:  # a command's is its help
                continue
            thrown = raised(function)
            for node, caught in walk(function):
                if isinstance(node, ast.Call):
                    callee = ast.unparse(node.func)
                    callee = f"{owner}.{callee[5:]}" if callee.startswith("self.") else callee
                    file, there = elsewhere.get(callee, (path, callee))
                    called = known.get(file, {}).get(there)
                    thrown |= raised(called) - caught if called else set()
            text = ast.get_docstring(function) or ""
            missing = {error for error in thrown if error not in text and ANY not in text}
            if missing:
                found[f"{path}: {name}"] = missing
    return found


def bare(node: ast.AST, name: str) -> Iterator[str]:
    """Classes, functions and methods without a docstring, but for private ones."""
    for each in getattr(node, "body", ()):
        if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if not each.name.startswith("_") and ast.get_docstring(each) is None:
                yield f"{name}.{each.name}"
            if isinstance(each, ast.ClassDef):  # a private class has methods for its module
                yield from bare(each, f"{name}.{each.name}")


def test_every_public_name_is_documented() -> None:
    rooms = ("benchmarks", "cycleproof", "docs", "formal", "frozen")
    files = [path for room in rooms for path in (PACKAGE.parent / room).rglob("*.py")]
    assert len(files) > 150
    found = [name for path in files for name in bare(ast.parse(path.read_text("utf-8")), path.stem)]
    assert found == []
    assert [*bare(ast.parse("class _A:\n def b(self): pass\n def _c(self): pass"), "m")] == [
        "m._A.b"
    ]


def test_every_error_is_named() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert unnamed({file: file.read_text("utf-8") for file in files}) == {}


def test_what_is_seen() -> None:
    first, second = Path("/p/a.py"), Path("/p/b.py")
    source = '''
def direct():
    """Reads it."""
    raise Unreadable("x")
def told():
    """Raises ``Unreadable``."""
    direct()
def through():
    """Reads it."""
    return direct()
def handled():
    """Reads it."""
    with suppress(OSError, Unreadable):
        direct()
    try:
        direct()
    except Unreadable:
        raise Refused("x") from None
class A:
    def b(self):
        self.c()
    def c(self):
        """Raises ``CycleproofError``."""
        raise FrozenAltered("x")
@click.command()
def command():
    """Help."""
    direct()
def _private():
    raise Unreadable("x")
'''
    other = "from .a import direct as it\ndef far():\n    it()\n"
    assert unnamed({first: source, second: other}) == {
        "/p/a.py: direct": {"Unreadable"},
        "/p/a.py: through": {"Unreadable"},
        "/p/a.py: handled": {"Refused"},
        "/p/a.py: A.b": {"FrozenAltered"},
        "/p/b.py: far": {"Unreadable"},
    }
