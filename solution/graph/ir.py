"""The op graph: values (virtual scratch), ops over them, dependences found word by word.

A *ref* is one word of a value: ``value * SPAN + offset``. A slot of the graph is a slot of the
machine whose scratch operands are refs. What an op reads and writes comes from the frozen op
table, so the graph has no second list of hazards.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from frozen.ops import OPS, SCRATCH_SIZE, VLEN, Slot

from ..errors import DoesNotFit
from .kinds import FETCH, FLEX, FLOW, LANES, MADD, STORE

SPAN = 64  # more words than any dynamic value holds

BLOCKS, BUFFERS = 0, 1  # pools of dynamic values: runs of scratch blocks, store buffers


class Value(NamedTuple):
    """``base`` is the scratch address of a static value, -1 for one that the scheduler places.

    ``size`` counts blocks of VLEN words (pool BLOCKS) or is 1 (pool BUFFERS: the value is the
    eight addresses of a buffer in memory).
    """

    name: str
    size: int
    pool: int
    base: int


class Op(NamedTuple):
    """One schedulable op of one of ``kinds.KINDS``.

    ``forms``: engine -> its unit slots. A FETCH has ``load`` (one a lane), ``alu`` and perhaps
    ``store``, which take the lane out of the strip before the next lane lands.
    ``group``: -1 for what all groups share. ``opens``: the op starts its group.
    """

    kind: int
    forms: dict[str, list[Slot]]
    label: str
    group: int
    opens: bool


class Graph:
    """Built in program order; ``preds[op]`` are the ops that must be over before it starts."""

    def __init__(self, memory_size: int) -> None:
        self.memory_size = memory_size
        self.values: list[Value] = []
        self.ops: list[Op] = []
        self.preds: list[list[int]] = []
        self.touches: list[list[int]] = []  # dynamic values that the op reads or writes
        self.static_words = 0
        self.group = -1
        self.buffer_ready: set[int] = set()  # ops that must be over before a buffer is used
        self.buffer_words = range(0)  # memory of the store buffers
        self._writer: dict[int, int] = {}  # ref -> last writer
        self._readers: dict[int, list[int]] = {}  # ref -> readers since
        self._memory = Tracker(memory_size)

    # -- values ------------------------------------------------------------------------------

    def dynamic(self, name: str, size: int = 1, pool: int = BLOCKS) -> int:
        """A new value of ``size`` blocks, which the scheduler places; returns its first ref."""
        self.values.append(Value(name, size, pool, -1))
        return (len(self.values) - 1) * SPAN

    def static(self, name: str, words: int) -> int:
        """A new value of at most SPAN words at a fixed place; returns its first ref."""
        if self.static_words + words > SCRATCH_SIZE:
            raise DoesNotFit(f"constants and tables need more than {SCRATCH_SIZE} scratch words")
        self.values.append(Value(name, (words + VLEN - 1) // VLEN, BLOCKS, self.static_words))
        self.static_words += words
        return (len(self.values) - 1) * SPAN

    # -- ops ---------------------------------------------------------------------------------

    def add(
        self,
        kind: int,
        forms: dict[str, list[Slot]],
        label: str,
        reads: Iterable[range] = (),
        writes: Iterable[range] = (),
        after: Iterable[int] = (),
        opens: bool = False,
    ) -> int:
        """Append an op; ``reads`` and ``writes`` are the memory words it may touch.

        ``after``: further ops that must be over before it starts.
        """
        number = len(self.ops)
        preds = set(after)
        touched: dict[int, None] = {}
        engine = next(iter(forms))
        slots = [(engine, slot) for slot in forms[engine]]
        if kind == FETCH:
            slots = [(name, slot) for name, units in forms.items() for slot in units]
        rows = [(OPS[name, str(slot[0])], slot) for name, slot in slots]
        read = [ref for op, slot in rows for words in op.reads(slot) for ref in words]
        written = [ref for op, slot in rows for words in op.writes(slot) for ref in words]
        for ref in read:
            if ref in self._writer:
                preds.add(self._writer[ref])
        for ref in dict.fromkeys(written):
            if ref in self._writer:
                preds.add(self._writer[ref])
            preds.update(self._readers.pop(ref, ()))
            self._writer[ref] = number
        for ref in dict.fromkeys(read):
            self._readers.setdefault(ref, []).append(number)
        for ref in (*read, *written):
            value = self.values[ref // SPAN]
            if value.base < 0:
                touched[ref // SPAN] = None
            if value.pool == BUFFERS:
                preds |= self.buffer_ready
        for words in reads:
            preds.update(self._memory.read(number, words))
        for words in writes:
            preds.update(self._memory.write(number, words))
        preds.discard(number)
        self.ops.append(Op(kind, forms, label, self.group, opens))
        self.preds.append(sorted(preds))
        self.touches.append(sorted(touched))
        return number

    def vector(self, name: str, label: str, dest: int, *sources: int) -> int:
        """A lane-wise op on whole vectors: on valu, or (but for multiply_add) as lanes on alu."""
        slot: Slot = (name, dest, *sources)
        if name == "multiply_add":
            return self.add(MADD, {"valu": [slot]}, label)
        lanes: list[Slot] = [
            (name, dest + i, *(source + i for source in sources)) for i in range(VLEN)
        ]
        return self.add(FLEX, {"valu": [slot], "alu": lanes}, label)

    def broadcast(self, label: str, dest: int, source: int, zero: int) -> int:
        """Every lane of ``dest`` = the word ``source``; ``zero`` is a word that holds 0."""
        lanes: list[Slot] = [("|", dest + i, source, zero) for i in range(VLEN)]
        return self.add(FLEX, {"valu": [("vbroadcast", dest, source)], "alu": lanes}, label)

    def lanes(self, label: str, slots: Sequence[Slot]) -> int:
        """Scalar ops on alu that belong together."""
        return self.add(LANES, {"alu": list(slots)}, label)

    def select(self, label: str, dest: int, condition: int, yes: int, no: int) -> int:
        """Lane-wise ``yes`` where ``condition`` is not 0, else ``no``."""
        return self.add(FLOW, {"flow": [("vselect", dest, condition, yes, no)]}, label)

    def prune(self) -> None:
        """Drop the ops that no store needs. Dead writes would also upset the allocation."""
        needed = [op.kind == STORE for op in self.ops]
        for number in range(len(self.ops) - 1, -1, -1):
            if needed[number]:
                for pred in self.preds[number]:
                    needed[pred] = True
        kept = [number for number, need in enumerate(needed) if need]
        place = {number: at for at, number in enumerate(kept)}
        self.ops = [self.ops[number] for number in kept]
        self.touches = [self.touches[number] for number in kept]
        self.preds = [[place[pred] for pred in self.preds[number]] for number in kept]


class Tracker:
    """Who wrote and who has read each word of memory since."""

    def __init__(self, size: int) -> None:
        self._writer = [-1] * size
        self._readers: list[list[int]] = [[] for _ in range(size)]

    def read(self, op: int, words: range) -> set[int]:
        """Note the read; returns the ops that it must follow."""
        for word in words:
            self._readers[word].append(op)
        return {self._writer[word] for word in words} - {-1}

    def write(self, op: int, words: range) -> set[int]:
        """Note the write; returns the ops that it must follow."""
        before = {self._writer[word] for word in words} - {-1}
        for word in words:
            before.update(self._readers[word])
            self._readers[word] = []
            self._writer[word] = op
        return before
