"""The judging of one submission: from its bytes to evidence, or to the reason why there is none.

It runs in a warden's child (see ``warden``), so all that a hostile submission can spend is its
own limits.
"""

import base64
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from frozen.errors import FrozenError
from frozen.problem import JUDGED

from ..artifact.build import build, parse_dump
from ..artifact.format import ARTIFACT_NAME, LoadedArtifact, decode
from ..base.errors import CycleproofError, Unreadable
from ..base.files import temporary_folder
from ..bundle.read import is_bundle, parse_bundle
from ..capture import capture
from ..checker import CHECKER_VERSION
from ..checks import Subject
from ..checks.verify import verify, versions
from ..evidence.model import describe
from ..proof.result import PROVER_VERSION
from ..simulator.frozenbase import installed_folder, read_frozen
from .discover import Submission
from .terms import Terms

# What became of a submission: evidence was made, it is no program, or a limit ended it.
EVIDENCE, REFUSED, ENDED = "evidence", "refused", "ended"

_PATH = Path(ARTIFACT_NAME)  # in findings and commands: the same for everybody


class Job(NamedTuple):
    """All that judging one submission needs; a worker on another machine has nothing else."""

    submission: Submission
    terms: Terms
    nonce: bytes  # of the fresh seeds; drawn by the head, after the submissions were read

    def as_json(self) -> dict[str, Any]:
        """The job as JSON values, for a process or a worker."""
        payload = {
            encoded_name(name): base64.b64encode(data).decode()
            for name, data in self.submission.payload.items()
        }
        return {
            "submission": {**self.submission._asdict(), "payload": payload},
            "terms": self.terms.as_json(),
            "nonce": self.nonce.hex(),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Job":
        """A job from ``as_json``."""
        given = values["submission"]
        payload = {
            decoded_name(name): base64.b64decode(data) for name, data in given["payload"].items()
        }
        return cls(
            Submission(**given | {"payload": payload}),
            Terms.from_json(values["terms"]),
            bytes.fromhex(values["nonce"]),
        )


class Answer(NamedTuple):
    """What a worker says of one submission, bound to its content, the base and the versions."""

    content: str
    base: str
    tool: dict[str, str]
    status: str  # EVIDENCE, REFUSED or ENDED
    reason: str  # of the other two
    described: dict[str, Any] | None = None  # digests, shape, claim (see ``evidence.describe``)
    artifact: str = ""  # base64 of the artifact's bytes
    evidence: dict[str, Any] | None = None
    seconds: float = 0.0


def encoded_name(name: str) -> str:
    """A file's name as JSON can hold it, whatever bytes it is made of."""
    return base64.b64encode(name.encode("utf-8", "surrogateescape")).decode()


def decoded_name(text: str) -> str:
    """The name again."""
    return base64.b64decode(text).decode("utf-8", "surrogateescape")


def tool_versions() -> dict[str, str]:
    """The versions that a verdict depends on; another one means judging again."""
    ours = versions()["cycleproof"]
    return {"cycleproof": ours, "prover": PROVER_VERSION, "checker": CHECKER_VERSION}


def judge(job: Job) -> Answer:
    """Read or build the submission, run the checks, answer. Never raises ``CycleproofError``."""
    start = time.perf_counter()
    base = read_frozen(installed_folder())
    answer = Answer(job.submission.content, base.digest, tool_versions(), REFUSED, "")
    try:
        loaded = _load(job)
        if job.terms.shape not in (None, loaded.decoded.shape):
            reason = f"its shape is {loaded.decoded.shape}; this board is for {job.terms.shape}"
            answer = answer._replace(reason=reason, described=describe(loaded))
        else:
            answer = _verified(answer, Subject(loaded, base, nonce=job.nonce), job.terms.skip)
    except (CycleproofError, FrozenError) as error:
        answer = answer._replace(reason=str(error).removeprefix(f"{_PATH}: "))
    return answer._replace(seconds=round(time.perf_counter() - start, 3))


def _verified(answer: Answer, subject: Subject, skip: Iterable[str]) -> Answer:
    loaded = subject.artifact
    answer = answer._replace(
        described=describe(loaded), artifact=base64.b64encode(loaded.data).decode()
    )
    try:
        evidence = verify(subject, dict.fromkeys(skip, "left out by the board's terms"))
    except (CycleproofError, FrozenError) as error:  # a check could not be run at all
        return answer._replace(status=ENDED, reason=str(error))
    return answer._replace(status=EVIDENCE, evidence=evidence.as_json())


def _load(job: Job) -> LoadedArtifact:
    """The artifact: as it is, from its bundle, stripped from a dump, or built."""
    if job.submission.kind == "generator":
        data = _built(job)
    else:
        data = job.submission.payload[""]
        if is_bundle(data):
            return parse_bundle(data, _PATH).artifact
    try:
        return LoadedArtifact(_PATH, data, decode(data, str(_PATH)))
    except Unreadable:
        if b'"instrs"' not in data:
            raise
    made = build(parse_dump(data, str(_PATH))).data
    return LoadedArtifact(_PATH, made, decode(made, str(_PATH)))


def _built(job: Job) -> bytes:
    """The artifact of a generator, run in the sandbox."""
    if not job.terms.build:
        raise Unreadable("is Python source, and is only built with --build")
    payload = dict(job.submission.payload)
    entry = payload.pop("").decode("utf-8", "surrogateescape")
    with temporary_folder() as folder:
        for name, data in payload.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        path = folder / entry
        try:
            made = capture(path, job.terms.shape or JUDGED, seconds=job.terms.build_seconds)
        except CycleproofError as error:
            text = str(error).removeprefix(f"{path}: KernelBuilder: ")
            text = text.replace(f"{folder}/", "").removesuffix("; --timeout allows more")
            raise type(error)(text) from None
        return build(made.dump).data
