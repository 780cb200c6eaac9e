"""Our own processes import no checker of formats that happens to be installed; a host's may."""

from pathlib import Path

import pytest

from cycleproof.base.child import SEEDED, run
from tests.support.cli import ROOT


@pytest.mark.parametrize("checker", ["isoduration", "rfc3986_validator", "rfc3987_syntax"])
@pytest.mark.parametrize(
    ("module", "imported"),
    [("cycleproof.cli", "False"), ("cycleproof.board.warden", "False"), ("cycleproof", "True")],
)
def test_who_imports_a_checker_of_formats(
    module: str, imported: str, checker: str, tmp_path: Path
) -> None:
    (tmp_path / f"{checker}.py").write_text("def __getattr__(name): return None\n")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {module}; "
        f"import jsonschema; print(sys.modules.get({checker!r}) is not None)"
    )
    shown = run([*SEEDED, "-c", code], 60, environment={"PYTHONPATH": str(ROOT)})
    assert shown.stdout.split() == [imported.encode()], shown.stderr
