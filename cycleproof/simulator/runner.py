"""Running the frozen base: pinned bytes, a fresh interpreter, one framed answer.

The interpreter gets ``-I -S -B``, an empty environment, an empty working directory and limits on
time and memory; the sources and the job come on stdin. Nothing importable from a checkout, the
environment or the working directory can reach it.
"""

import json
import resource
import secrets
from collections.abc import Sequence
from typing import Any, Required, TypedDict

from frozen.machine import DEFAULT_FUEL

from ..base.child import BARE, run
from ..base.errors import RunnerFailed, Unreadable
from .frozenbase import FrozenBase

MEMORY_LIMIT = 3 << 30
SECONDS_LIMIT = 900
# What sys.flags must say inside the child; anything else means that it was not isolated.
FLAGS = {
    "isolated": 1,
    "ignore_environment": 1,
    "no_user_site": 1,
    "no_site": 1,
    "dont_write_bytecode": 1,
    "safe_path": True,
    "optimize": 0,
    "inspect": 0,
}

# What the child runs after the pinned code has answered: it ends at once, since to take apart the
# millions of lists and closures of a large program would take a seventh of its time.
_LEAVE = "\nimport os\nsys.stdout.flush()\nos._exit(0)\n"

Answer = TypedDict(
    "Answer",
    {
        "pass": Required[bool],
        "fault": str,  # of a run that did not end; then nothing below is there
        "cycles": int,
        "indices": str,  # how it left the final indices
        "forest_preserved": bool,
        "wrong_lanes": int,  # of a wrong run, with the first of them:
        "lane": int,
        "expected": int,
        "got": int,
        "start": int,  # its start index, where that is not 0
        "round": int | None,  # from which on that lane is lost, where somebody looked
    },
    total=False,
)
"""What the frozen base says of one run (``frozen.harness.compare``)."""


def run_frozen(
    base: FrozenBase,
    artifact: bytes,
    requests: Sequence[dict[str, Any]],
    *,
    fuel: int = DEFAULT_FUEL,
    seconds: int = SECONDS_LIMIT,
) -> list[Answer]:
    """Judge an artifact's bytes on inputs (see ``frozen.harness.judge``) in a fresh interpreter.

    Raises ``Unreadable`` if the frozen base refuses the artifact, ``RunnerFailed`` if no
    well-formed answer with this call's nonce comes back in time.
    """
    nonce = secrets.token_hex(16)
    job = {
        "nonce": nonce,
        "artifact": artifact.decode("utf-8", "surrogateescape"),
        "requests": list(requests),
        "fuel": fuel,
        "memory": _in_force(resource.RLIMIT_AS, MEMORY_LIMIT),
        "seconds": _in_force(resource.RLIMIT_CPU, seconds),
        "flags": list(FLAGS),
    }
    sources = {
        name.removesuffix(".py"): data.decode()
        for name, data in base.files.items()
        if name.endswith(".py")
    }
    message = json.dumps({"sources": sources, "job": job}).encode()
    try:
        child = run([*BARE, "-c", sources["__main__"] + _LEAVE], seconds, message)
    except TimeoutError:
        raise RunnerFailed(f"the frozen simulator did not end in {seconds} s") from None
    answer = _unframe(child.stdout, nonce, child.returncode, child.stderr)
    if answer["flags"] != FLAGS:
        raise RunnerFailed(f"the interpreter is not isolated: {answer['flags']}")
    if "refused" in answer:
        raise Unreadable(str(answer["refused"]))
    answers: list[Answer] = answer["answers"]
    if len(answers) != len(requests):
        raise RunnerFailed(f"{len(requests):,} runs asked for, {len(answers):,} answered")
    return answers


def _in_force(what: int, wanted: int) -> int:
    """The limit that the child may set: no higher than one that this process is under."""
    most = resource.getrlimit(what)[1]
    return wanted if most == resource.RLIM_INFINITY else min(wanted, most)


def _unframe(output: bytes, nonce: str, status: int, errors: bytes) -> dict[str, Any]:
    """Read nonce and length in a line, then the body; the exit status must agree."""
    head, _, body = output.partition(b"\n")
    if status != 0 or head != f"{nonce} {len(body)}".encode():
        last = errors.decode(errors="replace").strip().splitlines()[-1:] or [f"status {status}"]
        raise RunnerFailed(f"the frozen simulator ended without an answer: {last[0]!a:.300}")
    answer: dict[str, Any] = json.loads(body)
    return answer
