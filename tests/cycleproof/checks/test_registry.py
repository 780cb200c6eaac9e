"""A check is one file and one row: its name and its options are taken from there."""

import sys
from dataclasses import dataclass, fields
from types import ModuleType

import click
import pytest

from cycleproof import checks
from cycleproof.checks import CHECKS, Asked, Check, Subject, bulk, seeds
from cycleproof.checks.verify import verify
from cycleproof.commands import verify as command
from cycleproof.evidence.model import Found, Verdict
from tests.support import samples


@dataclass(frozen=True)
class Options(Asked):
    weight: int = 1


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Check:
    """A check that exists only in memory."""
    module = ModuleType("cycleproof.checks.scales")
    module.run = lambda subject: Found(Verdict.PASS, f"weighs {subject.of(Options).weight}")  # type: ignore[attr-defined]
    module.OPTIONS = (click.option("--weight", type=int, default=1),)  # type: ignore[attr-defined]
    module.Options = Options  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    check = Check("scales", "it weighs what was asked for")
    for user in (checks, command, sys.modules[verify.__module__]):
        monkeypatch.setattr(user, "CHECKS", (check,))
    return check


def test_verify_puts_the_name_to_what_a_check_says(planted: Check) -> None:
    (finding,) = verify(samples.subject()).findings
    assert (finding.check, finding.established) == ("scales", "weighs 1")


def test_verify_takes_the_options_of_a_new_check(planted: Check) -> None:
    given: list[tuple[Asked, ...]] = []

    @click.command()
    @command.checks_options
    def verifying(asked: tuple[Asked, ...]) -> int:
        given.append(asked)
        return 0

    assert verifying.main(["--weight", "7"], standalone_mode=False) == 0
    assert given == [(Options(7),)]
    subject = Subject(samples.artifact(), samples.subject().base, given[0])
    assert planted.run(subject).established == "weighs 7"


def test_options_are_found_by_their_kind() -> None:
    subject = samples.subject()
    assert subject.of(seeds.Options) == seeds.Options()
    subject = Subject(subject.artifact, subject.base, (bulk.Options(engine="cuda"),))
    assert subject.of(bulk.Options).engine == "cuda"
    assert subject.of(Asked) == Asked()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_option_fills_a_field(check: Check) -> None:
    named = [
        parameter.name
        for decorate in check.parameters
        for parameter in click.command()(decorate(lambda: None)).params
    ]
    assert named == [field.name for field in fields(check.options)]
