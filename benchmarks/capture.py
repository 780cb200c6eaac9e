"""What capturing a generator costs over the time that its builder takes by itself.

``python -m benchmarks.capture``. The generator builds a dense kernel of 1,000 bundles (25 slots
each). Its own time is that of a bare interpreter which builds the same once, start included; the
cost is what ``capture`` takes beyond that for each build: reading the folder, starting the
sandbox, reading the program, handing it over, decoding it. Medians; on a busy machine the
processor's seconds are the steadier ones.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from cycleproof.capture import capture
from cycleproof.capture.sandbox import SANDBOXES, works
from cycleproof.view.profiling import Cost, timed
from frozen.problem import JUDGED

ROUNDS = 7
BUNDLES = 1_000
GENERATOR = f"""
class KernelBuilder:
    def build_kernel(self, height, n_nodes, batch, rounds):
        self.instrs = [
            {{
                "alu": [("+", 8 + i, n % 8, i) for i in range(12)],
                "valu": [("^", 64 + 8 * i, 128, 136) for i in range(6)],
                "load": [("const", 200 + i, -n) for i in range(2)],
                "store": [("store", 0, 1), ("vstore", 0, 64)],
                "flow": [("add_imm", 300, 300, n)],
                "debug": [("compare", 8, (n, "val")), ("comment", "here")],
            }}
            for n in range({BUNDLES})
        ]
"""
ALONE = "import perf_takehome as p; p.KernelBuilder().build_kernel(10, 2047, 256, 16)"


def seconds(work: Callable[[], object]) -> Cost:
    """Wall clock and processor, each the median of ``ROUNDS``."""
    costs = [timed(work)[1] for _ in range(ROUNDS)]
    return Cost(*(statistics.median(each) for each in zip(*costs, strict=True)))


def main() -> None:
    """Measure, and print the table."""
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "perf_takehome.py").write_text(GENERATOR)
        bare = [sys.executable, "-c", ALONE]
        alone = seconds(lambda: subprocess.run(bare, cwd=folder, check=True))
        print("                     wall clock  processor")
        print(f"builder by itself      {alone[0]:6.3f} s   {alone[1]:6.3f} s")
        for sandbox in SANDBOXES.values():
            if works(sandbox):
                for builds in (1, 2):
                    whole = seconds(lambda: capture(folder, JUDGED, builds, sandbox=sandbox))  # noqa: B023
                    cost = [all_ - builds * own for all_, own in zip(whole, alone, strict=True)]
                    title = f"{sandbox.name}, {builds} builds"
                    print(f"{title:20} + {cost[0]:6.3f} s   {cost[1]:6.3f} s")


if __name__ == "__main__":
    main()
