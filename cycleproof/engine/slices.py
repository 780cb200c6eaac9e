"""Lane slices: an executed program cut by output lane, equal slices merged into classes.

A lane's outputs hang on its own value, on tree words and on tables that all lanes share. Each lane
is written as a list of interned terms in which it has no number, so lanes that compute the same
way become one class. Loads at addresses that depend on data read tables out of an *image* of one
seed: the tree, tables made of tree words, and words that all lanes share (``layout``).
"""

from bisect import bisect_right
from collections import defaultdict
from itertools import compress, count

import numpy as np

from .errors import Unsupported
from .ir import CONST, LANE, LOAD, MIXED, SHARED, Executed
from .layout import Layout
from .meaning import names_of
from .sliced import CELL, FEW, GUARD, Instruction, LaneClass, Sliced
from .values import Value, constant, known, of_op

MAX_EFFORT = 10_000_000  # words of value sets and tables that are looked at
TERM, SCAN, SPREAD = 500, 10, 3
"""What a term costs, a word of a table, and a word of a value set."""
MAX_INSTRUCTIONS = 5_000  # of all classes together; LLVM took 7 s for 4,400 on a busy machine


def cut(executed: Executed, *, whole: bool = False, guard_all: bool = False) -> Sliced:
    """Cut into lane slices. Raises ``Unsupported`` where lanes mix or the code would be too long.

    ``whole``: all of memory is output, not only the judged words. ``guard_all``: value sets are
    not believed, and each load is guarded by the set that its address was said to lie in.
    """
    return _Cutter(executed, guard_all).cut(whole)


