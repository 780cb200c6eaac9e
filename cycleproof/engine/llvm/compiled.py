"""A sliced program as machine code."""

from frozen.problem import Inputs

from ..sliced import Sliced
from .emit import WIDTH
from .harness import padded
from .native import Native
from .source import frame_of, source


class Compiled(Native):
    """A program that was cut into lane slices, compiled. One thread at a time."""

    name = "llvm"
    refusal = ""

    def __init__(self, sliced: Sliced) -> None:
        self.sliced = sliced
        out_words = sum(len(padded(one.lanes)) * len(one.outputs) for one in sliced.classes)
        frame = frame_of(sliced)
        super().__init__(source(sliced), frame, frame.work + 1, out_words)
        for formula in (formula for level in sliced.levels for formula in level if formula.fixed):
            for place, word in formula.rows:
                self._image[place] = word

    def work(self) -> int:
        """Nothing is interpreted."""
        return 1

    def evaluate(self, given: Inputs) -> dict[int, int] | None:
        """The output words after a run on these inputs, by address; None if a guard missed.

        The outputs are the judged words, or all of memory if the slices were cut so.
        """
        if self.run(given):
            return None
        memory = {address: int(self._image[place]) for address, place in self.sliced.shared}
        at = 0
        for one in self.sliced.classes:
            size = len(padded(one.lanes))
            vectors = self._out[at : at + size * len(one.outputs)]
            table = vectors.reshape(size // WIDTH, len(one.outputs), WIDTH)
            at += size * len(one.outputs)
            for number, places in enumerate(one.places):
                for k, address in enumerate(places):
                    memory[address] = int(table[number // WIDTH, k, number % WIDTH])
        return memory
