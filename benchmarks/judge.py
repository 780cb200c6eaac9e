"""``python -m benchmarks.judge``: a board of many submissions on this machine.

    python -m benchmarks.judge --count 200 --jobs 2
    python -m benchmarks.judge --count 24 --cluster    # Dask on the loopback interface, too

The submissions are the recipes at small shapes, transformed in up to 25 places, and the documents
of the hostile corpus. Printed: the time of the run, the sum of the submissions' own times, their
ratio to an even split, and the time of a second run, in which nothing is judged.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cycleproof.artifact.format import encode
from cycleproof.artifact.strip import strip
from cycleproof.board.cluster import cluster
from cycleproof.board.discover import discover
from cycleproof.board.isolation import local
from cycleproof.board.rank import Class, ranked
from cycleproof.board.run import Place, judge_all
from cycleproof.board.store import opened
from cycleproof.board.terms import Terms
from frozen.machine import Machine
from frozen.problem import Shape, inputs_from_seed, memory_image
from solution import recipe
from tests.corpus.documents import ROWS
from tests.cycleproof.proof.transform import transformed

SHAPE = Shape(5, 8, 16)
RECIPES = ("baseline", "resident", "packed", "pipelined", "vector", "selected", "records")
GENERATOR = {"name": "benchmark", "version": "1", "sources_sha256": "0" * 64}
SEEN = "2026-01-01T00:00:00Z"


def submissions(folder: Path, count: int) -> None:
    """Two in three are transformed recipes, the others hostile documents."""
    rng = random.Random(1)
    hostile = [row for row in ROWS if row.case.name not in ("bomb-size", "bomb-numbers")]
    programs = {name: strip(recipe.load(name).build(SHAPE, [])).program for name in RECIPES}
    for number in range(count):
        path = folder / f"s{number:04}.json"
        if number % 3 == 2:
            path.write_bytes(hostile[number // 3 % len(hostile)].make())
            continue
        program, _ = transformed(programs[RECIPES[number % len(RECIPES)]], rng, 25)
        run = Machine(program).run(memory_image(SHAPE, inputs_from_seed(1, SHAPE)))
        path.write_bytes(encode(SHAPE, program, run.cycles, GENERATOR))


def timed(board: Path, inbox: Path, place: Place) -> tuple[float, float, str]:
    """Seconds of a run, the sum of the submissions' own, and the verdicts."""
    terms = Terms(shape=SHAPE)
    with opened(board, make=True) as store:
        start = time.perf_counter()
        judge_all(store, discover([inbox]), terms, place, seen=SEEN, nonce=bytes(16))
        seconds = time.perf_counter() - start
        rows = store.rows()
        entries = ranked(rows, terms).entries
    tally = {str(v): sum(1 + len(e.same) for e in entries if e.verdict is v) for v in Class}
    return seconds, sum(row.seconds for row in rows), json.dumps(tally)


@contextmanager
def dask(folder: Path, workers: int):
    """A scheduler and workers on the loopback interface; the scheduler's address."""
    where = folder / "scheduler.json"
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd()), "HOME": str(folder)}
    start = [sys.executable, "-P", "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:
        command = [*start, "scheduler", *options, "--port", "0", "--scheduler-file", str(where)]
        stack.callback(subprocess.Popen(command, **quiet).kill)
        while not where.exists() or not where.read_text():
            time.sleep(0.1)
        address = json.loads(where.read_text())["address"]
        for _ in range(workers):
            command = [*start, "worker", address, *options, "--nthreads", "1", "--no-nanny"]
            stack.callback(subprocess.Popen(command, **quiet).kill)
        from distributed import Client

        with Client(address) as client:
            client.wait_for_workers(workers)
        yield address


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cluster", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        inbox = folder / "in"
        inbox.mkdir()
        submissions(inbox, options.count)
        place = Place(stack.enter_context(local(options.jobs)), options.jobs)
        seconds, own, tally = timed(folder / "near", inbox, place)
        print(f"{options.count} submissions, {options.jobs} jobs: {tally}")
        print(
            f"{seconds:.1f} s; own times {own:.1f} s; {seconds * options.jobs / own:.3f} of a split"
        )
        print(f"again, nothing to judge: {timed(folder / 'near', inbox, place)[0]:.2f} s")
        if options.cluster:
            address = stack.enter_context(dask(folder, options.jobs))
            far = stack.enter_context(cluster(address, 0))
            other = timed(folder / "far", inbox, far)[0]
            print(f"on a cluster of {options.jobs} workers: {other:.1f} s, {other / seconds:.3f}")


if __name__ == "__main__":
    main()
