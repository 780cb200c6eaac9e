"""How to add an extra to this installation, in one line for error messages.

The package's name on a public index may belong to anyone, so no message names it there: the
source is the folder or repository that this installation came from (PEP 610), or a clone.
"""

import json
import shlex
from importlib.metadata import PackageNotFoundError, distribution
from urllib.parse import unquote, urlsplit

from .text import printable

_IN_A_CLONE = "in a clone of the project"


def _source(record: str | None) -> tuple[str, str]:
    """(what pip installs from, with ``{}`` for the extra; where that is typed), from the record."""
    try:
        origin = json.loads(record or "{}")
        url, vcs = str(origin.get("url", "")), origin.get("vcs_info")
        if vcs:
            return f"cycleproof[{{}}] @ {vcs['vcs']}+{url}@{vcs['commit_id']}", ""
        if "dir_info" in origin and urlsplit(url).scheme == "file":
            return unquote(urlsplit(url).path) + "[{}]", ""
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return ".[{}]", _IN_A_CLONE


def install_hint(extra: str) -> str:
    """The command that adds ``extra``, quoted for a shell, and where to type it if that matters."""
    try:
        record = distribution("cycleproof").read_text("direct_url.json")
    except PackageNotFoundError:
        record = None
    source, where = _source(record)
    command = f"pip install {shlex.quote(printable(source).replace('{}', extra))}"
    return f"{command} {where}".strip()
