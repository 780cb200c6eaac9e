"""A plain scalar kernel, one slot a bundle, with places where a test can tamper with it."""

from collections.abc import Callable
from typing import Self, TypeVar

from frozen.problem import FOREST_P, HASH_STAGES, Shape
from tests.support.programs import Bundles

ENCODINGS = ("index", "address", "negated", "doubled", "inverted", "in level")

Name = str | tuple[str, int]
"""A scratch word."""
Operand = Name | int
"""A number stands for the word that holds it."""
K = TypeVar("K", bound="Kernel")
Tamper = Callable[[K, str, int, int], None]
"""Emits slots of its own: (kernel, place, lane, round)."""


class Kernel:
    """Emits slots; ``word(name)`` is a scratch word by name, ``const(value)`` one that holds it.

    ``tamper(kernel, place, lane, round)`` is called after the words named by ``place`` are set:
    "address", "node", "mixed", "value", "bit", "index", "output".
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        tamper: Tamper[Self] | None = None,
        encoding: str = "index",
    ) -> None:
        self.shape = Shape(*shape)
        self.tamper = tamper or (lambda *_: None)
        self.encoding = encoding
        self.program: Bundles = []
        self._words: dict[Name, int] = {}
        self._consts: dict[int, int] = {}

    def word(self, name: Name) -> int:
        return self._words.setdefault(name, len(self._words))

    def const(self, value: int) -> int:
        value &= 0xFFFFFFFF
        if value not in self._consts:
            self._consts[value] = self.word(("const", value))
        return self._consts[value]

    def alu(self, op: str, dest: Name, a: Operand, b: Operand) -> None:
        operands = self._operand(a), self._operand(b)
        self.program.append({"alu": [[op, self.word(dest), *operands]]})

    def load(self, dest: Name, address: Name) -> None:
        self.program.append({"load": [["load", self.word(dest), self.word(address)]]})

    def store(self, address: Name, source: Name) -> None:
        self.program.append({"store": [["store", self.word(address), self.word(source)]]})

    def flow(self, *slot: str | int) -> None:
        self.program.append({"flow": [list(slot)]})

    def select(self, dest: Name, condition: Name, a: Operand, b: Operand) -> None:
        operands = self._operand(a), self._operand(b)
        self.flow("select", self.word(dest), self.word(condition), *operands)

    def build(self) -> Bundles:
        for lane in range(self.shape.batch_size):
            self._lane(lane)
        head: Bundles = [{"load": [["const", word, value]]} for value, word in self._consts.items()]
        return head + self.program

    def _operand(self, of: Operand) -> int:
        return self.const(of) if isinstance(of, int) else self.word(of)

    def _lane(self: Self, lane: int) -> None:
        values_p = self.shape.values_p
        self.alu("+", "value address", values_p + lane, 0)
        self.load("value", "value address")
        self._start(lane)
        for h in range(self.shape.rounds):
            self._address()
            self.tamper(self, "address", lane, h)
            self.load("node", "address")
            self.tamper(self, "node", lane, h)
            self.alu("^", "value", "value", "node")
            self.tamper(self, "mixed", lane, h)
            for op1, constant, op2, shift, amount in HASH_STAGES:
                self.alu(op1, "left", "value", constant)
                self.alu(shift, "right", "value", amount)
                self.alu(op2, "value", "left", "right")
            self.tamper(self, "value", lane, h)
            self.alu("&", "bit", "value", 1)
            self.tamper(self, "bit", lane, h)
            self._step(h)
            self.tamper(self, "index", lane, h)
        self.tamper(self, "output", lane, self.shape.rounds)
        self.store("value address", "value")

    # The index of a lane in several encodings: where it starts, its address, how it goes on.

    def _start(self, lane: int) -> None:
        start = {"address": FOREST_P, "inverted": 0xFFFFFFFF}.get(self.encoding, 0)
        self.alu("+", "index", start, 0)
        self.alu("+", "level start", 0, 0)

    def _address(self) -> None:
        if self.encoding == "address":
            self.alu("+", "address", "index", 0)
        elif self.encoding == "negated":
            self.alu("-", "address", FOREST_P, "index")
        elif self.encoding == "doubled":
            self.alu("//", "address", "index", 2)
            self.alu("+", "address", "address", FOREST_P)
        elif self.encoding == "inverted":
            self.alu("^", "address", "index", 0xFFFFFFFF)
            self.alu("+", "address", "address", FOREST_P)
        else:
            self.alu("+", "address", "index", FOREST_P)
            if self.encoding == "in level":
                self.alu("+", "address", "address", "level start")

    def _step(self, h: int) -> None:
        n = self.shape.n_nodes
        if self.encoding == "index":
            self.alu("+", "bit", "bit", 1)
            self.alu("*", "index", "index", 2)
            self.alu("+", "index", "index", "bit")
            self.alu("<", "inside", "index", n)
            self.alu("*", "index", "index", "inside")
        elif self.encoding == "address":
            self.alu("<<", "index", "index", 1)
            self.alu("+", "index", "index", "bit")
            self.alu("-", "index", "index", FOREST_P - 1)
            self.alu("<", "inside", "index", n + FOREST_P)
            self.select("index", "inside", "index", FOREST_P)
        elif self.encoding == "negated":
            self.alu("+", "index", "index", "index")
            self.alu("-", "index", "index", "bit")
            self.alu("-", "index", "index", 1)
            self.alu("<", "outside", "index", -n + 1 + 0)
            self.alu("-", "mask", "outside", 1)
            self.alu("&", "index", "index", "mask")
        elif self.encoding == "doubled":
            self.alu("<<", "bit", "bit", 1)
            self.alu("+", "index", "index", "index")
            self.alu("+", "index", "index", "bit")
            self.alu("+", "index", "index", 2)
            self.alu("<", "inside", "index", 2 * n)
            self.alu("-", "mask", 0, "inside")
            self.alu("&", "index", "index", "mask")
        elif self.encoding == "inverted":
            self.alu("^", "index", "index", 0xFFFFFFFF)
            self.alu("|", "index", "index", 0)
            self.alu("*", "index", "index", 2)
            self.alu("+", "index", "index", "bit")
            self.alu("+", "index", "index", 1)
            self.alu("<", "inside", "index", n)
            self.select("index", "inside", "index", 0)
            self.alu("^", "index", "index", 0xFFFFFFFF)
        else:
            level = (h + 1) % (self.shape.forest_height + 1)
            self.alu("<<", "index", "index", 1)
            self.alu("|", "index", "index", "bit")
            if level == 0:
                self.alu("^", "index", "index", "index")
            self.alu("+", "level start", (1 << level) - 1, 0)
