"""The last lines of every output: the one command to do next."""

import re
from collections.abc import Mapping
from pathlib import Path

from ..base.text import command_line, printable
from ..challenge.facts import A_CLONE, REPOSITORY, SOURCES
from .model import ALTERED, INSTEAD, RUNS, THE_ARTIFACT, Evidence, Finding, Verdict
from .policy import BY_NAME, CHECK
from .wording import Word, headline

_ONE_RUN = ("left out by --seed", "left out by --input")
_AT = re.compile(r"bundle (\d{1,9})\b")  # how each fault begins
STAND_INS: Mapping[str, str] = {
    A_CLONE: f"a git clone of {REPOSITORY}",
    SOURCES: "the generator's sources, a perf_takehome.py or its folder; `diff` compares the two",
    "FILE": "the attestation",
    "PUB": "a public key that you trust",
}


def next_step(evidence: Evidence, path: Path) -> str:
    """The one command to do next with the artifact, or the bundle, at ``path``.

    It is never the command that made the evidence: that would lead in a circle.
    """
    word = headline(evidence).word
    wanted = Verdict.FAIL if word is Word.FAILED else Verdict.UNKNOWN
    told = [each for each in evidence.findings if each.verdict is wanted]
    again = [each for each in told if each.reproduce and not _was_typed(evidence, each)]
    if again:  # a run shows it sooner than the prover
        return min(again, key=lambda finding: finding.check == "proof").reproduce
    if word is Word.PROVED and path.suffix == ".zip":
        asked = "upstream" not in evidence.named(Verdict.PASS)
        more = ("verify", path, "--upstream", A_CLONE)
        return command_line(*(more if asked else ("report", path, "-o", "report.html")))
    if word is Word.PROVED:
        shape = [] if evidence.is_judged_shape else ["--any-shape"]
        return command_line("pack", path, *shape, "-o", "submission.zip")
    if word is Word.TESTED or not told:
        return command_line("verify", path)
    return command_line(*_instead(evidence, told, path))


def _was_typed(evidence: Evidence, finding: Finding) -> bool:
    """Whether what shows the finding again is what showed it now."""
    if finding.check == "upstream":
        return ALTERED not in finding.figures
    replayed = "--nonce" in finding.reproduce and bool(finding.figures.get("replayed"))
    return replayed or any(each.established in _ONE_RUN for each in evidence.findings)


def _instead(evidence: Evidence, told: list[Finding], path: Path) -> list[str | Path]:
    """The words of a command that says more of what failed or stayed open."""
    first = told[0]
    if first.check in RUNS and "wrong_lane" in first.figures:
        seed = first.figures.get("wrong_seed")
        of_seed = ["--seed", str(seed)] if type(seed) is int else []
        return ["trace", path, *of_seed, "-o", "trace.pftrace"]
    if at := _AT.match(str(first.figures.get("fault", ""))):
        return ["show", path, "--bundle", at[1]]
    if first.check == "attestation":
        return ["verify", path]
    if first.check == CHECK and first.verdict is Verdict.UNKNOWN:
        return _asking(evidence, first, path)
    return ["show", path]


def _asking(evidence: Evidence, finding: Finding, path: Path) -> list[str | Path]:
    """The words of a command that settles the requirements which no check has answered."""
    names = finding.figures.get("require")
    rows = [row for name, row in BY_NAME.items() if type(names) is list and name in names]
    missing = [row for row in rows if row.answer(evidence)[0] is Verdict.UNKNOWN]
    for row in missing:
        instead = evidence.figures(row.name).get(INSTEAD)
        if type(instead) is list:
            return [path if word == THE_ARTIFACT else str(word) for word in instead]
    asked = [row.asked for row in missing if row.asked is not None]
    if not asked:
        return ["show", path]
    most = finding.figures.get("max_cycles")
    return [
        "verify",
        path,
        *(word for options in asked for word in options),
        *(word for row in rows for word in ("--require", row.name)),
        *(("--max-cycles", str(most)) if type(most) is int else ()),
    ]


def last_lines(evidence: Evidence, path: Path) -> list[str]:
    """The last lines, safe to print: what words of the command stand for, then the command."""
    command = next_step(evidence, path)
    used = [(word, what) for word, what in STAND_INS.items() if word in command.split()]
    told = ["; ".join(f"{word} stands for {what}" for word, what in used)] if used else []
    return [*told, f"next: {printable(command)}"]


def to_a_reviewer(bundle: Path, name: str) -> str:
    """The last line about a submission bundle; ``name`` is what the reviewer calls it."""
    sent, typed = printable(str(bundle)), printable(command_line("verify", Path(name)))
    return f"next: send {sent} to whoever reviews it, who types: {typed}"
