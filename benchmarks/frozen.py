"""How fast the frozen simulator is, beside one in the naive style, in one paired run.

``python -m benchmarks.frozen``. Decoding (checks and closures) happens once for any number of
runs, so it stands apart. The naive style matches on names for each slot and lane, as the public
simulator does; here it is the independent machine of the tests. Pairs alternate, so that a
machine whose speed drifts slows both; the median of their ratios is the figure to quote. Seconds
are those of the processor.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from cycleproof.artifact.build import run_recipe
from cycleproof.artifact.format import load
from cycleproof.challenge.facts import BASELINE
from frozen.machine import Machine
from frozen.ops import Program
from frozen.problem import JUDGED, inputs_from_seed, memory_image
from tests.support.plain_machine import PlainMachine

PAIRS = 5
LOOP: Program = [
    {"load": [["const", 1, 100_000], ["const", 2, 1]]},
    {"alu": [["-", 1, 1, 2]], "flow": [["cond_jump", 1, 1]]},
]


def seconds(work: Callable[[], object]) -> float:
    """Of the processor."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compare(name: str, program: Program, cycles: int) -> None:
    """One row of the table."""
    image = memory_image(JUDGED, inputs_from_seed(0, JUDGED))
    machine = Machine(program)
    machine.run(image)
    ready, ours, naive = [], [], []
    for _ in range(PAIRS):
        ready.append(seconds(lambda: Machine(program)))
        ours.append(seconds(lambda: machine.run(image)))
        naive.append(seconds(lambda: PlainMachine(program, image).run(10**7)))
    run = statistics.median(ours)
    ratio = statistics.median(b / a for a, b in zip(ours, naive, strict=True))
    print(
        f"{name:10} {cycles:8,} {statistics.median(ready):8.3f} {run:8.3f} {cycles / run:11,.0f}"
        f" {statistics.median(naive):8.3f} {ratio:7.1f}x"
    )


def main() -> None:
    """Measure, and print the table."""
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    gc.disable()  # as the frozen harness does
    print(f"{'program':10} {'cycles':>8} {'decode s':>8} {'run s':>8} {'cycles/s':>11}", end="")
    print(f" {'naive s':>8} {'ratio':>8}")
    starter = run_recipe("baseline", JUDGED)[0].program
    compare("starter", starter, BASELINE)
    shipped = load(Path("artifacts/kernel.json")).decoded
    compare("shipped", shipped.program, shipped.cycles)
    compare("loop", LOOP, 100_001)


if __name__ == "__main__":
    main()
