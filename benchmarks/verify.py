"""How long `verify` takes: its parts, beside an older tree in one run, and as programs grow.

    python -m benchmarks.verify                      # the tables on stdout
    python -m benchmarks.verify --against FOLDER     # pairs with the tree of an older commit
    python -m benchmarks.verify --write              # the tables into docs/performance.md
    python -m benchmarks.verify growth --write       # one of them

FOLDER is a checkout (`git worktree add FOLDER COMMIT`) whose dependencies this interpreter has.
Both trees verify the same artifacts, in turn, so that a machine whose speed drifts slows both; the
median of the ratios is the figure to quote. Processor seconds include child processes.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cycleproof.artifact.build import build, run_recipe
from cycleproof.artifact.format import encode, load
from cycleproof.base.errors import ExitCode
from cycleproof.view.profiling import Cost, profile, timed
from docs.page import ROOT, publish
from frozen.errors import Malformed
from frozen.ops import OPS, SCRATCH_SIZE, Bundle, Program
from frozen.problem import JUDGED, Shape
from frozen.program import check_program

PAGE = ROOT / "docs" / "performance.md"
SHIPPED = ROOT / "artifacts" / "kernel.json"
PAIRED = {"shipped": None, "starter": "baseline", "vector": "vector", "records": "records"}
GROWING = [  # lanes, then rounds, then the starter program
    *(("vector", Shape(10, 16, batch)) for batch in (8, 32, 128, 512)),
    *(("vector", Shape(10, rounds, 256)) for rounds in (1, 4, 16, 40)),
    ("baseline", JUDGED),
]
PAIRS_HEAD = ("program", "seconds by the clock", "of the processor", "ratio", "ratio")
LARGE = (5_000, 20_000, 93_002)  # bundles of a file that is wrong; a stranger's had the last number
LARGE_HEAD = ("bundles", "bytes", "slots", "distinct", "seconds of the processor")
GROWTH_HEAD = ("program", "bundles", "slots", "clock", "processor", "µs for each slot")
TABLES = ("parts", "paired", "growth", "large")
# Without the library that only older trees import where it is installed (see `base/lean.py`).
MAIN = (
    "import sys; sys.modules['rfc3987_syntax'] = None; sys.path.insert(0, sys.argv.pop(1));"
    " from cycleproof.cli import main; main()"
)


def verified(tree: Path, artifact: Path, *skipped: str) -> Cost:
    """What one `cycleproof verify` by the code of a tree takes. Raises ``RuntimeError``."""
    command = [sys.executable, "-P", "-c", MAIN, str(tree), "verify", str(artifact)]
    command += [word for name in skipped for word in ("--skip", name)]
    with tempfile.TemporaryDirectory() as folder:
        run, cost = timed(
            lambda: subprocess.run(
                command, check=not skipped, cwd=folder, stdout=subprocess.DEVNULL
            )
        )
    if skipped and run.returncode != ExitCode.FAILED:
        raise RuntimeError(f"{artifact}: expected to fail, ended with {run.returncode}")
    return cost


def made(recipe: str | None, shape: Shape, folder: Path) -> Path:
    """The shipped artifact, or a recipe's as a file of the folder."""
    if recipe is None:  # a copy: beside the original lies this tree's frozen base
        return Path(shutil.copy(SHIPPED, folder))
    path = folder / f"{recipe}-{'-'.join(map(str, shape))}.json"
    path.write_bytes(build(run_recipe(recipe, shape)[0]).data)
    return path


def parts(artifact: Path) -> Iterator[tuple[str, ...]]:
    """The parts of the pipeline, one after the other: a row each."""
    measured = profile(artifact)
    whole = sum(stage.cost.cpu for stage in measured.stages)
    for stage in measured.stages:
        if stage.cost.cpu >= 0.005:
            share = f"{stage.cost.cpu / whole:.0%}"
            yield f"`{stage.name}`: {stage.what}", f"{stage.cost.cpu:.2f}", share
    yield "all", f"{whole:.2f}", ""


