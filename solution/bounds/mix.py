"""The op-mix floor: which ways to serve the nodes need the least time, by an integer program.

Every group takes a path through the states of each descent; how many groups take which move is
an integer variable, each table that a used move needs is a binary one. The engines' capacities
bind them all to one time, which is minimised (HiGHS, by way of scipy). The floor holds for mixes
of the modelled ways (``prices``); an idea that is not among them can go below it. Lanes beyond
whole groups are left out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from frozen.ops import SLOT_LIMITS, VLEN
from frozen.problem import Shape

from ..errors import MissingDependency, SolutionError
from ..graph.price import Price
from . import prices
from .counts import VEC_A_CYCLE
from .prices import Move, State
from .ramp import Ramp

START = State(0, prices.NONE, 0)
CAPACITY = Price(VEC_A_CYCLE, SLOT_LIMITS["load"], SLOT_LIMITS["store"], SLOT_LIMITS["flow"])
FLOW = "flow"  # listed among the tables: any use of flow
TIME_LIMIT = 120  # seconds; every shape tried took under ten
INFINITY = float("inf")


class Mix(NamedTuple):
    """The best mix: ``time`` in cycles (a fraction), its ``demand`` of the engines, its moves."""

    time: float
    demand: Price
    moves: list[tuple[int, int, Move]]  # levels of the descent, groups, move


class _Column(NamedTuple):
    """One variable: groups that take ``move`` in descents of ``levels``, or a table set up."""

    price: Price
    upper: int
    levels: int = 0
    move: Move | None = None
    table: str = ""
    needs: str = ""  # a table that this one changes


class _Row(NamedTuple):
    """One constraint: column number to factor, and the bounds of the sum."""

    factors: Mapping[int, float]
    low: float
    high: float


def best_mix(shape: Shape, ramp: Ramp | None = None) -> Mix:
    """The mix with the least time, with the losses of ``ramp`` if given.

    Without a whole group only the chain of one lane counts. Raises ``MissingDependency``.
    """
    groups = shape.batch_size // VLEN
    if not groups:
        return Mix(ramp.latency if ramp else 0.0, Price(), [])
    descents = _descents(shape, groups)
    columns = list(_columns(descents, shape.batch_size, ramp.flow if ramp else 0))
    base = _base(shape, groups)
    lost = Price(ramp.head + ramp.drain, ramp.load * CAPACITY.load) if ramp else Price()
    rows = [*_paths(columns, descents), *_tables(columns), *_capacities(columns, base, lost)]
    numbers, time = _solve(columns, rows, ramp.latency if ramp else 0)
    demand = base
    for column, number in zip(columns, numbers, strict=True):
        demand = demand.plus(column.price.times(number))
    taken = [
        (column.levels, number, column.move)
        for column, number in zip(columns, numbers, strict=True)
        if column.move and number
    ]
    return Mix(time, demand, sorted(taken, key=lambda t: (-t[0], t[2].start.level, t[2].way)))


def _descents(shape: Shape, groups: int) -> Counter[int]:
    """Levels served from root to root, and how often over all groups; data changes neither."""
    whole, rest = divmod(shape.rounds, shape.forest_height + 1)
    counts = {shape.forest_height + 1: whole * groups, rest: groups}
    return Counter({levels: n for levels, n in counts.items() if levels and n})


def _base(shape: Shape, groups: int) -> Price:
    """What every mix needs: hashes, bits (none before a root or the end), values, constants."""
    bits = shape.rounds - -(-shape.rounds // (shape.forest_height + 1))
    rounds = Price(vec=prices.HASH.vec * shape.rounds + prices.BIT.vec * bits)
    group = prices.GROUP.plus(prices.LAST_CONSTANT).plus(rounds)
    return group.times(groups).plus(prices.hash_constants())


def _columns(descents: Mapping[int, int], room: int, idle_flow: int) -> Iterator[_Column]:
    """Variables for all moves; then one per table, and one that pays flow's ends once."""
    tables: dict[str, None] = {}
    for levels, groups in descents.items():
        queue = [START]
        for state in queue:
            for move in prices.moves(state, levels, room) if state.level < levels else ():
                yield _Column(move.price, groups, levels, move)
                tables |= dict.fromkeys(_needs(move))
                if move.end not in queue:
                    queue.append(move.end)
    for table in tables:
        price = Price(flow=idle_flow) if table == FLOW else prices.setup(table)
        yield _Column(price, 1, table=table)
        change = prices.by_memory(table) if table != FLOW else None
        if change:
            yield _Column(change, 1, table=f"{table} by memory", needs=table)


def _needs(move: Move) -> tuple[str, ...]:
    return (*move.tables, FLOW) if move.price.flow else move.tables


def _paths(columns: list[_Column], descents: Mapping[int, int]) -> Iterator[_Row]:
    """In every descent, as many groups leave a state as come to it; all start at the root."""
    rows: dict[tuple[int, State], dict[int, float]] = {}
    for n, (_, _, levels, move, *_) in enumerate(columns):
        if move:
            rows.setdefault((levels, move.start), {})[n] = 1
            if move.end.level < levels:
                rows.setdefault((levels, move.end), {})[n] = -1
    for (levels, state), factors in rows.items():
        source = descents[levels] if state == START else 0
        yield _Row(factors, source, source)


def _tables(columns: list[_Column]) -> Iterator[_Row]:
    """A move may be taken only if each of its tables is set up."""
    tables = {column.table: n for n, column in enumerate(columns)}
    for n, column in enumerate(columns):
        if column.needs:
            yield _Row({tables[column.needs]: 1, n: -1}, 0, INFINITY)
        for table in _needs(column.move) if column.move else ():
            yield _Row({tables[table]: column.upper, n: -1}, 0, INFINITY)


def _capacities(columns: list[_Column], base: Price, lost: Price) -> Iterator[_Row]:
    """What an engine does in the time covers the demand; the time is the column after the last."""
    for part, capacity in enumerate(CAPACITY):
        factors = {n: -column.price[part] for n, column in enumerate(columns)}
        yield _Row(factors | {len(columns): capacity}, base[part] + lost[part], INFINITY)


def _solve(columns: list[_Column], rows: list[_Row], least: int) -> tuple[list[int], float]:
    """Minimise the time; the columns' values and the proved lower bound on it."""
    optimize, sparse = _scipy("optimize"), _scipy("sparse")
    count = len(columns)
    entries = [(f, number, n) for number, row in enumerate(rows) for n, f in row.factors.items()]
    values, at_rows, at_columns = zip(*entries, strict=True)
    matrix = sparse.csr_array((values, (at_rows, at_columns)), shape=(len(rows), count + 1))
    lows, highs = [row.low for row in rows], [row.high for row in rows]
    uppers = [*(column.upper for column in columns), INFINITY]
    result = optimize.milp(
        c=[0] * count + [1],
        constraints=optimize.LinearConstraint(matrix, lows, highs),
        integrality=[1] * count + [0],
        bounds=optimize.Bounds([0] * count + [least], uppers),
        options={"mip_rel_gap": 1e-4, "time_limit": TIME_LIMIT},
    )
    if result.x is None:
        raise SolutionError(f"the solver found no mix in {TIME_LIMIT} seconds: {result.message}")
    return [round(x) for x in result.x[:count]], float(result.mip_dual_bound)


def _scipy(name: str) -> Any:
    try:
        return import_module(f"scipy.{name}")
    except ImportError:
        raise MissingDependency(
            "the op-mix floor needs scipy: pip install '.[search]' in a clone of the project"
        ) from None
