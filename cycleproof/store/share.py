"""What evidence about one file says of a file with the same program, shape and claim."""

import shlex
from dataclasses import replace
from pathlib import Path

from ..artifact.format import LoadedArtifact
from ..base.text import command_line
from ..checks import decode
from ..evidence.model import Evidence, Finding, Verdict, describe

# What these pass is the file, byte for byte; all other checks look at the program.
OF_THE_FILE = frozenset({"upstream", "reproduce", "attestation"})
OTHER_FILE = "passed for another file of the same program, not for this one"


def shared(evidence: Evidence, artifact: LoadedArtifact) -> Evidence | None:
    """The evidence as it holds for ``artifact``, a file with the program that it is about.

    Another file is decoded anew, and what passed for the first file's bytes counts as not run.
    ``None`` where something about those bytes failed or stayed open: it may be the program's fault.
    """
    if evidence.is_about(artifact):
        return evidence
    findings = []
    for found in evidence.findings:
        if found.check == "decode":
            found = Finding("decode", *decode.look(artifact))
        elif found.check in OF_THE_FILE and found.verdict is Verdict.PASS:
            found = Finding(found.check, Verdict.SKIPPED, OTHER_FILE)
        elif found.check in OF_THE_FILE and found.verdict is not Verdict.SKIPPED:
            return None
        findings.append(found)
    return replace(evidence, artifact=describe(artifact), findings=findings)


def renamed(evidence: Evidence, old: str, new: Path) -> Evidence:
    """The evidence with the file's path of now in the commands that show a failure again."""
    _, was = shlex.split(command_line(Path(old)))

    def again(command: str) -> str:
        words = shlex.split(command)[1:]
        return command_line(*(new if word == was else word for word in words))

    findings = [
        replace(each, reproduce=again(each.reproduce)) if each.reproduce else each
        for each in evidence.findings
    ]
    return replace(evidence, findings=findings)
