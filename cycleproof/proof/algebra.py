"""The ops of the machine on terms: each method returns a term equal to the op for all inputs.

Every rule is an identity of words modulo 2**W; its justification stands in docs/prover.md. A rule
that does not apply leaves an opaque term, which is sound and merely less equal to others.
"""

from collections.abc import Mapping

from . import choice
from .linear import Linear
from .store import CONST, MASKED, OPAQUE, SHIFT, SUM, XOR, Term


class Stuck(Exception):
    """The symbolic run cannot go on; the message says on what.

    ``witness``: a function of bits that is true where things would go wrong, if there is one, or
    else the term that was not understood.
    """

    def __init__(self, message: str, witness: Term | None = None) -> None:
        super().__init__(message)
        self.witness = witness


class Algebra(Linear):
    """The store together with the ops."""

    def __init__(self, width: int = 32, max_bits: int = 12) -> None:
        super().__init__(width, max_bits)
        self.ops = {
            "+": self.add,
            "-": self.sub,
            "*": self.mul,
            "//": self.floordiv,
            "cdiv": self.cdiv,
            "%": self.mod,
            "^": self.xor,
            "&": self.and_,
            "|": self.or_,
            "<<": self.shl,
            ">>": self.shr,
            "<": self.lt,
            "==": self.eq,
        }

    def _split(self, op: str, x: Term, y: Term) -> Term | None:
        """``op`` with one operand that takes two constant values: a selection of two results."""
        for this in (x, y):
            values = this.values
            if values is None or len(set(values)) != 2 or (x.cases and y.cases):
                continue
            f = self.ops[op]
            options = {
                value: f(self.const(value), y) if this is x else f(x, self.const(value))
                for value in set(values)
            }
            found = choice.resolve(self, this, options, choice.MAX_DEPTH)
            if found is None and op in ("*", "&") and self.zero in options.values():
                return choice.opaque(self, this, options)
            return found
        return None

    def opaque(self, op: str, mask: int, *operands: Term) -> Term:
        """A term about which nothing is known but its op, its operands and its mask."""
        return self.make(OPAQUE, (op, *operands), mask)

    def mul(self, x: Term, y: Term) -> Term:
        """X · y."""
        if x.kind is CONST:
            return self.scale(x.args[0], y)
        if y.kind is CONST:
            return self.scale(y.args[0], x)
        return self._commutative("*", x, y, self.all_ones)

    def _commutative(self, op: str, x: Term, y: Term, mask: int) -> Term:
        return self._general(op, y, x, mask) if x.id > y.id else self._general(op, x, y, mask)

    def _general(self, op: str, x: Term, y: Term, mask: int) -> Term:
        """Leaf by leaf, else split on a two-valued operand, else opaque."""
        key = (op, x, y)
        found = self._done.get(key)
        if found is None:
            found = self.pointwise(op, x, y) or self._split(op, x, y)
            if found is None:
                found = self.opaque(op, mask, x, y)
            self._done[key] = found
        return found

    # -- shifts and masks --------------------------------------------------------------------

    def shl(self, x: Term, y: Term) -> Term:
        """X << y, 0 from W on."""
        if y.kind is CONST:
            return self.scale(1 << y.args[0], x) if y.args[0] < self.width else self.zero
        return self._general("<<", x, y, self.all_ones)

    def shr(self, x: Term, y: Term) -> Term:
        """X >> y."""
        if y.kind is not CONST:
            return self._general(">>", x, y, self.all_ones)
        k = y.args[0]
        if not k:
            return x
        if not x.mask >> k:
            return self.zero
        key = (">>", x, y)
        found = self._done.get(key)
        if found is None:
            found = self._done[key] = self._shift(x, k)
        return found

    def _shift(self, x: Term, k: int) -> Term:
        both = self.pointwise(">>", x, self.const(k))
        if both is not None:
            return both
        kind, args = x.kind, x.args
        if kind is CONST:
            return self.const(args[0] >> k)
        if kind is SHIFT:
            return self.shr(args[0], self.const(args[1] + k))
        if kind is MASKED:
            return self.mask(self.shr(args[0], self.const(k)), args[1] >> k)
        if kind is XOR:
            result = self.shr(args[0], self.const(k))
            for atom in args[1]:
                result = self.xor(result, self.shr(atom, self.const(k)))
            return result
        if kind is SUM:
            zeros = self._trailing_zeros(x)
            if zeros:
                odd = self._divide(x, zeros)
                odd = (
                    self.shr(odd, self.const(k - zeros))
                    if k > zeros
                    else self.shl(odd, self.const(zeros - k))
                )
                return self.mask(odd, self.all_ones >> k)
        constant, rest = self.constant_part(x)
        if constant:
            return self.xor(self.const(constant >> k), self.shr(rest, self.const(k)))
        return self.make(SHIFT, (x, k), x.mask >> k)

    def _trailing_zeros(self, x: Term) -> int:
        """How many low bits of a sum are zero because all its weights are even enough."""
        base, atoms = x.args
        values = base.values
        if values is None:
            return 0
        union = 0
        for value in (*values, *(k for _, k in atoms)):
            union |= value
        return (union & -union).bit_length() - 1

    def _divide(self, x: Term, zeros: int) -> Term:
        """Some y with y << zeros == x, for a sum with that many trailing zeros."""
        base, atoms = x.args
        quotient = self.pointwise(">>", base, self.const(zeros)) if base.kind is not CONST else None
        base = quotient or self.const(base.args[0] >> zeros)
        return self.weighted(base, {atom: k >> zeros for atom, k in atoms})

    def constant_part(self, x: Term) -> tuple[int, Term]:
        """The xor constant of a case term (that of its first leaf), and the term without it."""
        base = x.args[0] if x.kind is XOR and not x.ground else x
        if base.cases is None:
            return 0, x
        leaf = base.cases[1].terms[0]
        if leaf.kind is XOR:
            leaf = leaf.args[0]
        constant = leaf.args[0] if leaf.kind is CONST else 0
        return (constant, self.xor(x, self.const(constant))) if constant else (0, x)

    def mask(self, x: Term, m: int) -> Term:
        """X & m for a constant m."""
        m &= x.mask
        if m == x.mask:
            return x
        if not m:
            return self.zero
        key = ("&", x, self.const(m))
        found = self._done.get(key)
        if found is None:
            found = self._done[key] = self._mask(x, m)
        return found

    def _mask(self, x: Term, m: int) -> Term:
        both = self.pointwise("&", x, self.const(m))
        if both is not None:
            return both
        kind, args = x.kind, x.args
        if kind is CONST:
            return self.const(args[0] & m)
        if kind is MASKED:
            return self.mask(args[0], args[1] & m)
        if kind is SUM:
            reduced = self._low(x, m)
            if reduced is not x:
                return self.mask(reduced, m)
        elif kind is XOR and not x.ground:
            base, atoms = args
            left = tuple(a for a in atoms if self._low(a, m).mask & m)
            outside = self.pointwise("&", base, self.const(m))
            if outside is not None and base is not self.zero:
                return self.xor(outside, self.mask(self.joined(self.zero, left), m))
            if len(left) != len(atoms):
                return self.mask(self.joined(base, left), m)
        constant, rest = self.constant_part(x)
        if constant:
            return self.xor(self.const(constant & m), self.mask(rest, m))
        return self.make(MASKED, (x, m), m)

    def _low(self, x: Term, m: int) -> Term:
        """Some term with the same bits as ``x`` under ``m``; only a sum is looked into.

        Weights count modulo the power of two above ``m``; for the lowest bit the sum is a xor.
        """
        if x.kind is not SUM or m.bit_length() > (self.width + 1) // 2:
            return x  # wide masks keep the word itself, so that its two halves can meet again
        ones = (1 << m.bit_length()) - 1
        base, atoms = x.args
        low = self.mask(base, ones) if base.values is not None else base
        if m == 1:
            result = low
            for atom, k in atoms:
                if k & 1:
                    result = self.xor(result, atom)
            return result
        return self.weighted(low, {atom: k & ones for atom, k in atoms})

    def and_(self, x: Term, y: Term) -> Term:
        """X & y."""
        if x.kind is CONST:
            return self.mask(y, x.args[0])
        if y.kind is CONST:
            return self.mask(x, y.args[0])
        if x is y:
            return x
        if not x.mask & y.mask:
            return self.zero
        return self._commutative("&", x, y, x.mask & y.mask)

    def or_(self, x: Term, y: Term) -> Term:
        """X | y, as (x ^ y) + (x & y), or x + y where no bit is in both."""
        if x.kind is CONST:
            x, y = y, x
        if y.kind is CONST:
            return self.add(self.mask(x, self.all_ones & ~y.args[0]), y)
        if x is y:
            return x
        both = self.pointwise("|", x, y) or self._split("|", x, y)
        return both or self.add(self.xor(x, y), self.and_(x, y))

    # -- comparisons -------------------------------------------------------------------------

    def lt(self, x: Term, y: Term) -> Term:
        """1 if x < y else 0, unsigned."""
        if y.kind is CONST:
            if x.mask < y.args[0]:
                return self.one
            if y.args[0] == 1:
                return self.eq(x, self.zero)
        if x is y or (x.kind is CONST and y.mask <= x.args[0]):
            return self.zero
        if x is self.zero:
            return self.xor(self.one, self.eq(y, x))
        return self._general("<", x, y, 1)

    def eq(self, x: Term, y: Term) -> Term:
        """1 if x == y else 0."""
        both = self.pointwise("==", x, y)
        if both is not None:
            return both
        difference = self.xor(x, y)
        if difference.kind is CONST:
            return self.const(not difference.args[0])
        if difference.values is not None:
            return self._general("==", difference, self.zero, 1)
        if difference.kind is MASKED and not difference.args[1] & (difference.args[1] - 1):
            place = difference.args[1].bit_length() - 1
            return self.xor(self.one, self.shr(difference, self.const(place)))
        if difference.kind is XOR and difference.args[0].kind is CONST:
            possible = 0
            for atom in difference.args[1]:
                possible |= atom.mask
            if difference.args[0].args[0] & ~possible:
                return self.zero
        return self.opaque("==", 1, difference, self.zero)

    # -- division ----------------------------------------------------------------------------

    def _divisor(self, y: Term) -> None:
        """Raise ``Stuck`` unless ``y`` is never zero."""
        base, atoms = y.args[:2] if y.kind is SUM or y.kind is XOR else (y, ())
        values = base.values
        if values is not None and 0 not in values:
            if y.kind is SUM and max(values) + sum(k * a.mask for a, k in atoms) <= self.all_ones:
                return
            possible = 0
            for atom in atoms if y.kind is XOR else ():
                possible |= atom.mask
            if not atoms or (y.kind is XOR and all(value & ~possible for value in values)):
                return
        zero = self.one if y is self.zero else self.eq(y, self.zero)
        raise Stuck("division by zero" if y is self.zero else "a divisor that may be zero", zero)

    def floordiv(self, x: Term, y: Term) -> Term:
        """X // y."""
        self._divisor(y)
        if y.kind is CONST:
            d = y.args[0]
            if not d & (d - 1):
                return self.shr(x, self.const(d.bit_length() - 1))
            if x.mask < d:
                return self.zero
        return self._general("//", x, y, (1 << x.mask.bit_length()) - 1)

    def cdiv(self, x: Term, y: Term) -> Term:
        """Ceiling of x / y."""
        self._divisor(y)
        return x if y is self.one else self._general("cdiv", x, y, self.all_ones)

    def mod(self, x: Term, y: Term) -> Term:
        """X % y."""
        self._divisor(y)
        if y.kind is CONST:
            d = y.args[0]
            if not d & (d - 1):
                return self.mask(x, d - 1)
            if x.mask < d:
                return x
        return self._general("%", x, y, self.all_ones)

    # -- selection ---------------------------------------------------------------------------

    def nonzero(self, x: Term) -> Term:
        """1 if x != 0 else 0."""
        return x if x.mask == 1 else self.xor(self.one, self.eq(x, self.zero))

    def select(self, condition: Term, x: Term, y: Term) -> Term:
        """X if condition else y."""
        if x is y:
            return x
        bit = self.nonzero(condition)
        return self.switch(bit, {1: x, 0: y})

    def switch(self, selector: Term, options: Mapping[int, Term]) -> Term:
        """``options[selector]`` for a function of only bits whose values all have an option."""
        found = choice.resolve(self, selector, options)
        return found if found is not None else choice.opaque(self, selector, options)
