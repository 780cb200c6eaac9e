"""SIGTERM and Ctrl-C: no process and no file stays, and the exit code names the signal."""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from cycleproof.evidence.attestation.keys import new_key_pair
from tests.support import cli
from tests.support.processes import fields, marked, running, wait_for
from tests.support.samples import artifact

pytestmark = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks in /proc")

ENDLESS = """
import time

class KernelBuilder:
    def build_kernel(self, *arguments):
        while True:
            time.sleep(1)
"""
COMMANDS = [
    "build slow.py -o k.json",
    "build --recipe best -o k.json",
    "verify kernel.json",
    "prove kernel.json --certificate proof.json",
    "attest kernel.json --any-shape --key me.key -o k.intoto.jsonl",
    "report kernel.json -o report.html",
    "hook --any-shape kernel.json",
    "submit slow.py -o submission",
    "submit kernel.json --any-shape -o submission",
    "history --file history.jsonl rebuild best",
]


def below(pid: int) -> set[int]:
    """The process and what it started, and what that started."""
    family = {pid}
    for process in sorted(int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()):
        with suppress(OSError):
            if int(fields(process)[1]) in family:
                family.add(process)
    return family


MEETS_A_CLASS = """
import os, signal
from cycleproof import cli

class Member:
    def __set_name__(self, *_):
        os.kill(os.getpid(), signal.SIGTERM)

cli.cli.main = lambda **_: type("Made", (), {"member": Member()})
cli.main()
"""


def test_a_signal_that_meets_a_class_in_the_making_is_one_too(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEETS_A_CLASS]
    ended = subprocess.run(
        command, cwd=tmp_path, env=cli.environment(), capture_output=True, text=True, check=False
    )
    assert (ended.stderr, ended.returncode) == ("error: interrupted\n", 143)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        *((line, signal.SIGTERM) for line in COMMANDS),
        ("build slow.py -o k.json", signal.SIGINT),
        ("build slow.py -o k.json", signal.SIGHUP),
    ],
)
def test_nothing_stays(tmp_path: Path, line: str, number: signal.Signals) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (tmp_path / "slow.py").write_text(ENDLESS)
    (tmp_path / "kernel.json").write_bytes(artifact().data)
    new_key_pair(tmp_path / "me.key")
    before = set(tmp_path.iterdir())
    pipe = subprocess.PIPE
    child = cli.start(line.split(), tmp_path, pipe, pipe, TMPDIR=str(temporary))
    wait_for(lambda: len(below(child.pid)) > 1 or child.poll() is not None)
    family = below(child.pid)
    child.send_signal(number)
    child.send_signal(number)  # as `timeout` does: to the process and to its group
    errors = child.communicate(timeout=30)[1]
    assert (errors, child.returncode) == (b"error: interrupted\n", 128 + number)
    wait_for(lambda: not any(running(pid) for pid in family))
    wait_for(lambda: not marked(str(tmp_path)))
    assert not list(temporary.iterdir())
    assert set(tmp_path.iterdir()) == before
