"""The check ``upstream``: the challenge's own untouched tests accept the artifact."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..artifact.format import ARTIFACT_NAME
from ..base.errors import CycleproofError, FrozenAltered
from ..base.text import command_line
from ..challenge.clone import read_clone
from ..challenge.facts import A_CLONE, OFFICIAL, Pins
from ..challenge.loader import LOADER, LOADER_NAME
from ..challenge.lockstep import compare_simulators
from ..challenge.official import OfficialRun, run_official
from ..evidence.model import ALTERED, Found, Verdict
from ..simulator.seeds import fresh_seed
from . import Asked, Subject

OPTIONS = (
    click.option(
        "--upstream",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="A clone of the challenge's repository: run its own tests too.",
    ),
)


@dataclass(frozen=True)
class Options(Asked):
    """A clone of the challenge's repository, if there is one."""

    upstream: Path | None = None

    def look(self, artifacts: int) -> CycleproofError | None:
        """How the clone is altered; the other checks run all the same.

        Raises ``Unreadable`` where the folder is no clone: then another one was meant.
        """
        try:
            if self.upstream is not None:
                read_clone(self.upstream, OFFICIAL)
        except FrozenAltered as error:
            return error
        return None


def run(subject: Subject, pins: Pins = OFFICIAL) -> Found:
    """Run the official tests in a clean copy, then both simulators side by side.

    ``pins`` are the official repository's; only tests of this project name others. An altered
    clone says nothing about the kernel, so the answer is then unknown. Raises ``Unreadable`` for
    a folder that is no clone.
    """
    decoded = subject.artifact.decoded
    folder = subject.of(Options).upstream
    if folder is None:
        return _skipped("no clone of the official repository was given (--upstream DIR)")
    try:
        clone = read_clone(folder, pins)
    except FrozenAltered as error:
        again = command_line("verify", subject.artifact.path, "--upstream", A_CLONE)
        figures = {ALTERED: str(error)}
        return Found(Verdict.UNKNOWN, f"not run: {error}", figures, reproduce=again)
    if decoded.shape != pins.shape:
        return _skipped(f"the official tests judge {pins.shape}, this is for {decoded.shape}")
    official = run_official(clone.files, pins.tests, subject.artifact.data)
    seeds = [0, fresh_seed(decoded.program_sha256, subject.nonce, 0)]
    lockstep: Mapping[str, Any] = {"not_run": "the official tests took all the time"}
    if official.outcome.in_time:
        simulator = clone.files[pins.simulator]
        lockstep = compare_simulators(subject.base, simulator, subject.artifact.data, seeds)
    verdict, established = _judge(subject, official, lockstep, pins)
    return Found(
        verdict,
        established,
        {
            "commit": clone.commit,
            "tests_passed": official.outcome.passed,
            "tests_failed": official.outcome.failed,
            "cycles": official.outcome.cycles,
            "files": official.digests,
            "simulators": lockstep,
        },
        [
            *([clone.note] if clone.note else []),
            *(f"passed: {name}" for name in official.outcome.passed),
            *(f"not passed: {name}" for name in official.outcome.failed),
            _lockstep_line(lockstep),
            *_shown_diff(official.digests, pins),
        ],
        ""
        if verdict is Verdict.PASS
        else command_line("verify", subject.artifact.path, "--upstream", folder),
    )


def _skipped(reason: str) -> Found:
    return Found(Verdict.SKIPPED, reason)


def _judge(
    subject: Subject, official: OfficialRun, lockstep: Mapping[str, Any], pins: Pins
) -> tuple[Verdict, str]:
    outcome = official.outcome
    claimed = subject.artifact.decoded.cycles
    below = sum(claimed < limit for limit in pins.thresholds)
    all_tests = pins.correctness_tests + len(pins.thresholds)
    changed = _changed(subject, official, pins)
    if changed:
        return Verdict.FAIL, f"the clean copy was altered while the tests ran: {changed}"
    if outcome.trouble:
        return Verdict.UNKNOWN, outcome.trouble
    ran = len(outcome.passed) + len(outcome.failed)
    if ran != all_tests:
        return Verdict.UNKNOWN, f"{ran} official tests ran; {all_tests} are known"
    if len(outcome.passed) < pins.correctness_tests + below:
        return Verdict.FAIL, (
            f"the official tests pass {len(outcome.passed)} of the"
            f" {pins.correctness_tests + below} that a right kernel of {claimed:,} cycles passes"
        )
    if outcome.cycles != [claimed] or len(outcome.passed) > pins.correctness_tests + below:
        counts = "/".join(f"{count:,}" for count in outcome.cycles) or "no"
        return Verdict.FAIL, f"the official tests count {counts} cycles, {claimed:,} are claimed"
    if lockstep.get("same") is False:
        return Verdict.FAIL, f"the two simulators part {lockstep['at']}"
    return Verdict.PASS, (
        f"the official tests, untouched and in a clean copy, count {claimed:,} cycles and"
        f" pass {len(outcome.passed)} of {all_tests}: right on their inputs,"
        f" below {below} of {len(pins.thresholds)} thresholds"
    )


def _changed(subject: Subject, official: OfficialRun, pins: Pins) -> str:
    """Names of files in the copy that are not what was put there, or ""."""
    wanted = {name: pin.sha256 for name, pin in pins.files.items()}
    wanted[LOADER_NAME] = hashlib.sha256(LOADER).hexdigest()
    wanted[ARTIFACT_NAME] = subject.artifact.file_sha256
    found = official.digests
    return ", ".join(n for n in sorted(wanted.keys() | found) if wanted.get(n) != found.get(n))


def _shown_diff(digests: Mapping[str, str], pins: Pins) -> list[str]:
    """The copy against the official files, one line a file, and the loader's own lines."""
    lines = []
    for name, digest in digests.items():
        kept = name in pins.files and pins.files[name].sha256 == digest
        lines.append(f"{'unchanged' if kept else 'added'}: {name} {digest}")
        if name == LOADER_NAME:
            lines += [f"+ {line}".rstrip() for line in LOADER.decode().splitlines()]
    return lines


def _lockstep_line(lockstep: Mapping[str, Any]) -> str:
    if "not_run" in lockstep:
        return f"both simulators side by side: not run, {lockstep['not_run']}"
    if not lockstep["same"]:
        return f"both simulators side by side: they part {lockstep['at']}"
    return (
        f"both simulators side by side: the same scratch and memory after each of"
        f" {lockstep['bundles']:,} executed bundles"
    )
