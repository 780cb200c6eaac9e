"""From a plan to the op graph: what all groups share, then every group's walk in program order."""

from collections.abc import Mapping

from frozen.ops import VLEN, Slot
from frozen.problem import FOREST_P, Shape

from . import ir, kinds, tables
from .constants import Constants
from .forked import Pointed
from .hashing import C5
from .ir import Graph
from .levels import s_record, scalar_record, t_record
from .levels.raw import Raw
from .levels.select import Select
from .levels.single import Single
from .levels.strided_raw import StridedRaw
from .options import Options, chosen
from .plan import Plan
from .walk import Strategy, Walk


class Built:
    """The graph of a program: what all groups share, then each group's walk.

    ``buffer_refs``: for each store buffer, the scratch address of its eight memory addresses.
    """

    def __init__(self, shape: Shape, options: Options, plan: Plan) -> None:
        self.shape, self.options, self.plan = shape, options, plan
        self.graph = Graph(shape.memory_size)
        self.constants = Constants(self.graph, plan.via, options.chained)
        copies = [plan.second_copy] if plan.second_copy else []
        filling = tables.Filling(self.graph, self.constants, [*plan.tables, *copies])
        self._tree = self._read_tree(filling.pointers())
        self._reuse_header()
        self._values = self._addresses(shape.values_p)
        filling.store(self._tree)
        self._at = filling.addresses  # memory address -> the ref of a word that holds it
        self.buffer_refs = self._place_buffers()
        self._selected: dict[tuple[int, bool], Select] = {}
        self._walks()
        self.graph.prune()

    # -- what all groups share ---------------------------------------------------------------

    def _read_tree(self, pointers: Mapping[int, int]) -> tables.Tree:
        """A reader of the tree's upper levels: down to the last one in scratch or in a table."""
        lowest = max([self.plan.select, *(table.level + 1 for table in self.plan.tables)])
        words = FOREST_P + (2 << lowest) - 1
        return tables.Tree(self.graph, self.constants, -(-words // VLEN), pointers)

    def _reuse_header(self) -> None:
        """Load the header, whose words the shape fixes, so that they serve as constants."""
        shape = self.shape
        sizes = (shape.rounds, shape.n_nodes, shape.batch_size, shape.forest_height)
        for address, value in enumerate((*sizes, FOREST_P, shape.indices_p, shape.values_p)):
            self.constants.known(value, self._tree.word(address))

    def _place_buffers(self) -> list[int]:
        """Make the addresses of the store buffers; see ``buffer_refs``."""
        addresses, graph = self.plan.buffer_addresses, self.graph
        if addresses:
            graph.buffer_words = range(addresses[0], addresses[-1] + VLEN)
        refs = [self._buffer(address) for address in addresses]
        self._at.update(zip(addresses, refs, strict=True))
        return [graph.values[ref // ir.SPAN].base for ref in refs]

    def _addresses(self, first: int) -> list[int]:
        """Refs of the words ``first + lane`` for each group's first lane."""
        groups, constants = self.plan.groups, self.constants
        full = [at for at in groups if at % VLEN == 0]
        refs = constants.sequence("value addresses", first, VLEN, len(full))
        return refs + [constants.word(first + at) for at in groups[len(full) :]]

    def _index_addresses(self) -> list[int]:
        """Refs of the addresses of the groups' indices, those of tables that were stored there."""
        first_words = [self.shape.indices_p + lane for lane in self.plan.groups]
        if all(address in self._at for address in first_words):
            return [self._at[address] for address in first_words]
        return self._addresses(self.shape.indices_p)

    def _buffer(self, at: int) -> int:
        """The eight addresses of the buffer at ``at``; returns the first ref."""
        graph = self.graph
        place = graph.static(f"buffer {at}", VLEN)
        for i in range(VLEN):
            graph.buffer_ready.add(self.constants.sum_into(place + i, at, i))
        return place

    def _select(self, level: int, folded: bool) -> Select:
        """The strategy for a selected level, its vectors made at the first call."""
        if (level, folded) not in self._selected:
            nodes = []
            for record in range(1 << level):
                true = (1 << level) - 1 - record if folded else record
                word = self._tree.node((1 << level) - 1 + true)
                if folded:
                    cell = self.graph.dynamic("node word")
                    slot: Slot = ("^", cell, word, self.constants.word(C5))
                    self.graph.lanes(f"node {true} of level {level}", [slot])
                    word = cell
                vector = self.graph.static(f"node {true} of level {level}", VLEN)
                self.constants.spread(word, vector, f"node {true} of level {level}")
                nodes.append(vector)
            self._selected[level, folded] = Select(nodes, folded)
        return self._selected[level, folded]

    # -- the groups --------------------------------------------------------------------------

    def _descents(self) -> list[range]:
        height, rounds, _ = self.shape
        starts = range(0, rounds, height + 1)
        return [range(start, min(start + height + 1, rounds)) for start in starts]

    def _strategies(self, group: int) -> list[Strategy]:
        """What serves each round of ``group``."""
        plan, options = self.plan, self.options
        by_level = {table.level: table for table in plan.tables}
        found: list[Strategy] = []
        for descent in self._descents():
            if descent.start > 0 and plan.second_copy:
                by_level[plan.second_copy.level] = plan.second_copy
            depth = len(descent)
            level = 0
            raw_offset = -1
            while level < depth:
                last = descent.stop == self.shape.rounds
                style = "flow" if self._mix(options.flow, level, group) else "vector"
                self.constants.by_memory = self._by_memory(len(found))
                if level <= plan.select:
                    found.append(self._select(level, folded=level > 0 or descent.start > 0))
                elif level in by_level:
                    found += self._record(by_level[level], style, group, depth, last)
                    level += int(level + 1 < depth)
                else:
                    raw_offset = self._offset(level, raw_offset)
                    raw = Raw(level, raw_offset, style)
                    after = bool(found) and isinstance(found[-1], s_record.Second)
                    found.append(StridedRaw(raw) if after else raw)
                level += 1
        return found

    def _record(
        self, table: tables.RecordTable, style: str, group: int, depth: int, last: bool
    ) -> list[Strategy]:
        """The two levels of ``table``, or its first one where the descent ends there."""
        options, groups = self.options, len(self.plan.groups)
        below = table.level + 2
        if below > depth:
            return [Single(table, style)]
        scalar: list[Strategy] = [scalar_record.First(table, style), scalar_record.Second(table)]
        strided: list[Strategy] = [
            s_record.First(table, style), s_record.Second(table, goes_on=below < depth)
        ]  # fmt: skip
        if below == depth and last and group >= groups - options.late:
            return scalar
        if below == depth and last and self._may_end_strided(table):
            return strided
        if isinstance(table, Pointed) and below < depth and chosen(options.third, group, groups):
            return strided
        if table.pointer >= 0 or self._mix(options.scalar, table.level, group):
            return scalar
        return [t_record.First(table, style), t_record.Second(table)]

    def _may_end_strided(self, table: tables.RecordTable) -> bool:
        return self.options.strided and table.neighbours and not self.options.indices

    def _by_memory(self, number: int) -> bool:
        """Whether constants first used in round ``number`` come by way of memory."""
        return 0 < self.options.stored <= number

    def _mix(self, mix: Mapping[int, int], level: int, group: int) -> bool:
        return chosen(mix.get(level, 0), group, len(self.plan.groups))

    def _offset(self, level: int, before: int) -> int:
        """The window's offset at a raw level; ``before``: the one above, -1 if none.

        After a raw level 2 * address + bit is the next address if the offsets fit together.
        A window must end inside memory.
        """
        offset = self.options.offset if before < 0 else 2 * before - (FOREST_P - 1)
        lowest_end = self.shape.memory_size - (FOREST_P + (2 << level) - 2)
        if not 0 <= offset < VLEN or VLEN - offset > lowest_end:
            return 0
        return offset

    def _walks(self) -> None:
        graph, plan, shape = self.graph, self.plan, self.shape
        loaded = []
        for group, lane in enumerate(plan.groups):
            graph.group = group
            value = graph.dynamic("value")
            first = shape.values_p + lane
            slot: Slot = ("vload", value, self._values[group])
            words = [range(first, first + VLEN)]
            graph.add(kinds.LOAD, {"load": [slot]}, f"g{group} load", reads=words, opens=True)
            loaded.append(value)
        walks = [Walk(graph, self.constants, value) for value in loaded]
        finals = []
        for group, walk in enumerate(walks):
            graph.group = group
            finals.append(self._walk(walk, group))
        # Last, since constants may come by way of the values' words and tables may lie where the
        # indices go.
        graph.group = -1
        indices = self._index_addresses() if self.options.indices else []
        for group, walk in enumerate(walks):
            graph.group = group
            lane = plan.groups[group]
            self._store(walk, self._values[group], shape.values_p + lane, walk.value, "value")
            if self.options.indices:
                first = shape.indices_p + lane
                self._store(walk, indices[group], first, finals[group], "index")
        graph.group = -1

    def _walk(self, walk: Walk, group: int) -> int:
        """All rounds of ``group``; returns its final index, -1 if none is wanted."""
        height, rounds, _ = self.shape
        strategies = self._strategies(group)
        for number, strategy in enumerate(strategies):
            level = number % (height + 1)
            walk.start_round(number, level)
            self.constants.by_memory = self._by_memory(number)
            strategy.serve(walk)
            ends = number + 1 == rounds
            explicit = ends or not strategies[number + 1].folded
            walk.absorb_round(explicit)
            goes_on = not ends or self.options.indices
            if goes_on and level < height and not strategy.own_bit:
                below = None if ends else strategies[number + 1]
                walk.take_bit(minus=below is not None and below.minus)
        final = self._index(walk, group) if self.options.indices else -1
        self.constants.by_memory = False
        return final

    def _store(self, walk: Walk, address: int, first: int, vector: int, what: str) -> None:
        slot: Slot = ("vstore", address, vector)
        words = [range(first, first + VLEN)]
        walk.graph.add(kinds.STORE, {"store": [slot]}, f"{walk.label} {what}", writes=words)

    def _index(self, walk: Walk, group: int) -> int:
        """The final index: the node below the last bit, the root after the lowest level."""
        level = self.shape.rounds % (self.shape.forest_height + 1)
        if not level:
            return walk.constants.vector(0)
        form = Raw(level, FOREST_P, "").form(walk.mirrored)
        return walk.address(form, "flow" if self._mix(self.options.flow, 0, group) else "vector")
