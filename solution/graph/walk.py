"""One group of eight lanes on its way down the tree, and the interface of a strategy."""

from dataclasses import dataclass, field
from typing import Protocol

from frozen.ops import VLEN, Slot

from .address import Addresses, Form, Register
from .constants import Constants
from .hashing import hash_round
from .ir import Graph


@dataclass
class Walk:
    """What a group knows in the middle of a descent.

    ``value``: the vector of values, which lacks the hash's last constant while ``owed``.
    ``bits[l]``: the stored bit after level l, ``mirrored[l]`` if it is 1 for the left branch (the
    parity of a value that lacks the constant, which is odd). ``strip``: the record
    whose second level comes next. ``pointers``: the words of the records fetched last that hold
    the next table's address, lane by lane. ``outer``: the addresses in the outer one of two forked
    tables. ``strided``: the newest bits, where they lie at stride 2 and nowhere else.
    """

    graph: Graph
    constants: Constants
    value: int
    label: str = ""
    owed: bool = False
    bits: list[int] = field(default_factory=list)
    mirrored: list[bool] = field(default_factory=list)
    register: Register | None = None
    strip: int = -1
    pointers: list[int] = field(default_factory=list)
    outer: int = -1
    strided: list[int] = field(default_factory=list)

    def start_round(self, number: int, level: int) -> None:
        """Round ``number`` serves ``level``; at the root a new descent begins."""
        self.label = f"g{self.graph.group} r{number} L{level}"
        if level > 0:
            return
        self.bits, self.mirrored, self.register, self.strided = [], [], None, []

    def absorb_round(self, explicit: bool) -> None:
        """Hash the value; the last constant is applied if ``explicit``, else it is owed."""
        self.value = hash_round(self.graph, self.constants, self.value, self.label, explicit)
        self.owed = not explicit

    def take_bit(self, minus: bool = False) -> None:
        """Store the branch that the value takes: 0 or 1, or with ``minus`` -2 or -1."""
        bit = self.graph.dynamic("bit")
        name, mask = ("|", -2) if minus else ("&", 1)
        self.graph.vector(name, f"{self.label} bit", bit, self.value, self.constants.vector(mask))
        self.bits.append(bit)
        self.mirrored.append(self.owed)

    def take_strided_bit(self) -> int:
        """Store the branch at stride 2 by eight scalar ops; the odd words are junk."""
        bit, one = self.graph.dynamic("strided bit", 2), self.constants.word(1)
        slots: list[Slot] = [("&", bit + 2 * i, self.value + i, one) for i in range(VLEN)]
        self.graph.lanes(f"{self.label} bit", slots)
        return bit

    def address(self, want: Form, style: str) -> int:
        """The vector of addresses ``want``; later ones are made from it."""
        maker = Addresses(self.graph, self.constants, self.bits)
        self.register = maker.make(want, self.register, style, f"{self.label} address")
        return self.register.ref

    def xor(self, node: int) -> None:
        """``value ^= node``, lane-wise."""
        result = self.graph.dynamic("x")
        self.graph.vector("^", f"{self.label} xor", result, self.value, node)
        self.value = result

    def xor_lanes(self, nodes: list[int]) -> None:
        """``value ^= nodes``, a word for each lane, as lanes on alu."""
        result = self.graph.dynamic("x")
        slots = [("^", result + i, self.value + i, node) for i, node in enumerate(nodes)]
        self.graph.lanes(f"{self.label} xor", slots)
        self.value = result


class Strategy(Protocol):
    """How a level's node values reach a group."""

    minus: bool
    """Whether it wants the bit before it as -2 or -1: its address multiplies by that."""
    folded: bool
    """Whether the nodes carry the hash's last constant (the value then lacks it)."""
    own_bit: bool
    """Whether the branch after this level is settled inside, so that no bit is stored."""

    def serve(self, walk: Walk) -> None:
        """``value ^=`` the node of each lane at this level."""
