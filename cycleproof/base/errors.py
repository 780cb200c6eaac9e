"""Every error that the command line reports, and the table of exit codes."""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to its caller. ``--help`` prints this table."""

    PASSED = 0
    FAILED = 1
    UNUSABLE = 2
    ALTERED = 3
    INCONCLUSIVE = 4
    MISSING = 5
    OURS = 70


EXIT_CODE_MEANINGS = {
    ExitCode.PASSED: "all that ran passed, a check of the outputs among it",
    ExitCode.FAILED: "a check failed, or a requirement is not met",
    ExitCode.UNUSABLE: "wrong usage, unreadable input or an output that cannot be written",
    ExitCode.ALTERED: "the frozen base or the clone of the challenge was altered",
    ExitCode.INCONCLUSIVE: "nothing failed, but something was not settled",
    ExitCode.MISSING: "an optional dependency is missing",
    ExitCode.OURS: "a fault of cycleproof itself: two of its engines disagree",
}
# What is said of several artifacts together is the first of these that is said of one of them.
WORST_FIRST = (
    ExitCode.ALTERED,
    ExitCode.OURS,  # then no other answer counts
    ExitCode.FAILED,
    ExitCode.UNUSABLE,
    ExitCode.MISSING,
    ExitCode.INCONCLUSIVE,
    ExitCode.PASSED,
)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The one code that is said of several artifacts; of none: passed."""
    return min(codes, key=WORST_FIRST.index, default=ExitCode.PASSED)


class CycleproofError(Exception):
    """Base of all: one line that says what is wrong and where, and a next step if there is one."""

    exit_code = ExitCode.UNUSABLE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Unreadable(CycleproofError):
    """A file or document that cannot be used."""


class Refused(CycleproofError):
    """A request is not carried out, because its artifact or evidence does not pass."""

    exit_code = ExitCode.FAILED


class GeneratorFailed(CycleproofError):
    """A generator crashed, hung, lied or printed something that is no program."""


class NotReproducible(CycleproofError):
    """A generator that builds different programs from the same sources."""

    exit_code = ExitCode.FAILED


class FrozenAltered(CycleproofError):
    """The frozen base at hand is not the pinned one."""

    exit_code = ExitCode.ALTERED


class RunnerFailed(CycleproofError):
    """The isolated simulator ended without a well-formed answer."""

    exit_code = ExitCode.INCONCLUSIVE


class MissingDependency(CycleproofError):
    """The request needs an optional dependency."""

    exit_code = ExitCode.MISSING


class EnginesDisagree(CycleproofError):
    """Two engines see one seed differently: a fault of ours, never the kernel's."""

    exit_code = ExitCode.OURS
