"""Sums and xors in canonical form, and case analysis leaf by leaf, which both rest on."""

from collections.abc import Callable, Mapping

from . import choice
from .integers import integers
from .store import CONST, MASKED, SUM, XOR, Leaves, Term, Terms, align, by_number, spread

Atoms = tuple[tuple[Term, int], ...]
Binary = Callable[[Term, Term], Term]


class Linear(Terms):
    """The store with addition, multiplication by constants and exclusive or.

    ``ops`` holds all thirteen ops of the machine; ``Algebra`` fills it.
    """

    def __init__(self, width: int = 32, max_bits: int = 12) -> None:
        super().__init__(width, max_bits)
        self.ops: Mapping[str, Binary] = {}
        self._integer = integers(width)
        self._done: dict[tuple[str, Term, Term], Term] = {}
        self._pointwise: dict[tuple[object, ...], tuple[int, Leaves] | None] = {}
        self.pointwise_results: dict[tuple[object, ...], tuple[int, Leaves]] = {}
        self.switches: dict[tuple[object, ...], Term | None] = {}
        self.absorbing = 0

    # -- case analysis -----------------------------------------------------------------------

    def pointwise(self, op: str, x: Term, y: Term) -> Term | None:
        """``op`` on two case terms, leaf by leaf; None if a leaf would not be ground.

        The work is kept by the leaves and the alignment of the bits, so that lanes share it.
        """
        if x.cases is None or y.cases is None:
            return None
        (bits_x, leaves_x), (bits_y, leaves_y) = x.cases, y.cases
        bits, at_x, at_y = align(bits_x, bits_y)
        key = (op, leaves_x, at_x, leaves_y, at_y)
        if key not in self._pointwise:
            leaves = self._leafwise(op, (leaves_x, at_x), (leaves_y, at_y), len(bits))
            self._pointwise[key] = self.reduce(leaves) if leaves else None
        found = self._pointwise[key]
        return self.case(bits, *found) if found else None

    def _leafwise(
        self, op: str, x: tuple[Leaves, int], y: tuple[Leaves, int], n: int
    ) -> tuple[Term, ...] | None:
        """The leaves of ``op`` over ``n`` bits, for two (leaves, position of their bits)."""
        if n > self.max_bits:
            return None
        pairs = zip(spread(x[1], n), spread(y[1], n), strict=True)
        values_x, values_y = x[0].values, y[0].values
        if values_x is not None and values_y is not None:
            f, const = self._integer[op], self.const
            return tuple([const(f(values_x[i], values_y[j])) for i, j in pairs])
        if not n:
            return None
        terms_x, terms_y = x[0].terms, y[0].terms
        leaves = []
        for i, j in pairs:
            leaf = self.ops[op](terms_x[i], terms_y[j])
            if not leaf.ground:
                return None
            leaves.append(leaf)
        return tuple(leaves)

    # -- sums --------------------------------------------------------------------------------

    def _linear(self, t: Term, ground: bool) -> tuple[Term, Atoms]:
        """``t`` as a base and weighted atoms; among ground terms only constants are bases."""
        if (t.kind is CONST) if ground else (t.cases is not None):
            return t, ()
        if t.kind is SUM:
            base, atoms = t.args
            return base, atoms
        if t.kind is XOR and t.args[0] is self.const(self.all_ones):
            return t.args[0], ((self.joined(self.zero, t.args[1]), self.all_ones),)
        return self.zero, ((t, 1),)

    def weighted(self, base: Term, weights: Mapping[Term, int]) -> Term:
        """Base + Σ weight·atom; the base is a case term, no atom a sum or a constant."""
        ones = self.all_ones
        if len(weights) > 1 and any(atom.kind is MASKED for atom in weights):
            halves = self._halves(weights)
            if halves is not None:
                return self.add(self.weighted(base, halves[0]), halves[1])
        atoms = tuple(sorted(((a, k) for a, k in weights.items() if k), key=_by_atom))
        if not atoms:
            return base
        if len(atoms) == 1:
            atom, k = atoms[0]
            if k == 1 and base is self.zero:
                return atom
            if k == ones and base.kind is CONST and base.args[0] == ones and atom.kind is not SUM:
                return self.xor(base, atom)
        top = base.mask + sum(atom.mask * k for atom, k in atoms)
        mask = (1 << top.bit_length()) - 1 if top <= ones else ones
        ground = base.kind is CONST and all(atom.ground for atom, _ in atoms)
        return self.make(SUM, (base, atoms), mask, ground)

    def _halves(self, weights: Mapping[Term, int]) -> tuple[dict[Term, int], Term] | None:
        """Two complementary masks of one word, put together: the other weights, and the rest.

        k·(x & m) + k·(x & ~m) = k·x, and k·(x & m) - k·(x & ~m) = k·((x ^ ~m) - ~m), where ~m is
        within the bits of x that can be one. Likewise k·(x & m) + k·(x ^ m) = k·((x & ~m) + m)
        and k·(x & ~m) - k·(x ^ m) = k·((x & m) - m).
        """
        ones = self.all_ones
        masked = [(a, k) for a, k in weights.items() if a.kind is MASKED and k]
        flipped = [(a, k) for a, k in weights.items() if a.kind is XOR and k]
        for half, k in masked:
            x, m = half.args
            for whole, other in flipped:
                c = self.xor(whole, x)
                minus = k + other == ones + 1
                if c.kind is not CONST or c.args[0] != (x.mask & ~m if minus else m):
                    continue
                if not minus and k != other:
                    continue
                rest = self.ops["&"](x, self.const(x.mask & ~m))
                rest = self.add(rest, self.scale(ones, c) if minus else c)
                left = {a: w for a, w in weights.items() if a is not half and a is not whole}
                return left, self.scale(k, rest)
        for high, k in masked:
            for low, other in masked:
                x, m = high.args
                if low.args[0] is not x or low.args[1] != x.mask & ~m:
                    continue
                left = {a: w for a, w in weights.items() if a is not high and a is not low}
                if k == other:
                    return left, self.scale(k, x)
                if k + other == ones + 1 and k <= ones >> 1:
                    flip = self.const(low.args[1])
                    return left, self.scale(k, self.add(self.xor(x, flip), self.scale(-1, flip)))
        return None

    def add(self, x: Term, y: Term) -> Term:
        """The canonical sum of two terms."""
        if x is self.zero:
            return y
        if y is self.zero:
            return x
        if x.id > y.id:
            x, y = y, x
        key = ("+", x, y)
        found = self._done.get(key)
        if found is None:
            found = self._done[key] = self._add(x, y)
        return found

    def _add(self, x: Term, y: Term) -> Term:
        ground = x.ground and y.ground
        if not ground:
            both = self.pointwise("+", x, y)
            if both is not None:
                return both
            picked = choice.absorb(self, x, y, self.add) or choice.absorb(self, y, x, self.add)
            if picked is not None:
                return picked
        (base_x, atoms_x), (base_y, atoms_y) = self._linear(x, ground), self._linear(y, ground)
        self.spend(len(atoms_x) + len(atoms_y))
        weights = dict(atoms_x)
        for atom, k in atoms_y:
            weights[atom] = (weights.get(atom, 0) + k) & self.all_ones
        base: Term | None
        if base_x.kind is CONST and base_y.kind is CONST:
            base = self.const(base_x.args[0] + base_y.args[0])
        elif base_x.ground and base_y.ground:
            base = self.add(base_x, base_y)
        else:
            base = self.pointwise("+", base_x, base_y)
        if base is None:  # too many bits for one table: the second stays an atom
            base = base_x
            weights[base_y] = (weights.get(base_y, 0) + 1) & self.all_ones
        return self.weighted(base, weights)

    def scale(self, k: int, x: Term) -> Term:
        """The canonical product of ``x`` and a constant."""
        k &= self.all_ones
        if k == 1:
            return x
        if not k:
            return self.zero
        if x.kind is CONST:
            return self.const(k * x.args[0])
        if not x.ground:
            both = self.pointwise("*", x, self.const(k))
            if both is not None:
                return both
        base, atoms = self._linear(x, x.ground)
        self.spend(len(atoms))
        weights = {atom: w * k & self.all_ones for atom, w in atoms}
        return self.weighted(self.scale(k, base), weights)

    def sub(self, x: Term, y: Term) -> Term:
        """X - y."""
        return self.add(x, self.scale(self.all_ones, y))

    # -- exclusive or ------------------------------------------------------------------------

    def _xors(self, t: Term, ground: bool) -> tuple[Term, tuple[Term, ...]]:
        if (t.kind is CONST) if ground else (t.cases is not None):
            return t, ()
        if t.kind is XOR:
            base, atoms = t.args
            return base, atoms
        return self.zero, (t,)

    def joined(self, base: Term, atoms: tuple[Term, ...]) -> Term:
        """Base ^ atom ^ …; the base is a case term, the atoms are sorted, none of them a xor."""
        ones = self.all_ones
        if not atoms:
            return base
        if len(atoms) == 1:
            if base is self.zero:
                return atoms[0]
            if base.kind is CONST and base.args[0] == ones and atoms[0].kind is SUM:
                return self.sub(base, atoms[0])
        mask = base.mask
        for atom in atoms:
            mask |= atom.mask
        ground = base.kind is CONST and all(atom.ground for atom in atoms)
        return self.make(XOR, (base, atoms), mask, ground)

    def xor(self, x: Term, y: Term) -> Term:
        """The canonical xor of two terms."""
        if x is y:
            return self.zero
        if x is self.zero:
            return y
        if y is self.zero:
            return x
        if x.id > y.id:
            x, y = y, x
        key = ("^", x, y)
        found = self._done.get(key)
        if found is None:
            found = self._done[key] = self._xor_of(x, y)
        return found

    def _xor_of(self, x: Term, y: Term) -> Term:
        ground = x.ground and y.ground
        if not ground:
            both = self._parity(x, y) or self.pointwise("^", x, y)
            if both is not None:
                return both
            picked = choice.absorb(self, x, y, self.xor) or choice.absorb(self, y, x, self.xor)
            if picked is not None:
                return picked
        (base_x, atoms_x), (base_y, atoms_y) = self._xors(x, ground), self._xors(y, ground)
        self.spend(len(atoms_x) + len(atoms_y))
        left = set(atoms_x).symmetric_difference(atoms_y)
        base: Term | None
        if base_x.kind is CONST and base_y.kind is CONST:
            base = self.const(base_x.args[0] ^ base_y.args[0])
        elif base_x.ground and base_y.ground:
            base = self.xor(base_x, base_y)
        else:
            base = self.pointwise("^", base_x, base_y)
        if base is None:
            base = base_x
            left.symmetric_difference_update((base_y,))
        return self.joined(base, tuple(sorted(left, key=by_number)))

    def _parity(self, x: Term, y: Term) -> Term | None:
        """(a & 1) ^ (b & 1) as (a ^ b) & 1, where the latter is already a bit of its own."""
        if not (x.kind is y.kind is MASKED and x.args[1] == y.args[1] == 1):
            return None
        whole = self.xor(x.args[0], y.args[0])
        return self.known(MASKED, (whole, 1))


def _by_atom(pair: tuple[Term, int]) -> int:
    return pair[0].id
