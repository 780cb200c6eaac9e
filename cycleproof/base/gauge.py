"""A gauge: how far some work is, told by a forked child and seen by its parent."""

import mmap
import struct
import time
from collections.abc import Callable
from typing import NamedTuple

Tell = Callable[[str, int, int], None]  # a stage's name, its steps done, and those due or 0
_FORM = struct.Struct("<QQd64s")


class Seen(NamedTuple):
    """``done`` of ``due`` steps of a stage; ``due`` is 0 where nobody knows how many there are.

    ``since``: the seconds of the processor that the telling process had used when the stage began.
    """

    stage: str
    done: int
    due: int
    since: float


class Gauge:
    """Shared memory without a lock: a figure for a progress bar, on which nothing may depend."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _FORM.size)
        self._stage, self._since = "", 0.0

    def tell(self, stage: str, done: int, due: int) -> None:
        """Say how far it is. ``stage`` is a few ASCII words."""
        if stage != self._stage:
            self._stage, self._since = stage, time.process_time()
        _FORM.pack_into(self._shared, 0, done, due, self._since, stage.encode("ascii"))

    def seen(self) -> Seen:
        """What was told last; an empty stage if nothing was."""
        done, due, since, stage = _FORM.unpack_from(self._shared)
        name = stage.rstrip(b"\0").decode("ascii", "replace")
        return Seen(name, min(done, due), due, since)
