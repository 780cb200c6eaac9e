"""Addresses as sums over path bits, and the ops that make one from what a group already has.

A ``Form`` is ``const + sum(weight[l] * bit[l])`` modulo 2^32 over the group's stored path bits.
A register that holds one form gives the next one by a multiple and the bits that it lacks.
"""

from typing import NamedTuple

from frozen.ops import MASK

from .constants import Constants
from .ir import Graph


class Form(NamedTuple):
    """An address as a function of the path bits after levels 0, 1, 2 and so on."""

    const: int
    weights: tuple[int, ...]


class Register(NamedTuple):
    """A vector of addresses and the form that it holds."""

    ref: int
    form: Form


def ratio(have: Form, want: Form) -> int | None:
    """The multiple (modulo 2^32) that takes ``have``'s weights to ``want``'s first; None: none."""
    pairs = list(zip(have.weights, want.weights, strict=False))
    if not pairs:
        return None
    # An odd part can be inverted modulo 2^32; start from the weight with the fewest factors 2.
    h, w = min(pairs, key=lambda pair: (pair[0] & -pair[0]) or 1 << 32)
    shift = (h & -h).bit_length() - 1
    if h == 0 or w % (1 << shift):
        return None
    m = (w >> shift) * pow(h >> shift, -1, 1 << 32) & MASK
    for candidate in (m, m - (1 << (32 - shift)) if shift else m):
        if all((h * candidate - w) & MASK == 0 for h, w in pairs):
            small = candidate & MASK
            return min(
                ((small + (k << (32 - shift))) & MASK for k in range(1 << min(shift, 6))),
                key=lambda value: min(value, (1 << 32) - value),
            )
    return None


class Addresses:
    """Makes forms for one group. ``bits[l]`` is the vector of stored bits after level l."""

    def __init__(self, graph: Graph, constants: Constants, bits: list[int]) -> None:
        self._graph = graph
        self._constants = constants
        self._bits = bits

    def make(self, want: Form, have: Register | None, style: str, label: str) -> Register:
        """A register that holds ``want``.

        ``style``: how the last two bits come in: "flow" (three selections, one vector op less) or
        "vector" (at most one selection).
        """
        multiple = ratio(have.form, want) if have else None
        if have is None or multiple is None or len(have.form.weights) >= len(want.weights):
            return Register(self._from_bits(want, style, label), want)
        const = want.const - multiple * have.form.const & MASK
        bits = list(range(len(have.form.weights), len(want.weights)))
        ref = self._extend(have.ref, multiple, const, bits, want.weights, style, label)
        return Register(ref, want)

    def _extend(
        self, ref: int, multiple: int, const: int, bits: list[int], weights: tuple[int, ...],
        style: str, label: str,
    ) -> int:  # fmt: skip
        if len(bits) == 1 and const == 0 and weights[bits[0]] == 1:
            return self._madd(label, ref, self._constants.vector(multiple), self._bits[bits[0]])
        rest: list[int] = []
        if style == "flow" and len(bits) >= 2:
            inner = self._two(bits[-2], bits[-1], const, weights, label)
            rest = bits[:-2]
        elif const == 0:
            inner, rest = -1, bits
        else:
            inner = self._one(bits[0], const, weights, label)
            rest = bits[1:]
        ref = self._combine(ref, multiple, inner, label)
        for bit in rest:
            ref = self._madd(label, self._bits[bit], self._constants.vector(weights[bit]), ref)
        return ref

    def _combine(self, ref: int, multiple: int, inner: int, label: str) -> int:
        vector = self._constants.vector
        dest = ref
        if inner < 0 and multiple != 1:
            dest = self._graph.dynamic("address")
            self._graph.vector("*", label, dest, ref, vector(multiple))
        elif inner >= 0 and multiple == 1:
            dest = self._graph.dynamic("address")
            self._graph.vector("+", label, dest, ref, inner)
        elif inner >= 0 and multiple == MASK:
            dest = self._graph.dynamic("address")
            self._graph.vector("-", label, dest, inner, ref)
        elif inner >= 0:
            dest = self._madd(label, ref, vector(multiple), inner)
        return dest

    def _from_bits(self, want: Form, style: str, label: str) -> int:
        weights = want.weights
        bits = list(range(len(weights)))
        if style == "flow" and len(bits) >= 2:
            ref = self._two(bits[-2], bits[-1], want.const, weights, label)
            rest = bits[:-2]
        else:
            ref = self._one(bits[0], want.const, weights, label)
            rest = bits[1:]
        for bit in rest:
            ref = self._madd(label, self._bits[bit], self._constants.vector(weights[bit]), ref)
        return ref

    def _one(self, bit: int, const: int, weights: tuple[int, ...], label: str) -> int:
        vector = self._constants.vector
        dest = self._graph.dynamic("address part")
        yes, no = vector(const + weights[bit]), vector(const)
        self._graph.select(label, dest, self._bits[bit], yes, no)
        return dest

    def _two(self, high: int, low: int, const: int, weights: tuple[int, ...], label: str) -> int:
        vector = self._constants.vector
        halves = []
        for add in (weights[low], 0):  # the early bit inside, so that its selections come early
            dest = self._graph.dynamic("address part")
            yes, no = vector(const + add + weights[high]), vector(const + add)
            self._graph.select(label, dest, self._bits[high], yes, no)
            halves.append(dest)
        dest = self._graph.dynamic("address part")
        self._graph.select(label, dest, self._bits[low], halves[0], halves[1])
        return dest

    def _madd(self, label: str, a: int, b: int, c: int) -> int:
        dest = self._graph.dynamic("address")
        self._graph.vector("multiply_add", label, dest, a, b, c)
        return dest
