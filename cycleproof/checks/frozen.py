"""The check ``frozen``: the base at hand is the pinned one, and runs isolated."""

from ..base.text import command_line
from ..evidence.model import Found, Verdict
from ..simulator.runner import FLAGS
from ..simulator.runs import Request
from . import Subject
from .answers import wrong_figures


def requests(_subject: Subject) -> list[Request]:
    """One run."""
    return [{"seed": 0}]


def run(subject: Subject) -> Found:
    """Run the hashed bytes once. An altered base never gets here: reading it raises."""
    (answer,) = subject.answers(requests(subject))
    ran = "fault" not in answer
    return Found(
        Verdict.PASS if ran else Verdict.FAIL,
        "the simulator that ran is the pinned one, byte for byte, isolated"
        if ran
        else str(answer["fault"]),
        {
            "version": subject.base.version,
            "digest": subject.base.digest,
            "files": len(subject.base.pins),
            "flags": FLAGS,
            **({} if ran else wrong_figures(answer)),
        },
        reproduce="" if ran else command_line("verify", subject.artifact.path, "--seed", "0"),
    )
