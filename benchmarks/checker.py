"""How long prover and checker take on whole kernels of the judged shape.

    python -m benchmarks.checker [ARTIFACT|RECIPE...]    # a table on stdout; by default all recipes
    python -m benchmarks.checker --write                 # and into docs/studies.md
    python -m benchmarks.checker --indices any --write   # from any start index, into docs/proof.md

Seconds are those of the processor; memory is the peak of the process, one for each kernel.
Every certificate must be accepted, and no solver is asked. ``steps``: of the checker's work, the
same on every machine. From any start index a kernel may be refuted.
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
from cycleproof.audit.settle import uncollected
from cycleproof.base.statement import ANY, CHOICES, ZERO, Statement
from cycleproof.checker import ACCEPTED, check_with_facts
from cycleproof.checker.obligations import MAX_TOTAL_WORK
from cycleproof.proof import ProofVerdict, prove
from docs.page import PAGE, publish
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
    "steps",
)
PAGES = {ZERO: ("figures", PAGE), ANY: ("any start", PAGE.with_name("proof.md"))}


def subject(name: str) -> Artifact:
    """An artifact, by its file's name or a recipe's."""
    if Path(name).suffix:
        return load(Path(name)).decoded
    return parse(build(run_recipe(name, JUDGED)[0]).data)


def measure(name: str, statement: Statement) -> tuple[str, ...]:
    """One row of the table."""
    artifact = subject(name)
    start = time.process_time()
    proof = prove(artifact, statement=statement, certificate=True)
    proved = time.process_time() - start
    if proof.verdict is ProofVerdict.REFUTED and statement.any_start:
        return (f"`{name}`", f"{artifact.cycles:,}", "refuted", *[""] * (len(COLUMNS) - 3))
    if proof.certificate is None:
        raise SystemExit(f"error: {name}: {proof.verdict}, no certificate: {proof.stuck_on}")
    start = time.process_time()
    with uncollected():
        result, obligations = check_with_facts(artifact, proof.certificate, statement)
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
        f"{MAX_TOTAL_WORK - obligations.budget.left:,}",
    )


def measured_apart(name: str, indices: str) -> Any:
    """``measure`` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.checker", "--one", name, "--indices", indices]
    print(name, file=sys.stderr, flush=True)
    return tuple(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="ARTIFACT|RECIPE")
    parser.add_argument("--one", metavar="NAME", help="print the row of one kernel as JSON")
    parser.add_argument("--indices", choices=CHOICES["indices"], default=ZERO)
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, Statement(options.indices))))
        return
    names = options.names or [each.name for each in recipe.by_cycles()]
    block, page = PAGES[options.indices]
    rows = [measured_apart(name, options.indices) for name in names]
    publish(block, COLUMNS, rows, options.write, page)


if __name__ == "__main__":
    main()
