"""The second engine on a GPU: first whether it is right, then how fast, by layout of its blocks.

    python -m benchmarks.engine_device --json FILE   # with an NVIDIA GPU: under 3 minutes
    python -m benchmarks.engine_device --emulate     # without: the same text as C++, few seeds

A kernel that is wrong on one seed in 2^12 (emulated: in 2^3) must show the same seeds in every
layout as LLVM does, and in LLVM the same as in the frozen simulator. Then each layout runs the
shipped kernel, and the fastest runs it once more, for longer. A seed that is wrong or missed ends
the run at once, with exit code 1. Seconds are by the clock.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cycleproof.artifact.format import load
from cycleproof.engine import stream
from cycleproof.engine.cuda.grid import Grid
from cycleproof.engine.ir import execute
from cycleproof.engine.result import Part
from cycleproof.engine.sliced import Sliced
from cycleproof.engine.slices import cut
from docs.page import table
from tests.support.kernels.engines import expected_of, wrong_one_in

# A block draws 144 × seeds blocks of ChaCha and runs 256 × seeds lanes: see docs/engine.md.
GRIDS = (
    Grid(8, 1024, 8, 2),
    Grid(4, 512, 8, 4),
    Grid(4, 576, 8, 3),
    Grid(4, 288, 8, 4),
    Grid(4, 384, 8, 4),
    Grid(8, 576, 8, 2),
    Grid(8, 768, 8, 2),
    Grid(2, 256, 16, 8),
    Grid(2, 288, 16, 7),
)
KEY = tuple(range(1, 9))


def engine(sliced: Sliced, grid: Grid, emulate: bool) -> Any:
    """A program ready to run in one layout."""
    if emulate:
        from tests.support.emulated import Emulated

        return Emulated(sliced, grid)
    from cycleproof.engine.cuda.device import Device

    return Device(sliced, grid)


def timed(device: Any, seeds: int) -> float:
    """The seconds of one call, in which no seed may be wrong or missed."""
    start = time.perf_counter()
    part = device.bulk(KEY, stream.JUDGED, 0, seeds)
    end = time.perf_counter()
    if part.wrong or part.missed:
        raise SystemExit(f"error: {part.wrong} wrong, {part.missed} missed of {seeds:,} seeds")
    return end - start


def row(
    sliced: Sliced, control: Sliced, expected: Part, grid: Grid, seeds: int, emulate: bool
) -> dict[str, Any]:
    """One layout: the control first, then the shipped kernel's rate."""
    found = engine(control, grid, emulate).bulk(KEY, stream.JUDGED, 0, expected.seeds)
    if found != expected:
        raise SystemExit(f"error: {grid} finds {found}, LLVM {expected}")
    start = time.perf_counter()
    device = engine(sliced, grid, emulate)
    device.bulk(KEY, stream.JUDGED, 0, 64)
    facts: dict[str, Any] = asdict(grid) | {"preparing_seconds": time.perf_counter() - start}
    if not emulate:
        facts["registers"] = device.kernel.num_regs
        facts["spilled_bytes"] = device.kernel.local_size_bytes
    facts["seeds_per_second"] = seeds / min(timed(device, seeds) for _ in range(3))
    return facts


def card(emulate: bool) -> str:
    """What runs it."""
    if emulate:
        return "C++ in place of a GPU"
    import cupy

    name: bytes = cupy.cuda.runtime.getDeviceProperties(0)["name"]
    return name.decode()


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--artifact", type=Path, default=Path("artifacts/kernel.json"))
    parser.add_argument("--emulate", action="store_true", help="as C++, on the processor")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    emulate = options.emulate
    bits, few, many, most = (3, 64, 16, 32) if emulate else (12, 1 << 16, 20_000_000, 10**9)
    artifact = load(options.artifact).decoded
    sliced = cut(execute(artifact.program, artifact.shape))
    wrong = wrong_one_in(artifact, bits)
    control = cut(execute(wrong.program, wrong.shape))
    try:
        expected = expected_of(wrong, control, KEY, few)
    except ValueError as error:
        raise SystemExit(f"error: {error}") from None
    rows: list[dict[str, Any]] = []
    results = {"card": card(emulate), "cycles": artifact.cycles, "control": expected, "rows": rows}

    def keep() -> None:
        if options.json:
            options.json.write_text(json.dumps(results, indent=1) + "\n")

    for grid in GRIDS:
        rows.append(row(sliced, control, expected, grid, many, emulate))
        keep()
        print(f"{grid}: {rows[-1]['seeds_per_second']:,.0f}", file=sys.stderr, flush=True)
    best = max(rows, key=lambda facts: facts["seeds_per_second"])
    grid = Grid(**{name: best[name] for name in asdict(Grid())})
    long = timed(engine(sliced, grid, emulate), most)
    results["longest"] = {"grid": asdict(grid), "seeds": most, "seconds": long}
    keep()
    print(f"{results['card']}; {expected.wrong} of {few:,} control seeds are wrong everywhere")
    print(table(tuple(best), [tuple(map(shown, facts.values())) for facts in rows]), end="")
    print(f"the fastest again: {most:,} seeds in {long:.2f} s")


def shown(value: object) -> str:
    """A figure as a cell."""
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
