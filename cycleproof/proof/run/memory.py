"""The words of a path, and loads and stores at addresses that are functions of path bits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..algebra import Algebra, Stuck
from ..terms import CONST, SUM, XOR, Term
from .loads import Loads

MAX_SPREAD = 12  # bits of one opaque word that an address may be a function of
OFF = 1 << 20  # marks the values that a word has off a path; greater than every address


class Words(dict[int, Term]):
    """An array of terms seen through the writes of one path."""

    def __init__(self, base: Sequence[Term], writes: Mapping[int, Term] | None = None) -> None:
        super().__init__(writes or {})
        self.base = base

    def __missing__(self, at: int) -> Term:
        return self.base[at]


Array = list[Term] | Words


def child(array: Array) -> Words:
    """A view of the array, whose writes do not change the array."""
    if isinstance(array, Words):
        return Words(array.base, array)
    return Words(array)


@dataclass
class Path:
    """The machine where ``condition`` is 1."""

    pc: int
    condition: Term
    scratch: Array
    memory: Array
    cycles: int = 0


class Memory:
    """Reads and writes the memory of paths. Methods raise ``Stuck``, saying why."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.loads = Loads(algebra)

    def selector(self, path: Path, term: Term) -> Term:
        """``term`` as a function of only bits, cut down to what the path's condition allows."""
        found = enumerable(self.algebra, term)
        if found is None:
            raise Stuck("depends on more data than path bits", term)
        if path.condition is self.algebra.one or found.kind is CONST:
            return found
        apply = self.algebra.apply
        off = apply("-", self.algebra.one, path.condition)
        marked = apply("+", apply("*", off, self.algebra.const(OFF)), found)
        if marked.values is None or found.mask >= OFF:
            return found
        allowed = [value for value in marked.values if value < OFF]
        if not allowed:
            return found
        some = self.algebra.const(allowed[0])
        return self.algebra.switch(path.condition, {1: found, 0: some})

    def in_range(self, path: Path, address: Term) -> None:
        """Raise ``Stuck`` where a function of only bits has a value outside memory."""
        size = self._size(path)
        if address.choices and address.choices[-1] >= size:
            outside = next(value for value in address.values or () if value >= size)
            inside = self.algebra.apply("<", address, self.algebra.const(size))
            raise Stuck(
                f"address {outside} is outside memory (0..{size - 1})",
                self.algebra.apply("^", self.algebra.one, inside),
            )

    def _size(self, path: Path) -> int:
        memory = path.memory
        return len(memory.base) if isinstance(memory, Words) else len(memory)

    def load(self, path: Path, term: Term) -> Term:
        """The word at an address."""
        memory = path.memory
        image = memory.base if isinstance(memory, Words) else memory
        indexed = self.loads.load_indexed(term, image)
        if indexed is not None:
            return indexed
        address = self.selector(path, term)
        self.in_range(path, address)
        if address.kind is CONST:
            return path.memory[address.args[0]]
        if isinstance(path.memory, list):
            return self.loads.load(address, path.memory)
        return self.algebra.switch(address, {at: path.memory[at] for at in address.choices})

    def store(self, path: Path, address: Term, term: Term) -> list[int]:
        """Store a term; returns the words that may change."""
        if address.kind is CONST:
            path.memory[address.args[0]] = term
            self.loads.stored(address.args[0])
            return [address.args[0]]
        touched = list(address.choices)
        for at in touched:
            here = self.algebra.apply("==", address, self.algebra.const(at))
            path.memory[at] = self.algebra.switch(here, {1: term, 0: path.memory[at]})
            self.loads.stored(at)
        return touched


def enumerable(algebra: Algebra, term: Term) -> Term | None:
    """``term`` as a function of only bits, or None where too many bits of it can be one."""
    if term.values is not None:
        return term
    if term.kind is SUM or term.kind is XOR:
        base, parts = term.args
        atoms = parts if term.kind is SUM else [(atom, 1) for atom in parts]
    else:
        base, atoms = algebra.zero, [(term, 1)]
    if base.values is None:
        return None
    result, apply = base, algebra.apply
    for atom, weight in atoms:
        if atom.mask.bit_count() > MAX_SPREAD:
            return None
        value = algebra.zero
        for place in range(algebra.width):
            if atom.mask >> place & 1:
                bit = apply("&", apply(">>", atom, algebra.const(place)), algebra.one)
                value = apply("+", value, apply("*", bit, algebra.const(1 << place)))
        if term.kind is XOR:
            result = apply("^", result, value)
        else:
            result = apply("+", result, apply("*", value, algebra.const(weight)))
    return result if result.values is not None else None
