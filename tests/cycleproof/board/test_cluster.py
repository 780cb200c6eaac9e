"""A Dask cluster on the loopback interface: the board is that of two processes, byte for byte."""

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.board.cluster import cluster
from cycleproof.board.database import opened
from cycleproof.board.discover import discover
from cycleproof.board.isolation import local
from cycleproof.board.judging import Answer
from cycleproof.board.rank import ranked
from cycleproof.board.results import results_json
from cycleproof.board.run import Place, Watch, judge_all
from cycleproof.board.site.pages import site
from tests.support.cli import ROOT
from tests.support.processes import marked, wait_for

from .entries import NONCE, TERMS, board_of, kernel

pytest.importorskip("distributed", reason="the extra cluster is not installed")
SEEN = "2026-11-26T18:00:00Z"
Running = tuple[str, list[subprocess.Popen[bytes]]]


@pytest.fixture(autouse=True)
def _no_client_is_left() -> Iterator[None]:
    """A client that could not connect ends when it is collected: here, and in no fork of others."""
    yield
    gc.collect()


@contextmanager
def dask(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "dask", *arguments],
        cwd=folder,
        env={
            "PATH": os.defpath,
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "TMPDIR": str(folder),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The scheduler's address and the two workers' processes."""
    with ExitStack() as stack:
        where = tmp_path / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter")
        stack.enter_context(
            dask("scheduler", *options, "--scheduler-file", str(where), folder=tmp_path)
        )
        deadline = time.monotonic() + 60
        while not where.exists() or not where.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        address = json.loads(where.read_text())["address"]
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        workers = [
            stack.enter_context(dask("worker", address, *options, folder=tmp_path))
            for _ in range(2)
        ]
        from distributed import Client

        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, workers
    if Path("/proc/self").exists():  # the wardens of a worker end with it
        wait_for(lambda: not marked(f"{tmp_path}/cycleproof-"))


class Killer(Watch):
    """Kills a worker as soon as one answer is there."""

    def __init__(self, worker: subprocess.Popen[bytes]) -> None:
        self.worker = worker

    def end(self, slot: int, answer: Answer) -> None:
        self.worker.kill()


def board(
    folder: Path, inbox: Path, place: Place, watch: Watch | None = None
) -> tuple[bytes, dict[str, bytes]]:
    with opened(folder, make=True) as database:
        submissions = discover([inbox])
        judge_all(database, submissions, TERMS, place, seen=SEEN, nonce=NONCE, watch=watch)
        found = ranked(database.rows(), database.terms)
        return results_json(database, found), site(database, found, "b")


@pytest.mark.slow
def test_a_worker_is_killed_and_the_board_is_the_same(tmp_path: Path, running: Running) -> None:
    address, workers = running
    kernels = {f"k{number}": kernel(number, wrong=number == 3) for number in range(6)}
    inbox = board_of(tmp_path / "in", bad=b"{}", **kernels)
    with cluster(address, recheck=0.4) as place:
        assert place.slots == 2
        far = board(tmp_path / "far", inbox, place, Killer(workers[0]))
    assert workers[0].wait(10) == -9
    with local(2) as executor:
        assert board(tmp_path / "near", inbox, Place(executor, 2)) == far
    assert b"PROVED" in far[0]


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cycleproof.board.cluster._CONNECT_SECONDS", 1)
    with pytest.raises(Unreadable, match="no scheduler answers"), cluster("tcp://127.0.0.1:1", 0):
        pass


def test_an_address_that_is_none() -> None:
    with pytest.raises(Unreadable, match="no scheduler answers"), cluster("nonsense://x", 0):
        pass
