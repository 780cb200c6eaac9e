"""Runs the corpus ``documents``: each ends with its code and its message, cheaply, no traceback.

Every document goes through ``cycleproof verify`` in a forked process, so that its memory and its
processor time can be read off.
"""

import contextlib
import os
import resource
import sys

import pytest

from cycleproof import cli
from tests.hostile.documents import CASES, ROWS

MEGABYTES, CPU_SECONDS = 512, 2


def forked(arguments, output):
    """Run the command line in a child; its exit code and its peak memory in MB.

    A child that needs more than its share of processor time is killed by its limit.
    """
    child = os.fork()
    if child == 0:
        status = 99
        with contextlib.suppress(BaseException):
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT, 0o600)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            sys.stdout = os.fdopen(1, "w")
            sys.stderr = os.fdopen(2, "w")
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            used = resource.getrusage(resource.RUSAGE_SELF)
            spent = int(used.ru_utime + used.ru_stime)
            resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS + 1, hard))
            sys.argv = ["cycleproof", *arguments]
            try:
                cli.main()
            except SystemExit as end:
                status = end.code
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024


def test_there_are_enough_and_the_controls_come_first():
    assert len(ROWS) >= 120
    assert [case.attack for case in CASES[:3]].count(0) == 2
    assert [case.exit_code for case in CASES[:2]] == [0, 1]
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case.name)
def test_document(row, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")
    path = tmp_path / "hostile.json"
    path.write_bytes(row.make())
    status, megabytes = forked(["verify", str(path)], tmp_path / "output")
    said = (tmp_path / "output").read_text()
    assert (status, row.case.says in said) == (row.case.exit_code, True), said
    assert "Traceback" not in said
    assert not any(char in said for char in "\x1b\x07\x00\u202e")
    assert megabytes < MEGABYTES
    if status == 2:
        assert said.startswith("error: ")
        assert len(said.splitlines()) <= 2
