"""What tox says at its end: what was shown, by which environment, and what was not run."""

import atexit
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tox.execute.api import Outcome
from tox.plugin import impl
from tox.tox_env.api import ToxEnv

_SHOWN: dict[str, str] = {}


def _counts(report: Path) -> Iterator[str]:
    """``1,204 tests passed``, and so on; nothing if pytest wrote no report."""
    if not report.is_file():
        return
    root = ElementTree.parse(report).getroot()  # noqa: S314 (pytest has just written it)
    suites = root.findall("testsuite")
    total, failed, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites for name in names)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    yield f"{total - failed - skipped:,} tests passed"
    if failed:
        yield f"{failed:,} failed"
    if skipped:
        yield f"{skipped:,} skipped"


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Forget the counts of an earlier run."""
    _report(tox_env).unlink(missing_ok=True)


@impl
def tox_after_run_commands(tox_env: ToxEnv, exit_code: int, outcomes: list[Outcome]) -> None:
    """Keep one line on what the environment showed."""
    if not outcomes:
        return
    if not _SHOWN:
        atexit.register(_print)
    counts = ", ".join(_counts(_report(tox_env)))
    _SHOWN[tox_env.name] = (
        f"  {tox_env.name:9} {'NOT shown' if exit_code else 'shown'}:"
        f" {tox_env.conf['description']}{f' ({counts})' if counts else ''}"
    )


def _report(tox_env: ToxEnv) -> Path:
    return Path(tox_env.core["work_dir"]) / "junit" / f"{tox_env.name}.xml"


def _print() -> None:
    print("\nWhat this run showed:", *_SHOWN.values(), sep="\n")
