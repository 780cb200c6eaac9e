"""A small artifact and evidence about it, made once per test process."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path

from cycleproof.artifact.build import build, run_recipe
from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.checks import Subject
from cycleproof.checks.verify import verify
from cycleproof.evidence.model import Evidence
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from frozen.problem import Shape

from . import cli

SHAPE = Shape(3, 4, 8)
NONCE = bytes(range(16))


@cache
def artifact(recipe: str = "baseline", shape: Shape = SHAPE) -> LoadedArtifact:
    """A right kernel for a small shape."""
    dump, _ = run_recipe(recipe, shape)
    data = build(dump).data
    return LoadedArtifact(Path("kernel.json"), data, decode(data, "kernel.json"))


def without_last_store() -> bytes:
    """A wrong kernel: ``artifact()`` without its last store."""
    decoded = artifact().decoded
    program = [dict(bundle) for bundle in decoded.program]
    last = max(i for i, bundle in enumerate(program) if "store" in bundle)
    program[last] = {**program[last], "store": program[last]["store"][:-1]}
    if not program[last]["store"]:
        del program[last]["store"]
    left = [bundle for bundle in program if bundle]
    generator = {"name": "test/wrong", "version": "1", "sources_sha256": "0" * 64}
    return encode(SHAPE, left, len(left), generator)


def subject() -> Subject:
    """What is verified: ``artifact()``, with a fixed nonce."""
    return Subject(artifact(), read_frozen(installed_folder()), nonce=NONCE)


@cache
def evidence() -> Evidence:
    """What the checks say of ``artifact()``, with a fixed nonce."""
    return verify(subject())


def edited(change: dict[str, object], **findings: str) -> bytes:
    """The evidence's file with keys replaced; ``findings`` are verdicts by check."""
    document = evidence().as_json()
    for finding in document["findings"]:
        finding["verdict"] = findings.get(finding["check"], finding["verdict"])
    return json.dumps(document | change).encode()


def run(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line at home in ``cwd``, with the system's own programs."""
    home = {"HOME": str(cwd), "PATH": os.defpath}
    return cli.run(*arguments, cwd=cwd, seconds=cli.SECONDS, **home | environment)
