"""The one walk over what certificates say; what a word is, is its domain's affair.

There are two domains: words on one sample input (``samples.py``), and normal forms, which hold on
every input (``symbolic.py``). In both, a known word is an ``int``.
"""

from collections.abc import Callable

from frozen.ops import MASK

from .certificate import STAGES, Ref
from .terms import Value
from .vocabulary import Contents, Lookup, Node, Reference, own


class Reader:
    """Reads nodes in a domain. ``spend`` is called with 1 for each step of work."""

    # What a domain says. ``unknown``: of a lookup, an M or a T whose place is not known or listed.
    apply: Callable[..., Value]  # a machine op, or ``select``, on its operands
    initial: Callable[[int], Value]  # the initial memory word at an address, 0 outside memory
    unknown: Callable[..., Value]
    V: Callable[[int, int, int], Value]  # of a lane, in a round, after so many stages of the hash
    N: Callable[[int, int], Value]  # of a lane, in a round: the node value

    def __init__(self, reference: Reference, spend: Callable[[int], None]) -> None:
        self.reference, self.spend = reference, spend
        self._memo: dict[tuple[int, int], Value] = {}

    def Q(self, lane: int, number: int) -> Value:  # noqa: N802 - the vocabulary's name
        """The path bit: 1 goes right."""
        return self.apply("&", self.V(lane, number, STAGES), 1)

    def read(self, node: Node) -> Value:
        """What a node is."""
        if isinstance(node, int):
            return node & MASK
        if isinstance(node, Ref):
            return self.expression(node.expression, node.lane or 0)
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

    def entry_of(self, index: Value, number: int, lane: int) -> Value:
        """The entry that an index picks from the T that is expression ``number``; 0 past them."""
        if not isinstance(index, int):
            return self.unknown("T", index, number, lane)
        entries = self.reference.table[number].args
        return self.expression(entries[1 + index], lane) if index < len(entries) - 1 else 0

    def expression(self, number: int, lane: int) -> Value:
        """What an entry of the table is, its hole filled with ``lane``."""
        lane = lane if self.reference.table[number].hole else 0
        value = self._memo.get((number, lane))
        if value is None:
            self.spend(1)
            value = self._memo[number, lane] = self._expression(number, lane)
        return value

    def _expression(self, number: int, lane: int) -> Value:
        op, args, hole, _ = self.reference.table[number]
        if op == "const":
            return args[0]
        if op == "m":
            return self.initial(args[0])
        if op in ("V", "N", "Q"):
            if not hole:
                *args, fixed = args  # type: ignore[assignment]
                lane = own(fixed)  # never taken for a renamed lane
            return getattr(self, op)(lane, *args)  # type: ignore[no-any-return]
        if op == "M":
            return self.initial_at(self.expression(args[0], lane))
        if op == "T":
            return self.entry_of(self.expression(args[0], lane), number, lane)
        if op == "select":
            return self.apply(op, *[self.expression(arg, lane) for arg in args])
        value = self.expression(args[0], lane)
        for arg in args[1:]:
            value = self.apply(op, value, self.expression(arg, lane))
        return value
