"""How fast the second engine runs the shipped kernel, beside the frozen simulator.

    python -m benchmarks.engine                   # a table on stdout
    python -m benchmarks.engine --write           # and into docs/engine.md
    python -m benchmarks.engine --json FILE       # and as JSON

Each row is measured in turns with runs of the frozen simulator, so that a busy machine slows both;
the ratio is the one to trust. Rates are of the processor's seconds on one core, and include inputs,
program, reference and comparison; the frozen simulator's include none of these but the program. The
last row is by the clock: two processes against one.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from cycleproof.artifact.format import load
from cycleproof.engine import run, stream
from cycleproof.view.profiling import timed
from docs.page import ROOT, publish
from frozen.artifact import Artifact
from frozen.machine import Machine
from frozen.problem import memory_image

COLUMNS = ("what runs", "preparing", "seeds a second", "× the frozen simulator")
TURNS = 5
FROZEN_RUNS = 12
NONCE = bytes(16)
PAGE = ROOT / "docs" / "engine.md"


def seconds(function: Callable[[], Any]) -> float:
    """The processor's seconds of a call, children included: LLVM compiles in one."""
    return timed(function)[1].cpu


def measured(artifact: Artifact, engine: str, guard_all: bool, seeds: int) -> dict[str, float]:
    """One engine: seconds to prepare, seeds a second, and the median ratio over all turns."""
    made: list[run.Engine] = []
    preparing = seconds(lambda: made.append(run.prepare(artifact, engine, guard_all=guard_all)))
    key = stream.key(artifact.program_sha256, NONCE)
    machine = Machine(artifact.program)
    image = memory_image(artifact.shape, stream.inputs(artifact.shape, key, 0))

    def frozen() -> None:
        for _ in range(FROZEN_RUNS):
            machine.run(image)

    def ours() -> None:
        part = made[0].bulk(key, stream.JUDGED, 0, seeds)
        if part.wrong or part.missed:
            raise SystemExit(f"error: {part.wrong} wrong, {part.missed} missed seeds")

    turns = [(seconds(frozen) / FROZEN_RUNS, seconds(ours) / seeds) for _ in range(TURNS)]
    return {
        "preparing_seconds": preparing,
        "seeds_per_second": 1 / min(each for _, each in turns),
        "frozen_runs_per_second": 1 / min(each for each, _ in turns),
        "ratio": median(theirs / each for theirs, each in turns),
    }


def two_processes(path: Path, seeds: int) -> float:
    """By the clock: how much faster two processes are than one, each prepared beforehand."""
    job = run.Job(path.read_bytes(), NONCE, False, 0, seeds)

    def clock(processes: int) -> float:
        with ProcessPoolExecutor(processes) as executor:
            list(executor.map(run.answer, [job._replace(seeds=1)] * 2 * processes))
            time.sleep(0.1)
            start = time.perf_counter()
            parts = [job._replace(seeds=seeds // processes)] * processes
            list(executor.map(run.answer, parts))
            return time.perf_counter() - start

    return median(clock(1) / clock(2) for _ in range(3))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--artifact", type=Path, default=Path("artifacts/kernel.json"))
    parser.add_argument("--seeds", type=int, default=40_000, help="in each turn  [40,000]")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--write", action="store_true", help="put the table into docs/engine.md")
    options = parser.parse_args()
    artifact, seeds = load(options.artifact).decoded, options.seeds
    rows = {
        "LLVM": measured(artifact, "llvm", False, seeds),
        "LLVM, every load guarded": measured(artifact, "llvm", True, seeds),
        "interpreter": measured(artifact, "interpreter", False, max(seeds // 20, 1)),
    }
    speedup = two_processes(options.artifact, 2 * seeds)
    table = [
        (
            name,
            f"{row['preparing_seconds']:.1f} s",
            f"{row['seeds_per_second']:,.0f}",
            f"{row['ratio']:,.0f}",
        )
        for name, row in rows.items()
    ]
    table.append(("LLVM, two processes instead of one", "", f"× {speedup:.2f}", ""))
    publish("speed", COLUMNS, table, options.write, PAGE)
    if options.json:
        facts = {
            "machine": platform.machine(),
            "python": platform.python_version(),
            "cycles": artifact.cycles,
            "rows": rows,
            "two_processes": speedup,
        }
        options.json.write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
