"""How long prover and checker take on whole kernels of the judged shape.

    python -m benchmarks.checker [ARTIFACT|RECIPE...]    # a table on stdout; by default all recipes
    python -m benchmarks.checker --write                 # and into docs/studies.md

Seconds are those of the processor; memory is the peak of the process, one for each kernel.
Every certificate must be accepted, and no solver is asked.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cycleproof.artifact.build import build, run_recipe
from cycleproof.artifact.format import load
from cycleproof.audit.settle import check_with_solvers
from cycleproof.checker import ACCEPTED
from cycleproof.proof import prove
from docs.page import publish
from frozen.artifact import Artifact, parse
from frozen.problem import JUDGED
from solution import recipe

COLUMNS = (
    "recipe",
    "cycles",
    "prover",
    "certificate",
    "checker",
    "memory of both",
    "obligations",
    "distinct",
)


def subject(name: str) -> Artifact:
    """An artifact, by its file's name or a recipe's."""
    if Path(name).suffix:
        return load(Path(name)).decoded
    return parse(build(run_recipe(name, JUDGED)[0]).data)


def measure(name: str) -> tuple[str, ...]:
    """One row of the table."""
    artifact = subject(name)
    start = time.process_time()
    proof = prove(artifact, certificate=True)
    proved = time.process_time() - start
    if proof.certificate is None:
        raise SystemExit(f"error: {name}: {proof.verdict}, no certificate: {proof.stuck_on}")
    start = time.process_time()
    result = check_with_solvers(artifact, proof.certificate, ())
    checked = time.process_time() - start
    if result.verdict != ACCEPTED:
        raise SystemExit(f"error: {name}: {result.verdict}: {result.reason}")
    return (
        f"`{name}`",
        f"{artifact.cycles:,}",
        f"{proved:.1f} s",
        f"{len(proof.certificate) / 1e6:.1f} MB",
        f"{checked:.1f} s",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB",
        f"{result.writes:,}",
        f"{result.distinct:,}",
    )


def measured_apart(name: str) -> Any:
    """``measure`` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.checker", "--one", name]
    print(name, file=sys.stderr, flush=True)
    return tuple(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="ARTIFACT|RECIPE")
    parser.add_argument("--one", metavar="NAME", help="print the row of one kernel as JSON")
    parser.add_argument("--write", action="store_true", help="put the table into docs/studies.md")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    names = options.names or [each.name for each in recipe.by_cycles()]
    publish("figures", COLUMNS, [measured_apart(name) for name in names], options.write)


if __name__ == "__main__":
    main()
