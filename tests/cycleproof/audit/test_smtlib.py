"""The machine's ops as SMT-LIB; that solvers read them rightly is in ``test_audit``."""

import pytest

from cycleproof.audit import smtlib
from frozen.ops import OPS


def test_an_op_with_a_new_meaning_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    new = OPS["alu", "+"]._replace(name="new", value="a + b + 7")
    monkeypatch.setattr(smtlib, "OPS", {("alu", "new"): new})
    with pytest.raises(NotImplementedError, match=r"'new': a \+ b \+ 7"):
        smtlib.binary("new", "x", "y")
