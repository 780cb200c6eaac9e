"""Compilers of machine code, in a process with limits: a hostile program keeps nobody waiting."""

import signal
from collections.abc import Callable
from pathlib import Path
from resource import getpagesize

from ..base.limits import LimitReached, limited
from .errors import Unsupported

SECONDS = 8  # of the processor; the shipped kernel takes 2 of a slow one
MEMORY_LIMIT = 4 << 30  # bytes of address space beyond those that a child begins with


def compiled(name: str, compiler: Callable[[], bytes]) -> bytes:
    """The code that a compiler makes in a forked child.

    Raises ``Unsupported`` where the child reaches a limit or dies, and the compiler's own errors.
    """
    try:
        return limited(lambda: _alone(compiler), memory=_mapped() + MEMORY_LIMIT, seconds=SECONDS)
    except LimitReached as reached:
        raise Unsupported(f"{name} does not get through with it: {reached}") from None


def _alone(compiler: Callable[[], bytes]) -> bytes:
    # The signal ends the child: a handler would wait until a compiler returned from its own code.
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    return compiler()


def _mapped() -> int:
    """The address space of this process, in bytes, where Linux says it: CUDA maps terabytes."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * getpagesize()
