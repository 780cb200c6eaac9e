"""The first level in place after an s-pair: its last two address bits come at stride 2.

The selections run on 16 words, of which every second one is junk; scalar lanes, which subtract
the old address at the price of a vector op, read every second word.
"""

from frozen.ops import MASK, VLEN, Slot

from ...errors import SolutionError
from ..address import Register, ratio
from ..price import Price
from ..walk import Walk
from .raw import Raw


def address_price() -> Price:
    """Two bits for one subtraction, three selections on twice the words."""
    return Price(vec=1, flow=6)


class StridedRaw:
    """``raw`` behind an address of 1 vector op and 6 flow."""

    folded = False
    own_bit = False
    minus = False

    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def serve(self, walk: Walk) -> None:
        """The address, then as ``Raw``."""
        high, low = *walk.strided, walk.take_strided_bit()
        walk.bits.append(-1)
        walk.mirrored.append(False)
        want, have = self._raw.form(walk.mirrored), walk.register
        if have is None or ratio(have.form, want) != MASK:
            raise SolutionError("the table before a level in place runs against heap order")
        const = want.const + have.form.const
        upper, lower = want.weights[-2:]
        vector = walk.constants.vector
        yes = self._select(walk, high, vector(const + lower + upper), vector(const + lower), 0)
        no = self._select(walk, high, vector(const + upper), vector(const), 0)
        part = self._select(walk, low, yes, no, VLEN)
        address = walk.graph.dynamic("address")
        slots: list[Slot] = [("-", address + i, part + 2 * i, have.ref + i) for i in range(VLEN)]
        walk.graph.lanes(f"{walk.label} address", slots)
        walk.register = Register(address, want)
        self._raw.fetch(walk, address)

    @staticmethod
    def _select(walk: Walk, bits: int, yes: int, no: int, step: int) -> int:
        """On 16 words; ``step``: from the first half of ``yes`` and ``no`` to the second."""
        part = walk.graph.dynamic("address part", 2)
        for half in (0, 1):
            at = VLEN * half
            walk.graph.select(
                f"{walk.label} address", part + at, bits + at, yes + step * half, no + step * half
            )
        return part
