"""The one walk over what certificates say; what a word is, is its domain's affair.

There are two domains: words on one sample input (``samples.py``), and normal forms, which hold on
every input (``symbolic.py``). In both, a known word is an ``int``.
"""

from collections.abc import Callable

from frozen.ops import MASK

from .certificate import STAGES, Ref
from .terms import Value
from .vocabulary import Contents, Lookup, Node, Reference


class Reader:
    """Reads nodes in a domain. ``spend`` is called with 1 for each step of work."""

    # What a domain says. ``unknown``: of a lookup, an M or a T whose place is not known or listed.
    apply: Callable[..., Value]  # a machine op, or ``select``, on its operands
    initial: Callable[[int], Value]  # the initial memory word at an address, 0 outside memory
    unknown: Callable[..., Value]
    V: Callable[[int, int, int], Value]  # of a lane, in a round, after so many stages of the hash
    N: Callable[[int, int], Value]  # of a lane, in a round: the node value
    I: Callable[[int, int], Value]  # noqa: E741 - of a lane, before a round: the index

    def __init__(self, reference: Reference, spend: Callable[[int], None]) -> None:
        self.reference, self.spend = reference, spend
        self._memo: dict[tuple[int, tuple[int, ...]], Value] = {}

    def Q(self, lane: int, number: int) -> Value:  # noqa: N802 - the vocabulary's name
        """The path bit: 1 goes right."""
        return self.apply("&", self.V(lane, number, STAGES), 1)

    def read(self, node: Node) -> Value:
        """What a node is."""
        if isinstance(node, int):
            return node & MASK
        if isinstance(node, Ref):
            return self.expression(*node)
        if isinstance(node, Lookup):
            return self.looked_up(self.read(node.address), node.table)
        self.spend(1)
        return self.apply(node.op, *[self.read(arg) for arg in node.args])

    def looked_up(self, address: Value, table: Contents) -> Value:
        """The content that a table lists at an address."""
        found = table.at(address) if isinstance(address, int) else None
        return self.unknown("lookup", address, table) if found is None else self.read(found)

    def initial_at(self, address: Value) -> Value:
        """The initial memory word at an address."""
        return self.initial(address) if isinstance(address, int) else self.unknown("M", address)

    def entry_of(self, index: Value, number: int, lanes: tuple[int, ...]) -> Value:
        """The entry that an index picks from the T that is expression ``number``; 0 past them."""
        if not isinstance(index, int):
            return self.unknown("T", index, number, lanes)
        entries = self.reference.expressions.operands(Ref(number, lanes))
        return self.expression(*entries[1 + index]) if index < len(entries) - 1 else 0

    def expression(self, number: int, lanes: tuple[int, ...]) -> Value:
        """What an expression is, said of lanes."""
        value = self._memo.get((number, lanes))
        if value is None:
            self.spend(1)
            value = self._memo[number, lanes] = self._expression(number, lanes)
        return value

    def _expression(self, number: int, lanes: tuple[int, ...]) -> Value:
        op, args, *_ = self.reference.table[number]
        if op == "const":
            return args[0]  # type: ignore[no-any-return]
        if op == "m":
            return self.initial(*args)
        if op in ("V", "N", "Q", "I"):
            return getattr(self, op)(*lanes, *args)  # type: ignore[no-any-return]
        operands = self.reference.expressions.operands(Ref(number, lanes))
        value = self.expression(*operands[0])
        if op == "M":
            return self.initial_at(value)
        if op == "T":
            return self.entry_of(value, number, lanes)
        rest = [self.expression(*operand) for operand in operands[1:]]
        if op == "select":
            return self.apply(op, value, *rest)
        for other in rest:
            value = self.apply(op, value, other)
        return value
