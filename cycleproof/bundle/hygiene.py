"""What does not belong in a file that strangers will read: secrets, places, names, leftovers."""

import getpass
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from ..base.errors import MissingDependency
from ..base.install import install_hint
from ..base.text import printable

_PLACES = (
    (re.compile(r"(?<![\w./:<~*])/(?:[\w.+@-]+/)+[\w.+@-]*"), "an absolute path"),
    (re.compile(r"(?<!\w)[A-Za-z]:\\[\w.\\ -]*"), "an absolute path"),
    (re.compile(r"\bfile://\S+"), "an absolute path"),
    (re.compile(r"(?<![\w/])~\w*/[\w.-]+"), "a path in a home folder"),
)
_LEFTOVERS = re.compile(
    r".*(~|\.(swp|swo|bak|orig|rej|tmp|old|pyc|log|DS_Store))|Thumbs\.db|desktop\.ini|core",
    re.IGNORECASE,
)
# Accounts that name nobody, and are words that reports use.
_NOBODY = frozenset(
    "root user admin build builder runner nobody ubuntu debian docker jenkins test guest"  # noqa: SIM905
    " kernel app dev python code git".split()
)
# Digests and nonces are of high entropy and meant to be there; addresses are not secrets.
_NOT_USED = {"Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector"}


def is_leftover(name: str) -> bool:
    """Whether a file name is one that editors, patches and systems leave behind."""
    return _LEFTOVERS.fullmatch(name) is not None


def own_names() -> frozenset[str]:
    """The names by which this machine knows who is packing, unless they name nobody."""
    names = {Path.home().name}
    with suppress(KeyError, OSError):  # an account without a name
        names.add(getpass.getuser())
    return frozenset(n for n in names if len(n) > 2 and n.lower() not in _NOBODY)


def complaints(name: str, text: str, own: Collection[str]) -> Iterator[str]:
    """One line for each thing in ``text`` that does not belong, as ``name:line: what``.

    A secret itself is not repeated. Call ``need_scanner`` first.
    """
    people = [re.compile(rf"(?<!\w){re.escape(person)}(?!\w)") for person in sorted(own)]
    secrets = _secrets(text)
    for number, line in enumerate(text.splitlines(), start=1):
        at = f"{name}:{number}"
        for kind in secrets.get(number, ()):
            yield f"{at}: a secret ({kind})"
        for pattern, what in _PLACES:
            found = pattern.search(line)
            if found:
                yield f"{at}: {what} ({printable(found[0]):.60})"
        for person in people:
            found = person.search(line)
            if found:
                yield f"{at}: your user name ({printable(found[0])})"


def need_scanner() -> None:
    """Raise ``MissingDependency`` if secrets cannot be looked for here."""
    try:
        import detect_secrets.core.scan  # noqa: F401
    except ImportError:
        raise MissingDependency(
            "packing scans for secrets with detect-secrets, which is not installed",
            install_hint("pack"),
        ) from None


def _secrets(text: str) -> dict[int, list[str]]:
    """Kinds of secret by line number, as the scanner detect-secrets sees them."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import get_settings, transient_settings

    detectors: dict[str, type] = get_mapping_from_secret_type_to_class()
    plugins = {detector.__name__ for detector in detectors.values()}
    used = [{"name": plugin} for plugin in sorted(plugins - _NOT_USED)]
    found: dict[int, list[str]] = {}
    with transient_settings({"plugins_used": used}):
        # A comment in the file must not be able to talk its line past the scanner.
        get_settings().disable_filters("detect_secrets.filters.allowlist.is_line_allowlisted")
        for number, line in enumerate(text.splitlines(), start=1):
            kinds = sorted({secret.type for secret in scan_line(line)})
            if kinds:
                found[number] = kinds
    return found
