"""The one room in which a child process is started.

Every child gets an empty environment, or the small one that its caller names; an empty folder of
its own to work in, unless the caller made one for it; no descriptor but its three standard ones
and those named; a session of its own, all of which is killed at the end. So no file, module,
library or setting of the folder or environment that cycleproof is called in reaches a child.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from .files import temporary_folder
from .signals import held, let_through

Child = subprocess.Popen[bytes]
Ended = subprocess.CompletedProcess[bytes]

# An interpreter for code of ours or of pinned bytes: the second can import the standard library
# only, the first also what is installed beside cycleproof.
INSTALLED = (sys.executable, "-I", "-B")
BARE = (*INSTALLED, "-S")
# ``-I`` would ignore the hash seed. As the environment is the caller's, the rest of it is the same.
SEEDED = (sys.executable, "-s", "-P", "-B")


class OutOfTime(TimeoutError):
    """A child was killed for its time; ``output`` is what it had written to stdout by then."""

    def __init__(self, seconds: float, output: bytes) -> None:
        super().__init__(f"not done in {seconds:g} s")
        self.output = output


def tool(name: str) -> str | None:
    """The full path of a program, by those folders of PATH that are absolute; None if none has it.

    An empty or relative folder means the caller's own, which may be a stranger's.
    """
    folders = filter(os.path.isabs, os.get_exec_path())
    return shutil.which(name, path=os.pathsep.join(folders))


@contextmanager
def started(
    command: Sequence[str],
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    descriptors: Sequence[int] = (),
    output: bool = True,
    errors: bool = False,
) -> Iterator[Child]:
    """A child in ``folder``, or an empty one; stdin is a pipe, stdout and stderr if asked for.

    At the end it and all others of its session are killed. Raises ``OSError`` if it cannot start.
    """
    with held(), temporary_folder() as empty:
        child = start(
            command,
            folder or empty,
            environment,
            descriptors=descriptors,
            output=output,
            errors=errors,
        )
        try:
            with let_through():
                yield child
        finally:
            end(child)


def start(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    *,
    descriptors: Sequence[int] = (),
    output: bool = True,
    errors: bool = False,
) -> Child:
    """A child as ``started`` gives, for whoever ends it by ``end``, and holds signals until then.

    Raises ``OSError`` if it cannot start.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if output else subprocess.DEVNULL,
        stderr=subprocess.PIPE if errors else subprocess.DEVNULL,
        cwd=folder,
        env=dict(environment or {}),
        pass_fds=descriptors,
        start_new_session=True,
    )


def end(child: Child) -> None:
    """Kill a child and all others of its session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe:
            with suppress(BrokenPipeError):  # nobody is left to read what was not sent
                pipe.close()


def run(
    command: Sequence[str],
    seconds: float,
    data: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run ``command`` with ``data`` on stdin to its end; its exit status is the caller's to read.

    Raises ``OutOfTime`` after ``seconds``, other ``OSError`` if it cannot start.
    """
    with started(command, folder, environment, errors=True) as child:
        return finished(child, seconds, data)


def finished(child: Child, seconds: float, data: bytes = b"") -> Ended:
    """Give a child ``data`` and wait for its end. Raises ``OutOfTime`` after ``seconds``."""
    try:
        output, errors = child.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise OutOfTime(seconds, late.output or b"") from None
    return Ended(child.args, child.returncode, output, errors)


def status(child: Child, seconds: float) -> int | None:
    """The exit status of a child that ends by itself in ``seconds``, or None."""
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
