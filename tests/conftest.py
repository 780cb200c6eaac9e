"""What the tests of all packages share."""

import gc
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cycleproof.artifact.format import encode
from cycleproof.base import lean  # noqa: F401 - see there
from cycleproof.base.errors import MissingDependency
from cycleproof.cli import GARBAGE
from tests.support import cli
from tests.support.cli import ROOT
from tests.support.fixtures import CommandLine, Write
from tests.support.programs import SMALL, scalar_kernel


@pytest.fixture(scope="session", autouse=True)
def _no_store() -> Iterator[None]:
    """No test reads or writes what the account that runs it has stored, but those of the store."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cli.NO_STORE.items():
            patch.setenv(name, value)
        yield


gc.set_threshold(GARBAGE)  # as the command line has it, for the same reason

# How long an example takes is the machine's affair.
settings.register_profile(
    "any-machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")

EVERY = 8


class Module(pytest.Module):
    """A test module; where an extra that it needs is not installed, it is skipped with its name."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        try:
            return super().collect()
        except MissingDependency as missing:
            pytest.skip(f"{missing}: {missing.hint}", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Module:
    return Module.from_parent(parent, path=module_path)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sample",
        action="store_true",
        help=f"Of each fast test, run the first case and every {EVERY}th after it.",
    )


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """With ``-n auto``, a worker more than there are cores: a third of the time, tests wait."""
    return (yield) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``--sample``, leave out slow tests and thin out tables of cases; the same each time."""
    if not config.getoption("--sample"):
        return
    met: Counter[str] = Counter()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        test = item.nodeid.partition("[")[0]
        chosen = met[test] % EVERY == 0 and not item.get_closest_marker("slow")
        (kept if chosen else left_out).append(item)
        met[test] += 1
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write bytes to a file of the given name; return its path."""

    def write(data: bytes, name: str = "k.json") -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


@pytest.fixture(scope="session")
def small_kernel() -> bytes:
    """The bytes of a right artifact for the shape SMALL, some 600 cycles long."""
    program = scalar_kernel(SMALL)
    generator = {"name": "test/scalar", "version": "1", "sources_sha256": "0" * 64}
    return encode(SMALL, program, len(program), generator)


@pytest.fixture(scope="session")
def cycleproof() -> CommandLine:
    """Run the command line in a process of its own; extra environment by keyword."""
    return cli.run
