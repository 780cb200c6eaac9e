"""The line that says how to add an extra names this installation, never a name on an index."""

import json
import re
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import pytest

from cycleproof.base import install

ROOT = Path(__file__).parents[3]
CLONE = "pip install '.[pack]' in a clone of the project"


def record(**origin: object) -> str:
    return json.dumps(origin)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (record(url="file:///a/b", dir_info={}), "pip install '/a/b[pack]'"),
        (record(url="file:///a%20b/c%3Bd", dir_info={}), "pip install '/a b/c;d[pack]'"),
        (
            record(url="https://example.org/r.git", vcs_info={"vcs": "git", "commit_id": "12ab"}),
            "pip install 'cycleproof[pack] @ git+https://example.org/r.git@12ab'",
        ),
        (record(url="file:///a/x.whl", archive_info={}), CLONE),
        (None, CLONE),
        ("not JSON", CLONE),
        ("[]", CLONE),
        (record(url="https://example.org", vcs_info={}), CLONE),
    ],
)
def test_the_hint_names_where_this_installation_came_from(
    monkeypatch: pytest.MonkeyPatch, text: str | None, hint: str
) -> None:
    class Fake:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return text

    monkeypatch.setattr(install, "distribution", lambda _: Fake())
    assert install.install_hint("pack") == hint


def test_without_metadata_the_hint_names_a_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Distribution:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(install, "distribution", missing)
    assert install.install_hint("pack") == CLONE


def test_no_message_sends_anyone_to_a_name_on_an_index() -> None:
    """Whoever registers the name would get our users."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("cycleproof", "solution")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"pip install '?\"?cycleproof|pkg:pypi", line)
    ]
    assert found == []
