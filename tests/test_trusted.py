"""The counted lines: what is called untrusted is used by nothing trusted, but where it says so."""

import re
from pathlib import Path

from docs.trusted import AUDIT, CHECKER, CLOSES, UNAUDITED, audited

USERS = {"obligations.py", *CLOSES}  # what these close or list is put to the solvers


def imported(path: Path) -> set[str]:
    """The files of the same room that a file imports."""
    return {f"{name}.py" for name in re.findall(r"^from \.(\w+) import", path.read_text(), re.M)}


def test_an_audit_rests_on_nothing_that_is_left_out() -> None:
    users = {path.name for path in CHECKER.glob("*.py") if imported(path) & {*CLOSES}}
    assert "obligations.py" in users <= USERS
    asking = {path.name for path in AUDIT.glob("*.py") if imported(path) & {*UNAUDITED}}
    assert asking == {"__init__.py"}  # whose settler answers the rules' open equations
    assert all((CHECKER / name).is_file() for name in CLOSES)


def test_each_file_of_the_checker_is_counted_or_left_out() -> None:
    counted = " ".join(what for what, _ in audited())
    for path in CHECKER.glob("*.py"):
        assert (f"`{path.stem}`" in counted) is (path.name not in CLOSES)