def pairs(older: Path, count: int, folder: Path) -> Iterator[tuple[str, ...]]:
    """A row for each program: seconds of both trees, and the ratios of the newer to the older."""
    for name, recipe in PAIRED.items():
        artifact = made(recipe, JUDGED, folder)
        both = [(verified(older, artifact), verified(ROOT, artifact)) for _ in range(count)]
        medians = [
            statistics.median(getattr(pair[tree], kind) for pair in both)
            for kind in Cost._fields
            for tree in (0, 1)
        ]
        ratios = [
            statistics.median(getattr(new, kind) / getattr(old, kind) for old, new in both)
            for kind in Cost._fields
        ]
        cycles = load(artifact).decoded.cycles
        wall, cpu = medians[:2], medians[2:]
        yield (
            f"{name}, {cycles:,} cycles",
            *(f"{one:.1f} → {other:.1f}" for one, other in (wall, cpu)),
            *(f"{ratio:.2f}" for ratio in ratios),
        )


def moved(program: Program, by: int) -> Program:
    """The program with each scratch word some words on, modulo all of scratch."""
    return [
        {
            engine: [
                [
                    slot[0],
                    *(
                        (int(word) + by) % SCRATCH_SIZE if width else word
                        for word, (_, _, width) in zip(
                            slot[1:], OPS[engine, str(slot[0])].operands, strict=True
                        )
                    ),
                ]
                for slot in slots
            ]
            for engine, slots in bundle.items()
        }
        for bundle in program
    ]


def wrong_and_large(count: int, folder: Path) -> Path:
    """An artifact of ``count`` bundles: `vector` and the shipped kernel, each copy moved on."""
    bundles: list[Bundle] = []
    kernels = [load(made(recipe, JUDGED, folder)).decoded.program for recipe in ("vector", None)]
    for by in range(SCRATCH_SIZE):
        for kernel in kernels:
            with suppress(Malformed):  # a vector would go over the end of scratch
                check_program(copy := moved(kernel, by))
                bundles += copy
        if len(bundles) >= count:
            break
    path = folder / f"{count}.json"
    generator = {"name": "benchmarks/verify", "version": "1", "sources_sha256": "0" * 64}
    path.write_bytes(encode(JUDGED, bundles[:count], count, generator))
    return path


def large(older: Path | None, folder: Path) -> Iterator[tuple[str, ...]]:
    """A row for each size: what verifying takes without proof and directed inputs."""
    for count in LARGE:
        artifact = wrong_and_large(count, folder)
        program = load(artifact).decoded.program
        slots = [(e, *slot) for bundle in program for e, some in bundle.items() for slot in some]
        costs = [verified(tree, artifact, "proof", "directed") for tree in (older, ROOT) if tree]
        row = (
            *(f"{n:,}" for n in (count, artifact.stat().st_size, len(slots), len(set(slots)))),
            " → ".join(f"{cost.cpu:.1f}" for cost in costs),
        )
        print(*row, sep=" | ", file=sys.stderr, flush=True)
        yield row


def growth(folder: Path) -> Iterator[tuple[str, ...]]:
    """A row for each size: seconds, and microseconds of the processor for each slot run."""
    for recipe, shape in GROWING:
        artifact = made(recipe, shape, folder)
        program = load(artifact).decoded.program
        slots = sum(len(some) for bundle in program for some in bundle.values())
        cost = verified(ROOT, artifact)
        row = (
            f"`{recipe}`, {shape}",
            f"{len(program):,}",
            f"{slots:,}",
            f"{cost.wall:.1f}",
            f"{cost.cpu:.1f}",
            f"{cost.cpu / slots * 1e6:.0f}",
        )
        print(*row, sep=" | ", file=sys.stderr, flush=True)
        yield row


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)}; or all")
    parser.add_argument(
        "--against", type=Path, metavar="FOLDER", help="the tree of an older commit"
    )
    parser.add_argument("--pairs", type=int, default=3, help="runs of each tree (default: 3)")
    parser.add_argument("--write", action="store_true", help="put them into docs/performance.md")
    options = parser.parse_args()
    tables = options.tables or TABLES
    if unknown := set(tables) - set(TABLES):
        parser.error(f"no table is called {min(unknown)}")
    if "parts" in tables:
        publish("parts", ("part", "seconds", "share"), list(parts(SHIPPED)), options.write, PAGE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.against and "paired" in tables:
            rows = list(pairs(options.against.resolve(), options.pairs, folder))
            publish("paired", PAIRS_HEAD, rows, options.write, PAGE)
        if "large" in tables:
            older = options.against.resolve() if options.against else None
            publish("large", LARGE_HEAD, list(large(older, folder)), options.write, PAGE)
        if "growth" in tables:
            publish("growth", GROWTH_HEAD, list(growth(folder)), options.write, PAGE)


if __name__ == "__main__":
    main()
