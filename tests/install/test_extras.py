"""Without the extras every test module is collected, or skipped with the name of what it needs."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.support.cli import ROOT

COLLECT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1].split(",")))
import pytest
sys.exit(pytest.main(["--collect-only", "-qq", "-rs", "-p", "no:cacheprovider"]))
"""


def modules_of_extras() -> list[str]:
    """The modules that the extras bring and the tests themselves do not ask for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    def named(requirements: list[str]) -> set[str]:
        return {re.split(r"[^\w-]", line.lower())[0].replace("_", "-") for line in requirements}

    extras = set().union(*map(named, project["project"]["optional-dependencies"].values()))
    wanted = extras - named(project["dependency-groups"]["test"]) - {"cycleproof"}
    return sorted(
        module
        for module, brought_by in packages_distributions().items()
        if wanted & {name.lower().replace("_", "-") for name in brought_by}
    )


@pytest.mark.slow
def test_all_is_collected_without_extras() -> None:
    missing = modules_of_extras()
    assert {"jinja2", "z3", "llvmlite", "securesystemslib"} <= set(missing)
    ended = subprocess.run(
        [sys.executable, "-c", COLLECT, ",".join(missing)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-2000:]
    assert "HTML pages need Jinja2" in ended.stdout
