"""A hazard-aware packer: ops in program order in, bundles out.

Each op goes into the earliest bundle that has a slot for it and breaks no dependence. A bundle's
slots read the old state, so an op may share a bundle with the readers of the word it overwrites,
but must come after the op that wrote a word it reads or writes.
"""

from collections import defaultdict
from typing import NamedTuple

from frozen.ops import OPS, SCRATCH_SIZE, SLOT_LIMITS, Slot

NOWHERE = range(0)


class Step(NamedTuple):
    """One op of a straight-line program.

    ``cells``: the memory words it loads or stores, where their order matters. Words that the
    program never writes (the forest) need none.
    """

    engine: str
    slot: Slot
    cells: range = NOWHERE


class Packer:
    """Places steps one by one; ``bundles`` is the program so far, ``labels`` goes beside it."""

    def __init__(self) -> None:
        self.bundles: list[dict[str, list[Slot]]] = []
        self.labels: list[dict[str, list[str]]] = []
        self._floor = 0  # no step goes before this bundle
        self._free: dict[str, list[int]] = {engine: [] for engine in SLOT_LIMITS}
        self._written = [-1] * SCRATCH_SIZE  # the last bundle that wrote, or read, a word
        self._read = [-1] * SCRATCH_SIZE
        self._stored: defaultdict[int, int] = defaultdict(lambda: -1)
        self._loaded: defaultdict[int, int] = defaultdict(lambda: -1)

    def boundary(self) -> None:
        """End the current bundle: later steps go after everything placed so far."""
        self._floor = len(self.bundles)

    def add(self, step: Step, label: str = "") -> int:
        """Place ``step``; return its bundle's number."""
        op = OPS[step.engine, str(step.slot[0])]
        reads = [word for words in op.reads(step.slot) for word in words]
        writes = [word for words in op.writes(step.slot) for word in words]
        earliest = self._floor
        for word in reads:
            earliest = max(earliest, self._written[word] + 1)
        for word in writes:
            earliest = max(earliest, self._written[word] + 1, self._read[word])
        stores = step.engine == "store"
        for cell in step.cells:
            earliest = max(earliest, self._stored[cell] + 1)
            if stores:
                earliest = max(earliest, self._loaded[cell])
        at = self._take(step.engine, earliest)
        self.bundles[at].setdefault(step.engine, []).append(step.slot)
        self.labels[at].setdefault(step.engine, []).append(label)
        for word in reads:
            self._read[word] = max(self._read[word], at)
        for word in writes:
            self._written[word] = at
        touched = self._stored if stores else self._loaded
        for cell in step.cells:
            touched[cell] = max(touched[cell], at)
        return at

    def _take(self, engine: str, earliest: int) -> int:
        """The first bundle from ``earliest`` on with a free slot.

        ``_free[engine][n]`` is n while bundle n has a free slot, then points onward; followed
        with path compression (Tarjan 1975), so that full stretches cost nothing to cross.
        """
        free = self._free[engine]
        while len(free) <= earliest:
            free.append(len(free))
        at = earliest
        while free[at] != at:
            at = free[at]
            if at == len(free):
                free.append(at)
        while earliest != at:
            free[earliest], earliest = at, free[earliest]
        while len(self.bundles) <= at:
            self.bundles.append({})
            self.labels.append({})
        if len(self.bundles[at].get(engine, ())) + 1 == SLOT_LIMITS[engine]:
            free[at] = at + 1
        return at
