"""How long prover and checker take on whole kernels of the judged shape.

``python -m benchmarks.checker [ARTIFACT|RECIPE...]``; by default the shipped kernel and the
starter, which is the recipe ``baseline``.
Seconds are those of the processor; memory is the peak of the process so far. Each kernel has a
process of its own.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

from cycleproof.artifact import load
from cycleproof.build import build, run_recipe
from cycleproof.checker import check
from cycleproof.proof import prove
from frozen.decode import Artifact, parse
from frozen.problem import JUDGED


def subject(name: str) -> Artifact:
    if Path(name).suffix:
        return load(Path(name)).decoded
    return parse(build(run_recipe(name, JUDGED)[0]).data)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(name: str) -> None:
    artifact = subject(name)
    start = time.process_time()
    certificate = prove(artifact, certificate=True).certificate
    proved, memory = time.process_time() - start, peak()
    if certificate is None:
        print(f"{name:24} {artifact.cycles:8,} not proved, or by paths")
        return
    start = time.process_time()
    result = check(artifact, certificate)
    checked = time.process_time() - start
    print(
        f"{name:24} {artifact.cycles:8,} {proved:8.2f} {memory:6} {len(certificate):11,}"
        f" {checked:8.2f} {peak():6} {result.verdict:>9} {result.writes:8,} {result.distinct:8,}"
        f" {result.solver_queries:8}",
        flush=True,
    )


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2])
        return
    print(
        f"{'kernel':24} {'cycles':>8} {'prove s':>8} {'MiB':>6} {'certificate':>11} {'check s':>8}"
        f" {'MiB':>6} {'verdict':>9} {'writes':>8} {'distinct':>8} {'queries':>8}",
        flush=True,
    )
    for name in sys.argv[1:] or ["artifacts/kernel.json", "baseline"]:
        subprocess.run([sys.executable, "-m", "benchmarks.checker", "--one", name], check=True)


if __name__ == "__main__":
    main()
