"""A gauge: how far some work is, told by a forked child and seen by its parent."""

import mmap
import struct
from collections.abc import Callable
from typing import NamedTuple

Tell = Callable[[str, int, int], None]  # a stage's name, its steps done, and those due or 0
_FORM = struct.Struct("<QQ64s")


class Seen(NamedTuple):
    """``done`` of ``due`` steps of a stage; ``due`` is 0 where nobody knows how many there are."""

    stage: str
    done: int
    due: int


class Gauge:
    """Shared memory without a lock: a figure for a progress bar, on which nothing may depend."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _FORM.size)

    def tell(self, stage: str, done: int, due: int) -> None:
        """Say how far it is. ``stage`` is a few ASCII words."""
        _FORM.pack_into(self._shared, 0, done, due, stage.encode("ascii"))

    def seen(self) -> Seen:
        """What was told last; an empty stage if nothing was."""
        done, due, stage = _FORM.unpack_from(self._shared)
        return Seen(stage.rstrip(b"\0").decode("ascii", "replace"), min(done, due), due)
