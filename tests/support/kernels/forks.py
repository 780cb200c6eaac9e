"""Right kernels whose jumps depend on data; their paths take equally long and rejoin."""

from collections.abc import Callable
from typing import Self

from frozen.problem import FOREST_P, HASH_STAGES, Shape
from tests.support.kernels.plain import Kernel, Name, Tamper
from tests.support.programs import Bundles

SHAPE = Shape(3, 6, 3)
PAIRED = Shape(2, 3, 2)


class Tables(Kernel):
    """A kernel with tables of code, whose places are filled in once all is laid out."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        tamper: Tamper[Self] | None = None,
    ) -> None:
        super().__init__(shape, tamper)
        self.bases: list[int] = []

    def table(self, selector: Name, length: int) -> None:
        """Jump to one of the handlers that follow, each ``length`` bundles long."""
        self.alu("*", "target", selector, length)
        self.bases.append(len(self.program))
        self.load_const("here", 0)
        self.alu("+", "target", "target", "here")
        self.flow("jump_indirect", self.word("target"))

    def load_const(self, word: Name, value: int) -> None:
        self.program.append({"load": [["const", self.word(word), value]]})

    def constant(self, value: int) -> Name:
        """The name of the word that holds a constant."""
        self.const(value)
        return ("const", value)

    def skip(self, bundles: int) -> None:
        """Jump over as many bundles."""
        self.flow("cond_jump_rel", self.const(1), bundles)

    def build(self) -> Bundles:
        program = super().build()
        head = len(program) - len(self.program)
        for at in self.bases:
            program[head + at] = {"load": [["const", self.word("here"), head + at + 3]]}
        return program


def branch_on_the_bit(k: Tables, place: str, lane: int, h: int) -> None:
    """The next index by a branch."""
    if (place, h) == ("address", 0):
        k.alu("+", "one", 1, 0)
    if place != "bit":
        return
    k.flow("cond_jump_rel", k.word("bit"), 2)
    k.alu("+", "side", 1, 0)
    k.flow("cond_jump_rel", k.word("one"), 2)
    k.alu("+", "side", 2, 0)
    k.flow("cond_jump_rel", k.word("one"), 0)
    k.alu("-", "bit", "side", 1)
    k.alu("+", "one", 1, 0)


def load_by_table(k: Tables, place: str, lane: int, h: int) -> None:
    """At level 2 one handler for each node, which loads its own word."""
    if (place, h) == ("address", 2):
        k.alu("-", "which", "address", FOREST_P + 3)
        k.table("which", 3)
        for node in range(4):
            k.load("record", k.constant(FOREST_P + 3 + node))
            k.alu("+", "record", "record", 0)
            k.skip(3 * (3 - node))
    use_record(k, place, h)


def use_record(k: Tables, place: str, h: int) -> None:
    if (place, h) == ("node", 2):
        k.alu("+", "node", "record", 0)


def nested(k: Tables, place: str, lane: int, h: int) -> None:
    """A table at level 1; each of its handlers has a branch whose sides rejoin inside it."""
    if (place, h) == ("bit", 0):
        k.alu("+", "first", "bit", 0)
    if (place, h) == ("address", 2):
        k.alu("+", "second", "index", 1)
        k.alu("&", "second", "second", 1)
        k.table("first", 9)
        for side in range(2):
            k.flow("cond_jump_rel", k.word("second"), 3)
            for node in range(2):
                k.load("record", k.constant(FOREST_P + 3 + 2 * side + node))
                k.alu("+", "half", "record", side)
                k.skip(0 if node else 3)
            k.alu("-", "record", "half", side)
            k.skip(0 if side else 9)
    use_record(k, place, h)


def staggered(k: Tables, place: str, lane: int, h: int) -> None:
    """Four handlers that rejoin by twos, and then the two."""
    if (place, h) == ("address", 2):
        k.alu("-", "which", "address", FOREST_P + 3)
        k.table("which", 2)
        for node in range(4):
            k.load("record", k.constant(FOREST_P + 3 + node))
            k.skip(2 * (3 - node) + 2 * (node // 2))
        for pair in range(2):
            k.alu("+", "record", "record", 0)
            k.skip(0 if pair else 2)
    use_record(k, place, h)


def fast_path(swapped: bool) -> Tamper[Tables]:
    """A guard before a load whose address is in memory only where the guard says so."""

    def tamper(k: Tables, place: str, lane: int, h: int) -> None:
        if (place, h) == ("address", 2):
            k.load("known", k.constant(FOREST_P + 3))
            k.alu("==", "fast", "address", FOREST_P + 3)
            k.alu("^", "slow", "fast", 1)
            k.alu("*", "far", "slow", -5000)
            k.alu("+", "far", "far", 5000)
            k.alu("+", "far", "far", "address")
            k.flow("cond_jump_rel", k.word("slow" if swapped else "fast"), 2)
            k.load("record", "far")
            k.skip(2)
            k.alu("+", "record", "known", 0)
            k.skip(0)
        use_record(k, place, h)

    return tamper


def interleaved(k: Tables, place: str, lane: int, h: int) -> None:
    """Lane 0's table, whose handlers also do the first stage of lane 1's hash, each in its way."""
    op1, constant, op2, shift, amount = HASH_STAGES[0]
    left = [op1, k.word("left 1"), k.word("next"), k.const(constant)]
    right = [shift, k.word("right 1"), k.word("next"), k.const(amount)]
    both = [op2, k.word("ahead"), k.word("left 1"), k.word("right 1")]
    if (place, lane, h) == ("address", 0, 5):
        k.load("next", k.constant(k.shape.values_p + 1))
        k.load("root", k.constant(FOREST_P))
        k.alu("^", "next", "next", "root")
        k.alu("-", "which", "address", FOREST_P + 1)
        k.table("which", 3)
        for node in range(2):
            k.load("record", k.constant(FOREST_P + 1 + node))
            k.alu("+", "record", "record", 0)
            k.skip(0 if node else 3)
            first, second, third = k.program[-3:]
            if node:
                first["alu"] = [left, right]
                second["alu"].append(both)
            else:
                first["alu"], third["alu"] = [right], [both]
                second["alu"].append(left)
    if (place, lane, h) == ("node", 0, 5):
        k.alu("+", "node", "record", 0)
    if (place, lane, h) == ("mixed", 1, 0):
        k.alu(op1, "left", "value", constant)
        k.alu(shift, "right", "value", amount)
        k.alu(op2, "left", "left", "right")
        k.alu("^", "left", "left", "ahead")
        k.alu("^", "value", "value", "left")


class Looped(Tables):
    """One copy of the code of a lane, with its table, in a loop over the lanes."""

    def _lane(self, lane: int) -> None:
        if lane:
            return
        self.alu("+", "next", self.shape.values_p, 0)
        start = len(self.program)
        super()._lane(lane)
        self.program[start] = {
            "alu": [["+", self.word("value address"), self.word("next"), self.const(0)]]
        }
        self.alu("+", "next", "next", 1)
        self.alu("<", "more", "next", self.shape.values_p + self.shape.batch_size)
        self.flow("cond_jump_rel", self.word("more"), start - len(self.program) - 1)


class Paired(Tables):
    """Lanes two by two, each pair settled by one jump; a round of all pairs before the next."""

    def build(self) -> Bundles:
        lanes = range(self.shape.batch_size)
        for lane in lanes:
            self.alu("+", ("at", lane), self.shape.values_p + lane, 0)
            self.load(("value", lane), ("at", lane))
        for node in range(self.shape.n_nodes):
            self.load(("tree", node), self.constant(FOREST_P + node))
        for h in range(self.shape.rounds):
            for lane in lanes[::2]:
                self._settle((lane, lane + 1), h)
        for lane in lanes:
            self.store(("at", lane), ("value", lane))
        return super().build()

    def _lane(self, lane: int) -> None:
        """Done already."""

    def _settle(self, pair: tuple[int, int], h: int) -> None:
        """The nodes of two lanes, which stand at ``place`` in level h, and their hashes."""
        width = 1 << h
        if h:
            self.alu("*", "which", ("place", pair[0]), width)
            self.alu("+", "which", "which", ("place", pair[1]))
            self.table("which", 1)
        past = len(self.program) + width * width
        for handler in range(width * width):
            slots = []
            for lane, at in zip(pair, divmod(handler, width), strict=True):
                word = self.word(("value", lane))
                slots.append(["^", word, word, self.word(("tree", width - 1 + at))])
            jump = [["cond_jump_rel", self.const(1), past - len(self.program) - 1]]
            self.program.append({"alu": slots, "flow": jump})
        for lane in pair:
            value, place = ("value", lane), ("place", lane)
            for op1, constant, op2, shift, amount in HASH_STAGES:
                self.alu(op1, "left", value, constant)
                self.alu(shift, "right", value, amount)
                self.alu(op2, value, "left", "right")
            self.alu("&", "bit", value, 1)
            self.alu("+", place, place, place)
            self.alu("+", place, place, "bit")


def wide(bits: int, twice: bool = False) -> tuple[Bundles, Shape]:
    """A table over some bits of the initial value; ``twice``: one in each of two handlers."""

    def tamper(k: Tables, place: str, lane: int, h: int) -> None:
        if (place, h) != ("address", 0):
            return
        k.alu("+", "which", 0, 0)
        for bit in range(bits):
            k.alu("&", "one", "value", 1 << bit)
            k.alu("+", "which", "which", "one")
        n, sides = 1 << bits, 1 + twice
        if twice:
            k.alu(">>", "side", "value", 31)
            k.table("side", n + 4)
        for side in range(sides):
            k.table("which", 1)
            for handler in range(n):
                k.skip(n - 1 - handler + (n + 4) * (sides - 1 - side))

    shape = Shape(1, 1, 1)
    return Tables(shape, tamper).build(), shape


def guarded(swapped: bool = False) -> tuple[Bundles, Shape]:
    return made(fast_path(swapped))


def made(tamper: Tamper[Tables], kernel: type[Tables] = Tables) -> tuple[Bundles, Shape]:
    """The program, and its shape."""
    return kernel(SHAPE, tamper).build(), SHAPE


KERNELS: dict[str, Callable[[], tuple[Bundles, Shape]]] = {
    "branch": lambda: made(branch_on_the_bit),
    "dispatch": lambda: made(load_by_table),
    "nested": lambda: made(nested),
    "staggered": lambda: made(staggered),
    "guarded": guarded,
    "interleaved": lambda: made(interleaved),
    "looped": lambda: made(load_by_table, Looped),
    "256 paths": lambda: wide(8),
    "paired": lambda: (Paired(PAIRED).build(), PAIRED),
}
