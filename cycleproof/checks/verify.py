"""Verification: the checks in their order, each answered by a finding, none left out silently."""

import platform
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version

from ..base.limits import Fork, LimitReached, aside
from ..base.version import __version__
from ..evidence.model import Evidence, Finding, Verdict, describe
from ..evidence.policy import NONE, Requirements, hold
from . import CHECKS, Check, Subject

Progress = Callable[[Check], None]


def verify(
    subject: Subject,
    skip: Mapping[str, str] | Collection[str] = (),
    progress: Progress = lambda _: None,
    requirements: Requirements = NONE,
) -> Evidence:
    """Run every check that is not in ``skip``; a skipped one is shown as not run.

    ``skip``: names of checks, or names and why each is left out. A last finding says whether
    ``requirements`` hold, where there are any.

    Raises ``CycleproofError`` where a check could not be run at all.
    """
    due = [check for check in CHECKS if check.name not in skip]
    with _aside(subject, due) as started:
        for check in due:
            subject.runs.plan(check.requests(subject))
        findings = _findings(subject, skip, progress, started)
    evidence = Evidence(describe(subject.artifact), describe_base(subject), versions(), findings)
    return hold(evidence, requirements)


def _waited(check: Check, started: Fork[Finding]) -> Finding:
    try:
        return started.result()
    except LimitReached as reached:
        return Finding(check.name, Verdict.UNKNOWN, f"the check itself was ended: {reached}")


@contextmanager
def _aside(subject: Subject, due: list[Check]) -> Iterator[Mapping[str, Fork[Finding]]]:
    """The checks that run in processes of their own, from now on; none outlives the block."""
    with ExitStack() as stack:
        started = {}
        for check in due:
            if check.aside:
                started[check.name] = stack.enter_context(aside(partial(check.run, subject)))
        yield started


def _findings(
    subject: Subject,
    skip: Mapping[str, str] | Collection[str],
    progress: Progress,
    started: Mapping[str, Fork[Finding]],
) -> list[Finding]:
    findings: list[Finding] = []
    failed: set[str] = set()
    for check in CHECKS:
        progress(check)
        broken = failed.intersection(check.needs)
        open_ = {finding.check for finding in findings if finding.verdict is Verdict.UNKNOWN}
        if check.name in skip:
            reason = skip[check.name] if isinstance(skip, Mapping) else "left out"
            finding = Finding(check.name, Verdict.SKIPPED, reason)
        elif broken:
            reason = f"the check {min(broken)} did not pass"
            finding = Finding(check.name, Verdict.SKIPPED, reason)
        elif check.settles and check.settles not in open_ and not subject.of(check.options).wanted:
            reason = f"not asked for; it runs by itself where the check {check.settles} stays open"
            finding = Finding(check.name, Verdict.SKIPPED, reason)
        elif check.name in started:
            finding = _waited(check, started[check.name])
        else:
            finding = check.run(subject)
        if finding.verdict is Verdict.FAIL:
            failed.add(check.name)
        findings.append(finding)
    return findings


def describe_base(subject: Subject) -> dict[str, object]:
    """What it was held against: the frozen base's version and pins."""
    base = subject.base
    return {"version": base.version, "digest": base.digest, "files": dict(base.pins)}


def versions() -> dict[str, str]:
    """The versions that took part in every run; a check names those of its own, as of solvers."""
    libraries = {name: version(name) for name in ("jsonschema", "rfc8785")}
    return {"cycleproof": __version__, "python": platform.python_version(), **libraries}
