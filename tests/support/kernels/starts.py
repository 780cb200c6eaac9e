"""The plain kernel, each lane of which starts at the node that its index in memory names."""

from .plain import Kernel

ENCODINGS = ("index", "inverted")


class AnyStart(Kernel):
    """Reads where it starts; its header is written out, so it leans on no word of memory's."""

    def _start(self, lane: int) -> None:
        self.alu("+", "start address", self.shape.indices_p + lane, 0)
        self.load("index", "start address")
        if self.encoding == "inverted":
            self.alu("^", "index", "index", 0xFFFFFFFF)
