"""One round of one unit (a lane, or VLEN lanes side by side), written as phases of ops.

This is the starter program's round: nothing is fused or left out, so every rung of the ladder
that uses it differs in where ops go, not in what they compute.
"""

from collections.abc import Iterator
from typing import NamedTuple

from frozen.problem import HASH_STAGES, Shape

from .packer import Step
from .scratch import Scratch


class Phase(NamedTuple):
    """A named stretch of a round."""

    name: str
    steps: list[Step]


class Unit(NamedTuple):
    """``lanes`` lanes from ``first`` on; fewer than the width in the tail of a batch."""

    first: int
    lanes: int


class Registers(NamedTuple):
    """Scratch addresses, ``width`` words each, that one unit's round works in."""

    idx: int
    value: int
    node: int  # the node's address, then the node
    left: int  # the two halves of a hash stage; addresses before and after
    right: int


TEMPORARIES = 3  # node, left, right: what a unit needs even if its values have a home


class Rounds:
    """Writes the rounds of units; sets up the constants they share.

    ``numbered``: every lane number is a constant in scratch, to be added to an array's address,
    as the starter does; else each address is an immediate of the ``const`` before its use.
    """

    def __init__(self, shape: Shape, width: int, numbered: bool, scratch: Scratch) -> None:
        self.shape = shape
        self.width = width
        self.numbered = numbered
        self.header = scratch.header()
        self._scratch = scratch
        self._zero, self._one, self._two = (self._spread(n) for n in (0, 1, 2))
        self._stages = [
            (op1, self._spread(constant), op2, shift, self._spread(amount))
            for op1, constant, op2, shift, amount in HASH_STAGES
        ]
        self._n_nodes = scratch.spread(self.header["n_nodes"], width)
        self._forest = scratch.spread(self.header["forest_values_p"], width)
        for lane in range(shape.batch_size if numbered else 0):
            scratch.constant(lane)

    def _spread(self, value: int) -> int:
        return self._scratch.spread(self._scratch.constant(value), self.width)

    def _op(self, *slot: str | int) -> Step:
        return Step("alu" if self.width == 1 else "valu", slot)

    def _select(self, *slot: int) -> Step:
        name = "select" if self.width == 1 else "vselect"
        return Step("flow", (name, *slot))

    def round(self, unit: Unit, at: Registers) -> Iterator[Phase]:
        """Fetch the node, hash, step to the child: index and value stay in ``at``."""
        address = self._op("+", at.node, self._forest, at.idx)
        yield Phase("node", [address, *self._gather(unit, at.node)])
        yield Phase("hash", [self._op("^", at.value, at.value, at.node), *self._hash(at)])
        child = [
            self._op("%", at.left, at.value, self._two),
            self._op("==", at.left, at.left, self._zero),
            self._select(at.left, at.left, self._one, self._two),
            self._op("*", at.idx, at.idx, self._two),
            self._op("+", at.idx, at.idx, at.left),
            self._op("<", at.left, at.idx, self._n_nodes),
            self._select(at.idx, at.left, at.idx, self._zero),
        ]
        yield Phase("child", child)

    def _hash(self, at: Registers) -> Iterator[Step]:
        for op1, constant, op2, shift, amount in self._stages:
            yield self._op(op1, at.left, at.value, constant)
            yield self._op(shift, at.right, at.value, amount)
            yield self._op(op2, at.value, at.left, at.right)

    def _gather(self, unit: Unit, at: int) -> list[Step]:
        """Replace each lane's address by the word there; the forest is never written."""
        return [Step("load", ("load", at + lane, at + lane)) for lane in range(unit.lanes)]

    def fetch(self, unit: Unit, at: Registers) -> Phase:
        """Bring index and value from memory."""
        return self._transfer(unit, at, "load")

    def store(self, unit: Unit, at: Registers) -> Phase:
        """Write index and value to memory."""
        return self._transfer(unit, at, "store")

    def _transfer(self, unit: Unit, at: Registers, engine: str) -> Phase:
        """Move a whole unit by one wide access per array, a batch's tail lane by lane."""
        whole = unit.lanes == self.width > 1
        step = self.width if whole else 1
        arrays = (
            ("inp_indices_p", self.shape.indices_p, at.idx, at.left),
            ("inp_values_p", self.shape.values_p, at.value, at.right),
        )
        steps = []
        for name, start, data, address in arrays:
            for lane in range(0, unit.lanes, step):
                number = unit.first + lane
                steps.append(self._address(address, name, start, number))
                operands = (data + lane, address) if engine == "load" else (address, data + lane)
                slot = (f"v{engine}" if whole else engine, *operands)
                steps.append(Step(engine, slot, range(start + number, start + number + step)))
        return Phase("fetch" if engine == "load" else "store", steps)

    def _address(self, dest: int, array: str, start: int, lane: int) -> Step:
        if self.numbered:
            return Step("alu", ("+", dest, self.header[array], self._scratch.constant(lane)))
        return Step("load", ("const", dest, start + lane))
