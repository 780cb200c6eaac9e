"""The frozen simulator against the official one, after every bundle, on one artifact."""

import json
import secrets
import signal
from importlib import resources
from typing import Any

from ..base.child import BARE, run
from ..simulator.frozenbase import FrozenBase
from .official import MEMORY_LIMIT, SECONDS_LIMIT


def compare_simulators(
    base: FrozenBase,
    simulator: bytes,
    artifact: bytes,
    seeds: list[int],
    seconds: int = SECONDS_LIMIT,
) -> dict[str, Any]:
    """Run ``artifact`` on both simulators, from their pinned bytes, in one isolated interpreter.

    Answers ``{"same": True, "bundles", "cycles"}`` (executed bundles over all seeds), ``{"same":
    False, "at"}`` with where they part, or ``{"not_run": reason}``.
    """
    nonce = secrets.token_hex(16)
    job = {
        "nonce": nonce,
        "memory": MEMORY_LIMIT,
        "seconds": seconds,
        "sources": {
            name.removesuffix(".py"): data.decode()
            for name, data in base.files.items()
            if name.endswith(".py")
        },
        "simulator": simulator.decode(),
        "artifact": artifact.decode("ascii"),
        "seeds": seeds,
    }
    driver = resources.files(__package__).joinpath("stepper.py").read_text("utf-8")
    try:
        child = run([*BARE, "-c", driver], seconds, json.dumps(job).encode())
        endless = child.returncode == -signal.SIGXCPU  # by its own limit
    except TimeoutError:
        endless = True
    if endless:
        return {"not_run": f"it did not end in {seconds} s"}
    _, _, body = child.stdout.rpartition(f"\n{nonce}\n".encode())
    if child.returncode or not body:
        last = child.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason"]
        return {"not_run": f"the comparison ended without an answer: {last[0]!a:.200}"}
    answer: dict[str, Any] = json.loads(body)
    return answer
