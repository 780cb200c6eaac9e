"""The command line in a forked process, so that its memory and processor time can be read off."""

import contextlib
import os
import resource
import sys
from pathlib import Path

import cycleproof.commands.verify  # noqa: F401
from cycleproof import cli
from cycleproof.artifact import schema
from cycleproof.checks import CHECKS

MEGABYTES, CPU_SECONDS = 512, 2
# What every child would import and build again is there before the fork.
_WARM = [check.options for check in CHECKS], schema.schema_error({})


def forked(arguments: list[str], output: Path) -> tuple[int, float]:
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
                status = end.code if isinstance(end.code, int) else status
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024
