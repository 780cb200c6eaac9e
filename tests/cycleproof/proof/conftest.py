"""The proof's tests do without the second engine, which takes seconds to compile a program."""

import pytest

from cycleproof.proof.refuter import bulk


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask no engine. A module that tests it has a fixture of the same name that does nothing."""
    monkeypatch.setattr(bulk, "search", lambda judge: (None, ""))
