"""The check ``frozen``: the base at hand is the pinned one, and runs isolated."""

from ..base.text import command_line
from ..evidence.model import Finding, Verdict
from ..simulator.runner import FLAGS, run_frozen
from . import Subject


def run(subject: Subject) -> Finding:
    """Run the hashed bytes once. An altered base never gets here: reading it raises."""
    (answer,) = run_frozen(subject.base, subject.artifact.data, [{"seed": 0}])
    ran = "fault" not in answer
    return Finding(
        "frozen",
        Verdict.PASS if ran else Verdict.FAIL,
        "the bytes that ran are the pinned ones, in an isolated interpreter"
        if ran
        else str(answer["fault"]),
        {
            "version": subject.base.version,
            "digest": subject.base.digest,
            "files": len(subject.base.pins),
            "flags": FLAGS,
        },
        reproduce="" if ran else command_line("verify", subject.artifact.path, "--seed", "0"),
    )
