"""Submissions for the board's tests, and an executor that answers without judging."""

import base64
import json
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import Executor, Future
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.board.judging import EVIDENCE, REFUSED, Answer, Job, tool_versions
from cycleproof.board.run import Work
from cycleproof.board.terms import Terms
from cycleproof.checks import Subject
from cycleproof.checks.verify import verify
from cycleproof.evidence.model import describe
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from frozen.problem import Shape
from tests.support import cli
from tests.support.programs import scalar_kernel

SHAPE = Shape(2, 3, 2)
TERMS = Terms(shape=SHAPE, seconds=60, build_seconds=5)
TERMS_FILE = 'shape = "2,3,2"\nseconds = 60\nbuild-seconds = 5\n'
GENERATOR = {"name": "test", "version": "1", "sources_sha256": "0" * 64}
NONCE = bytes(range(16))
T = TypeVar("T")


@cache
def kernel(idle: int = 0, wrong: bool = False, maker: str = "test") -> bytes:
    """A right kernel that wastes ``idle`` cycles, or one with a wrong hash constant."""
    program = scalar_kernel(SHAPE)
    if wrong:
        program[4] = {"load": [["const", 16, 0x7ED55D17]]}
    program = [{"load": [["const", 40, 0]]}] * idle + program
    return encode(SHAPE, program, len(program), {**GENERATOR, "name": maker})


def board_of(folder: Path, **files: bytes) -> Path:
    """Write kernels into a folder, one file for each keyword."""
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.json").write_bytes(data)
    return folder


@cache
def _evidence(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    loaded = LoadedArtifact(Path("k.json"), data, decode(data, "k.json"))
    subject = Subject(loaded, read_frozen(installed_folder()), nonce=NONCE)
    return describe(loaded), verify(subject, skip=["bulk"]).as_json()


def answer_of(given: dict[str, Any]) -> dict[str, Any]:
    """The answer that judging gives, from memory where the same program was judged before."""
    job = Job.from_json(given)
    base = read_frozen(installed_folder()).digest
    data = job.submission.payload[""]
    if not data.startswith(b"{"):
        refused = Answer(job.submission.content, base, tool_versions(), REFUSED, "no JSON")
        return refused._asdict()
    described, evidence = deepcopy(_evidence(data))
    text = base64.b64encode(data).decode()
    return Answer(
        *(job.submission.content, base, tool_versions(), EVIDENCE, ""), described, text, evidence
    )._asdict()


class Ready(Executor):
    """Answers at once, in this process, by ``answer``; ``asked`` lists the contents."""

    def __init__(self, answer: Work = answer_of) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def submit(self, work: Callable[..., T], /, *jobs: Any, **names: Any) -> Future[T]:
        (job,) = jobs
        future: Future[Any] = Future()
        self.asked.append(job["submission"]["place"])
        try:
            future.set_result(self.answer(json.loads(json.dumps(job))))
        except Exception as error:
            future.set_exception(error)
        return future


def command(*arguments: Path | str) -> list[str]:
    return cli.command("judge", *arguments)


def environment(tmp_path: Path) -> dict[str, str]:
    home = {"HOME": str(tmp_path), "COLUMNS": "200"}
    return {"PATH": os.defpath, "PYTHONPATH": str(cli.ROOT), **home}


def judge(tmp_path: Path, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "terms.toml").write_text(TERMS_FILE)
    terms = () if "--terms" in arguments else ("--terms", tmp_path / "terms.toml")
    return subprocess.run(
        command(*arguments, *terms),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(tmp_path),
        check=False,
        timeout=300,
    )
