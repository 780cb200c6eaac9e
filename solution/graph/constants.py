"""Constants: words and vectors made once, on demand, from as few loads as possible.

A word is derived by one scalar op from words that exist (a lane of alu is cheaper than a load);
else it is loaded, on the load engine or through ``add_imm`` on flow. A vector is broadcast from its
word, or stored and loaded, or chained (see ``chains``).
"""

from collections.abc import Iterable, Mapping

from frozen.ops import MASK, VLEN, Slot

from . import ir, kinds
from .chains import CHAINS
from .ir import Graph

NOWHERE: Mapping[int, int] = {}


class Constants:
    """The constants of one graph. All of them are static.

    ``via``: the memory words through which constants go while ``by_memory`` is set. ``chained``:
    the constants whose vectors come from other vectors, keys of ``CHAINS``.
    """

    def __init__(
        self, graph: Graph, via: range = range(0), chained: Iterable[int] = frozenset()
    ) -> None:
        self._graph = graph
        self._via, self._via_addresses = via, -1
        self._chains = {value & MASK: CHAINS[value] for value in chained}
        self.by_memory = False  # whether new vectors are stored and loaded, not broadcast
        self._words: dict[int, int] = {}
        self._vectors: dict[int, int] = {}
        self.zero = graph.static("zero", 1)  # never written, so it is 0
        self._words[0] = self.zero
        self._place = graph.static("constants", ir.SPAN)
        self._used = 0

    def _cell(self) -> int:
        if self._used == ir.SPAN:
            self._place = self._graph.static("constants", ir.SPAN)
            self._used = 0
        self._used += 1
        return self._place + self._used - 1

    def known(self, value: int, ref: int) -> None:
        """Note that the word ``ref`` holds ``value`` once its writer is over."""
        self._words.setdefault(value & MASK, ref)

    def word(self, value: int) -> int:
        """The ref of a word that holds ``value``."""
        value &= MASK
        if value not in self._words:
            cell = self._cell()
            self._make(value, cell)
            self._words[value] = cell
        return self._words[value]

    def sequence(
        self, name: str, first: int, step: int, count: int, held: Mapping[int, int] = NOWHERE
    ) -> list[int]:
        """Refs of the words ``first + step * i``: VLEN of them, then each from the VLENth before.

        They are dynamic: their scratch is free again after their last use. ``held``: the refs of
        words that shall hold some of the values; the others get new blocks.
        """
        values = [first + step * i for i in range(count)]
        places = dict(held)
        own = [value for value in values if value not in held]
        for at in range(0, len(own), VLEN):
            place = self._graph.dynamic(name)
            places |= {value: place + i for i, value in enumerate(own[at : at + VLEN])}
        refs = [places[value] for value in values]
        if refs:
            self._make(first, refs[0])
        stride = 1
        for i in range(1, count):
            if i == 2 * stride and stride < VLEN:
                stride *= 2
            self._sum(refs[i], refs[i - stride], stride * step)
        return refs

    def vector(self, value: int) -> int:
        """The first ref of a vector whose lanes all hold ``value``."""
        value &= MASK
        if value not in self._vectors:
            self._vectors[value] = self._make_vector(value)
        return self._vectors[value]

    def _make_vector(self, value: int) -> int:
        """A new static vector of ``value``; returns its first ref."""
        if value == 0:  # never written, like the word
            return self._graph.static("zeros", VLEN)
        label = f"constant {value:#x}"
        if value in self._chains:
            name, constants = self._chains[value]
            sources = [self.vector(constant) for constant in constants]
            dest = self._graph.static(f"v{value:#x}", VLEN)
            self._graph.vector(name, label, dest, *sources)
        else:
            source = self.word(value)
            dest = self._graph.static(f"v{value:#x}", VLEN)
            self.spread(source, dest, label)
        return dest

    def spread(self, source: int, dest: int, label: str) -> None:
        """Fill the vector ``dest`` with the word ``source``.

        By memory that is eight scalar stores and a vector load: no compute, but late.
        """
        if self.by_memory and self._via:
            graph, words = self._graph, [self._via]
            if self._via_addresses < 0:
                self._via_addresses = graph.static("via", VLEN)
                for i in range(VLEN):
                    self.sum_into(self._via_addresses + i, self._via.start, i)
            slots: list[Slot] = [("store", self._via_addresses + i, source) for i in range(VLEN)]
            graph.add(kinds.STORE, {"store": slots}, label, writes=words)
            load: Slot = ("vload", dest, self._via_addresses)
            graph.add(kinds.LOAD, {"load": [load]}, label, reads=words)
            return
        self._graph.broadcast(label, dest, source, self.zero)

    def sum_into(self, dest: int, base: int, offset: int) -> int:
        """Add the op that writes ``base + offset`` to the word ``dest``; returns its number."""
        return self._sum(dest, self.word(base), offset)

    def _sum(self, dest: int, source: int, addend: int) -> int:
        flow: Slot = ("add_imm", dest, source, addend)
        alu: Slot = ("+", dest, source, self.word(addend))
        return self._graph.add(kinds.WORD, {"alu": [alu], "flow": [flow]}, "address")

    def _make(self, value: int, dest: int) -> None:
        value &= MASK
        label = f"constant {value:#x}"
        derived = self._derive(value, dest)
        if derived:
            self._graph.lanes(label, [derived])
            return
        signed = value if value < 1 << 31 else value - (1 << 32)
        forms: dict[str, list[Slot]] = {
            "load": [("const", dest, value)],
            "flow": [("add_imm", dest, self.zero, signed)],
        }
        self._graph.add(kinds.CONST, forms, label)

    def _derive(self, value: int, dest: int) -> Slot | None:
        """One alu slot that makes ``value`` from words that exist; None if none does."""
        if value == 1:
            return ("==", dest, self.zero, self.zero)
        words = self._words
        for a, ref in words.items():
            for name, other in (
                ("+", value - a),
                ("-", a - value),
                ("^", value ^ a),
            ):
                if other & MASK in words:
                    return (name, dest, ref, words[other & MASK])
            if a and value % a == 0 and value // a in words:
                return ("*", dest, ref, words[value // a])
            for shift in range(1, 32):
                if (a << shift) & MASK == value and shift in words:
                    return ("<<", dest, ref, words[shift])
        return None
