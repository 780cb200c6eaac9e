"""Verification: the checks in their order, each answered by a finding, none left out silently."""

import platform
from collections.abc import Callable, Collection
from importlib.metadata import version

from .. import __version__
from ..evidence.model import Evidence, Finding, Verdict, describe
from ..evidence.policy import NONE, Requirements, hold
from . import CHECKS, Check, Subject

Progress = Callable[[Check], None]


def verify(
    subject: Subject,
    skip: Collection[str] = (),
    progress: Progress = lambda _: None,
    requirements: Requirements = NONE,
) -> Evidence:
    """Run every check that is not in ``skip``; a skipped one is shown as not run.

    A last finding says whether ``requirements`` hold, where there are any.

    Raises ``CycleproofError`` where a check could not be run at all.
    """
    findings: list[Finding] = []
    failed: set[str] = set()
    for check in CHECKS:
        progress(check)
        broken = failed.intersection(check.needs)
        open_ = {finding.check for finding in findings if finding.verdict is Verdict.UNKNOWN}
        if check.name in skip:
            finding = Finding(check.name, Verdict.SKIPPED, "not asked for")
        elif broken:
            reason = f"the check {min(broken)} did not pass"
            finding = Finding(check.name, Verdict.SKIPPED, reason)
        elif check.settles and check.settles not in open_ and subject.bulk is None:
            reason = f"not needed: the check {check.settles} does not stay open"
            finding = Finding(check.name, Verdict.SKIPPED, reason)
        else:
            finding = check.run(subject)
        if finding.verdict is Verdict.FAIL:
            failed.add(check.name)
        findings.append(finding)
    evidence = Evidence(describe(subject.artifact), describe_base(subject), versions(), findings)
    return hold(evidence, requirements)


def describe_base(subject: Subject) -> dict[str, object]:
    """What it was held against: the frozen base's version and pins."""
    base = subject.base
    return {"version": base.version, "digest": base.digest, "files": dict(base.pins)}


def versions() -> dict[str, str]:
    """The versions that took part in every run; a check names those of its own, as of solvers."""
    libraries = {name: version(name) for name in ("jsonschema", "rfc8785")}
    return {"cycleproof": __version__, "python": platform.python_version(), **libraries}
