"""The files of the check page: our modules as text, the frozen base, Pyodide, page and scripts."""

import base64
import hashlib
import json
from importlib import resources
from pathlib import Path

from ...base.text import printable
from ...base.version import __version__
from ...simulator.frozenbase import installed_folder, read_frozen
from ...view.assets import asset, style
from .vendor import VERSION, read_pyodide

_PACKAGE = "cycleproof.board.browser"
# What the worker runs of this package; nothing else of it is on the page.
_PACKAGES = ("base", "proof", "checker", "simulator", "analysis", "engine")
_MODULES = (
    "__init__.py",
    "artifact/__init__.py",
    "artifact/format.py",
    "challenge/__init__.py",
    "challenge/facts.py",
    "checks/answers.py",
    "checks/shifts.py",
    "evidence/__init__.py",
    "evidence/model.py",
)


def check_files(pyodide: Path) -> dict[str, bytes]:
    """Every file of the page, by its name below the page's folder. Raises ``CycleproofError``."""
    base = read_frozen(installed_folder())
    files = {f"pyodide/{name}": data for name, data in read_pyodide(pyodide).items()}
    for name in base.pins:
        files[f"frozen/{name}"] = base.files[name]
    files["modules.json"] = json.dumps(modules(), sort_keys=True).encode()
    for name in ("check.js", "worker.js"):
        files[name] = asset(_PACKAGE, name).encode()
    files["driver.py"] = _text("driver.py").encode()
    pins = {f"frozen/{name}": pin for name, pin in base.pins.items()}
    for name in ("modules.json", "driver.py", "worker.js"):
        pins[name] = hashlib.sha256(files[name]).hexdigest()
    files["index.html"] = _page(base.version, pins).encode()
    return files


def _text(name: str) -> str:
    return resources.files(_PACKAGE).joinpath(name).read_text("utf-8")


def modules() -> dict[str, str]:
    """Our own modules by their paths, as the worker lays them out."""
    root = resources.files("cycleproof")
    found = {f"cycleproof/{name}": root.joinpath(name).read_text("utf-8") for name in _MODULES}
    for package in _PACKAGES:
        found |= _below(root.joinpath(package), f"cycleproof/{package}")
    return found


def _below(folder: resources.abc.Traversable, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            found |= _below(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(".py"):
            found[f"{name}/{entry.name}"] = entry.read_text("utf-8")
    return found


def _page(version: str, pins: dict[str, str]) -> str:
    css = style(_PACKAGE, "check.css")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    rows = "".join(
        f'<tr><th scope="row" class="mono">{name}</th><td class="mono">{pin}</td></tr>\n'
        for name, pin in pins.items()
    )
    policy = (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:;"
        f" connect-src 'self'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    values = {
        "POLICY": policy,
        "STYLE": css,
        "PINS": rows,
        "VERSION": printable(f"Version {__version__} of cycleproof, frozen base {version}"),
        "PYODIDE": VERSION,
    }
    page = asset(_PACKAGE, "check.html")
    for name, value in values.items():
        page = page.replace(f"@{name}@", value)
    return page
