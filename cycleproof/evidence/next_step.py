"""The last line of every output: the one command to do next."""

from pathlib import Path

from ..base.text import command_line
from ..challenge.facts import A_CLONE, REPOSITORY
from .model import Evidence, Verdict
from .wording import Word, headline


def next_step(evidence: Evidence, path: Path) -> str:
    """The one command to do next with the artifact, or the bundle, at ``path``."""
    word = headline(evidence).word
    wanted = Verdict.FAIL if word is Word.FAILED else Verdict.UNKNOWN
    again = [each for each in evidence.findings if each.verdict is wanted and each.reproduce]
    if again:  # a run shows it sooner than the prover
        return min(again, key=lambda finding: finding.check == "proof").reproduce
    if word is Word.PROVED and path.suffix == ".zip":
        return command_line("verify", path, "--upstream", A_CLONE)
    if word is Word.PROVED:
        shape = [] if evidence.is_judged_shape else ["--any-shape"]
        return command_line("pack", path, *shape, "-o", "submission.zip")
    if word is Word.TESTED or (word is Word.OPEN and not evidence.named(Verdict.UNKNOWN)):
        return command_line("verify", path)
    return command_line("show", path, "--brief")


def explained(command: str) -> str:
    """What a word in the command stands for, in a line before it; or ``""``."""
    there = A_CLONE in command.split()
    return f"{A_CLONE} stands for a git clone of {REPOSITORY}" if there else ""
