"""``python -m benchmarks.cluster [--write]``: what a Dask cluster costs against local processes.

Submissions as in ``benchmarks.judge``, small ones and such of the judged shape, are judged in
alternating pairs by processes of this machine, while the cluster sleeps, and by as many workers of
a cluster on its loopback interface: each time for a new board, which must be the one that is due.
Seconds are of the clock and, since a busy machine stretches those, of the processor: of the head,
the scheduler, the workers and all that they start; but not what it takes to start the cluster.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.judge import PAGE, RECIPES, SHAPE, TERMS, differences, submissions, timed
from cycleproof.board.cluster import cluster
from cycleproof.board.isolation import local
from cycleproof.board.run import Place
from cycleproof.board.terms import read_terms
from docs.page import publish
from frozen.problem import JUDGED, Shape

TICKS = os.sysconf("SC_CLK_TCK")
# As docs/judging.md has them. By default 100 looks a second at what a worker is at, and 50 at
# whether each process still answers, take a tenth of a core for two workers without work.
SETTINGS = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}


class Load(NamedTuple):
    """Submissions that are judged in so many pairs of runs."""

    name: str
    size: int
    pairs: int
    shape: Shape
    recipes: tuple[str, ...]


# A third of each are hostile documents, which take no time.
LOADS = (
    Load("of the judged shape", 9, 3, JUDGED, ("vector", "selected", "records")),
    Load("small", 24, 5, SHAPE, RECIPES),
)


class Cost(NamedTuple):
    """Seconds of a run, by the clock and of the processor."""

    clock: float
    processor: float


@contextmanager
def dask(folder: Path, workers: int) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and workers on the loopback interface: its address, and their processes."""
    where = folder / "scheduler.json"
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd()), "HOME": str(folder)}
    environment |= SETTINGS
    start = [sys.executable, "-P", "-m", "dask"]
    null = subprocess.DEVNULL
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:

        def begin(*command: str) -> int:
            words = [*start, *command, *options]
            process = subprocess.Popen(words, stdout=null, stderr=null, env=environment)
            stack.callback(process.kill)
            return process.pid

        pids = [begin("scheduler", "--port", "0", "--scheduler-file", str(where))]
        while not where.exists() or not where.read_text():
            time.sleep(0.1)
        address = json.loads(where.read_text())["address"]
        pids += [begin("worker", address, "--nthreads", "1", "--no-nanny") for _ in range(workers)]
        from distributed import Client

        with Client(address) as client:
            client.wait_for_workers(workers)
        yield address, pids


@contextmanager
def asleep(pids: list[int]) -> Iterator[None]:
    """The cluster takes nothing while this machine's own processes judge."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def processor(pids: list[int]) -> float:
    """Processor seconds so far of this process, of those named, and of all that they started."""
    parents, used = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended, and its parent was told what it took
            fields = path.read_text().rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid] = int(fields[1])
            used[pid] = sum(map(int, fields[11:15])) / TICKS
    family = {os.getpid(), *pids}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used.get(pid, 0) for pid in family)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="Renew the table in the docs.")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "terms.toml").write_text(TERMS)
        terms = read_terms(folder / "terms.toml", build=False)
        address, pids = stack.enter_context(dask(folder, options.workers))
        near = Place(stack.enter_context(local(options.workers)), options.workers)
        far = stack.enter_context(cluster(address, 0))
        for load in LOADS:
            inbox = folder / load.name
            inbox.mkdir()
            expected = submissions(inbox, load.size, load.shape, load.recipes)
            costs: dict[str, list[Cost]] = {"processes": [], "cluster": []}
            for number in range(load.pairs):
                for where, place in zip(costs, (near, far), strict=True):
                    before = processor(pids)
                    with asleep(pids) if place is near else nullcontext():
                        ran = timed(folder / f"{load.name}-{where}{number}", inbox, place, terms)
                    costs[where].append(Cost(ran.seconds, processor(pids) - before))
                    wrong, _ = differences(ran.entries, expected)
                    print(load.name, where, costs[where][-1], *wrong, flush=True)
                    if wrong:
                        sys.exit("the board is not the one that is due")
            for number, what in enumerate(("by the clock", "of the processor")):
                here, there = ([cost[number] for cost in each] for each in costs.values())
                ratio = statistics.median(b / a for a, b in zip(here, there, strict=True))
                seconds = (f"{statistics.median(each):.1f} s" for each in (here, there))
                rows.append((f"{load.size} {load.name}, {what}", *seconds, f"{ratio:.3f}"))
    head = (f"submissions, {options.workers} at a time", "processes", "cluster", "ratio")
    publish("cluster", head, rows, options.write, PAGE)


if __name__ == "__main__":
    main()