class _Cutter:
    """Terms, what is known of them, and the image that grows as loads are met."""

    def __init__(self, executed: Executed, guard_all: bool) -> None:
        self.executed, self.graph, self.guard_all = executed, executed.graph, guard_all
        self.layout = Layout(executed)
        self.kinds: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.values: list[Value] = []
        self._terms: dict[str, dict[tuple[int, ...], int]] = defaultdict(dict)
        self._shared: dict[int, int] = {}  # term by node, of nodes without a lane
        self._tables: dict[tuple[int, int], tuple[int, int]] = {}
        self._epochs: dict[int, list[int]] = {}
        self._inside: dict[tuple[int, int, int], bool] = {}
        self.guards: dict[int, set[int]] = defaultdict(set)  # terms by lane
        self.sets: dict[tuple[int, ...], int] = {}
        self.effort = 0

    def charge(self, words: int) -> None:
        """Count work. Raises ``Unsupported`` past ``MAX_EFFORT``."""
        self.effort += words
        if self.effort > MAX_EFFORT:
            raise Unsupported("its addresses can name too many words to be followed")

    def term(self, kind: str, args: tuple[int, ...], value: Value | None = None) -> int:
        """The number of a term; ``value`` is what is known of it, else it follows from the op."""
        found = self._terms[kind].get(args)
        if found is None:
            found = self._terms[kind][args] = len(self.kinds)
            self.kinds.append(kind)
            self.args.append(args)
            if value is None:
                operands = [self.values[arg] for arg in args]
                value = of_op(kind, names_of(kind), args, operands, found)
                self.charge(TERM + (0 if value.words is None else SPREAD * value.words.size))
            self.values.append(value)
        return found

    def cut(self, whole: bool) -> Sliced:
        """The classes of lanes. Raises ``Unsupported``."""
        roots = self._roots(whole)
        demands = defaultdict(list)
        for demand, fault in self.executed.demands.items():
            lane = self.graph.lanes[demand.node]
            if lane < 0:
                what = "several lanes" if lane == MIXED else "tree words"
                raise Unsupported(f"{fault} or not, depending on {what}")
            demands[lane].append(demand)
        wanted = [node for lane in roots.values() for _, node in lane]
        terms = self._terms_of([*wanted, *(demand.node for demand in self.executed.demands)])
        classes = defaultdict(list)
        for lane in range(self.executed.shape.batch_size):
            outputs = tuple(terms[node] for _, node in roots[lane])
            for node, low, high in demands[lane]:
                self.demand(lane, terms[node], low, high)
            places = tuple(address for address, _ in roots[lane])
            classes[outputs, tuple(sorted(self.guards[lane]))].append((lane, places))
        for _, node in roots[SHARED]:
            self.layout.cell(node)
        most = MAX_INSTRUCTIONS * (4 if whole else 1)
        return self._finish(classes, roots[SHARED], most)

    def _roots(self, whole: bool) -> dict[int, list[tuple[int, int]]]:
        shape = self.executed.shape
        roots = defaultdict(list)
        for address in range(0 if whole else shape.values_p, shape.memory_size):
            node = self.executed.final(address)
            lane = self.graph.lanes[node]
            if not whole:
                lane = self._own(address - shape.values_p, lane)
            if lane == MIXED:
                raise Unsupported(f"memory word {address} hangs on several lanes")
            roots[lane].append((address, node))
        return roots

    def _terms_of(self, roots: list[int]) -> list[int]:
        """The term of each node that the roots need; a node's operands have lesser numbers."""
        graph = self.graph
        needed = bytearray(len(graph.kinds))
        for root in roots:
            needed[root] = 1
        for node in range(len(needed) - 1, -1, -1):
            if needed[node] and graph.lanes[node] != SHARED:
                kind, args = graph.kinds[node], graph.args[node]
                for arg in () if kind is LANE else args[:1] if kind is LOAD else args:
                    needed[arg] = 1
        terms = [-1] * len(needed)
        for node, kind, args, lane in compress(
            zip(count(), graph.kinds, graph.args, graph.lanes, strict=False), needed
        ):
            if lane == SHARED:
                terms[node] = self.shared(node)
            elif kind is LANE:
                terms[node] = self.term(LANE, (), Value())
            elif kind is LOAD:
                terms[node] = self.load(terms[args[0]], args[1], lane)
            else:
                terms[node] = self.term(kind, tuple([terms[arg] for arg in args]))
        return terms

    def demand(self, lane: int, term: int, low: int, high: int) -> None:
        """Guard a word that must lie in an interval, unless its value set says that it does."""
        if self.guard_all or not self.inside(term, low, high):
            self.guards[lane].add(self.term(GUARD, (term, low, high, -1), self.values[term]))

    def _own(self, lane: int, found: int) -> int:
        """The lane whose slice holds an output; one that hangs on no lane stays with its own."""
        if found not in (SHARED, lane):
            what = "several lanes" if found == MIXED else f"lane {found}"
            raise Unsupported(f"the output of lane {lane} hangs on {what}")
        return lane

    def shared(self, node: int) -> int:
        """The term of a node that hangs on no lane."""
        found = self._shared.get(node)
        if found is None:
            word = self.graph.words[node]
            if word is None:
                self.layout.cell(node)
                found = self.term(CELL, (node,), Value())
            else:
                found = self.term(CONST, (word,), constant(word))
            self._shared[node] = found
        return found

    def load(self, address: int, time: int, lane: int) -> int:
        """The term of a load from the table that memory held at ``time``."""
        epoch = bisect_right(self._epoch(address), time)
        found = self._tables.get((address, epoch))
        if found is None:
            found = self._tables[address, epoch] = self._table(address, time)
        guarded, table = found
        if self.kinds[guarded] is GUARD:
            self.guards[lane].add(guarded)
        known = self._terms[LOAD].get((guarded, table))
        if known is not None:
            return known
        return self.term(LOAD, (guarded, table), self._loaded(address, table))

    def inside(self, term: int, low: int, high: int) -> bool:
        """Whether a term's value set says that it lies in ``low..high``."""
        found = self._inside.get((term, low, high))
        if found is None:
            value = self.values[term]
            members = value.members()
            found = low == 0 and value.high <= high
            if members is not None:
                found = low <= members[0] and members[-1] <= high
            self._inside[term, low, high] = found
        return found

    def _members(self, address: int) -> list[int]:
        members = self.values[address].members()
        if members is None:
            members = list(range(len(self.executed.initial)))
        self.charge(SCAN * len(members))
        return members

    def _epoch(self, address: int) -> list[int]:
        """When any word that this address can name is written."""
        found = self._epochs.get(address)
        if found is None:
            history = self.executed.history
            written = [history[at] for at in self._members(address) if at in history]
            self.charge(SCAN * sum(map(len, written)))
            times = {when for writes in written for when, _ in writes}
            found = self._epochs[address] = sorted(times)
        return found

    def _table(self, address: int, time: int) -> tuple[int, int]:
        """The address, guarded where that is needed, and the number of its plane in the image."""
        executed, size = self.executed, len(self.executed.initial)
        contents: dict[int, int] = {}
        runs: list[list[int]] = [[]]
        members = self._members(address)
        for at in members:
            self.charge(len(executed.history.get(at, ())))
            node = executed.content(at, time) if at < size else None
            if node is None or self.graph.lanes[node] != SHARED:
                runs.append([])
            else:
                contents[at] = node
                runs[-1].append(at)
        allowed = max(runs, key=len)
        if not allowed:
            raise Unsupported("a load finds nothing that all lanes share")
        proved = self.values[address].words is not None and len(allowed) == len(members)
        self.charge(SCAN * len(allowed) * len(self.layout.planes))
        plane = self.layout.place({at: contents[at] for at in allowed})
        if proved and not self.guard_all:
            return address, plane
        gaps = allowed[-1] - allowed[0] + 1 != len(allowed)
        number = -1
        if gaps and self.guard_all:
            number = self.sets.setdefault(tuple(allowed), len(self.sets))
        args = (address, allowed[0], allowed[-1], number)
        return self.term(GUARD, args, self.values[address]), plane

    def _loaded(self, address: int, plane: int) -> Value:
        """What is known of a loaded word: the table's, where all of its words are constants."""
        value = self.values[address]
        if value.words is None:
            return Value()
        contents = self.layout.planes[plane]
        by_address: dict[int, int] = {}
        for at in value.members() or ():
            word = self.graph.words[contents[at]] if at in contents else None
            if word is None:
                return Value()
            by_address[at] = word
        flat = [by_address[int(at)] for at in value.words.reshape(-1)]
        words = np.array(flat, dtype=np.int64)
        return known(words.reshape(value.words.shape), value.atoms)

    def _finish(
        self,
        classes: dict[tuple[tuple[int, ...], tuple[int, ...]], list[tuple[int, tuple[int, ...]]]],
        shared: list[tuple[int, int]],
        most: int,
    ) -> Sliced:
        made = self.layout.finish()
        done: list[LaneClass] = []
        total = 0
        for (outputs, guards), members in classes.items():
            order = self._order([*outputs, *guards])
            total += len(order)
            if total > most:
                raise Unsupported(
                    f"its lanes compute in more than {len(done)} ways,"
                    f" together over {most:,} instructions"
                )
            number = {term: position for position, term in enumerate(order)}
            code = tuple(self._instruction(term, number) for term in order)
            lanes, places = zip(*members, strict=True)
            done.append(LaneClass(lanes, code, tuple(number[term] for term in outputs), places))
        return Sliced(
            self.executed,
            made.words,
            made.tree_at,
            made.values_at,
            made.levels,
            tuple(done),
            tuple((address, self.layout.where(node)) for address, node in shared),
            tuple(self.sets),
        )

    def _order(self, roots: list[int]) -> list[int]:
        """All terms that the roots need; a term's number is greater than those of its operands."""
        needed: set[int] = set()
        pending = list(roots)
        while pending:
            term = pending.pop()
            if term not in needed:
                needed.add(term)
                pending += self._operands(term)
        return sorted(needed)

    def _operands(self, term: int) -> tuple[int, ...]:
        kind, args = self.kinds[term], self.args[term]
        if kind in (CONST, LANE, CELL):
            return ()
        return args[:1] if kind in (LOAD, GUARD) else args

    def _few(self, address: int) -> list[int]:
        """What an address can be, if these are few words and believed."""
        members = None if self.kinds[address] is GUARD else self.values[address].members()
        return members if members is not None and len(members) <= FEW else []

    def _instruction(self, term: int, number: dict[int, int]) -> Instruction:
        kind, args = self.kinds[term], self.args[term]
        if kind is CELL:
            return Instruction(CELL, (self.layout.where(args[0]),))
        if kind is LOAD:
            few = self._few(args[0])
            return Instruction(LOAD, (number[args[0]], self.layout.shift(args[1]), *few))
        if kind is GUARD:
            return Instruction(GUARD, (number[args[0]], *args[1:]))
        if kind in (CONST, LANE):
            return Instruction(kind, args)
        return Instruction(kind, tuple(number[arg] for arg in args))
