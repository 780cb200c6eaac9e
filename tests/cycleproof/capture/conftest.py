"""Submissions that tests write."""

from pathlib import Path

import pytest

from tests.cycleproof.capture.submissions import Generator

HALT = "[{'flow': [('halt',)]}]"


@pytest.fixture
def generator(tmp_path: Path) -> Generator:
    """A submission whose ``build_kernel`` runs the lines given, after the module's own."""

    def write(*lines: str, top: str = "") -> Path:
        body = "".join(f"        {line}\n" for line in lines)
        text = (
            f"{top}\nclass KernelBuilder:\n    instrs = {HALT}\n"
            f"    def build_kernel(self, height, n_nodes, batch, rounds):\n{body or '        pass'}"
        )
        (tmp_path / "perf_takehome.py").write_text(text)
        return tmp_path

    return write


@pytest.fixture(scope="session")
def honest(root: Path) -> Path:
    return root / "tests" / "data" / "upstream_style" / "perf_takehome.py"
