"""``bounds``: floors for a shape and, with ``--recipe``, for that recipe's own ops.

A floor is a number of cycles that nothing can beat: an engine's floor counts only its slots, the
mix floor holds for any mix of the modelled ways to serve a node. The ends cost more, at least what
the line on them says.
"""

import argparse
from math import ceil

from frozen.ops import ENGINES
from frozen.problem import Shape

from .. import recipe
from ..graph.price import Price
from ..shapes import add_shape
from .any_program import ROUND_OPS, Floors, floors
from .counts import VEC_A_CYCLE, Counts, count
from .mix import CAPACITY, Mix, best_mix
from .ramp import Ramp, ramp

HELP = "floors on the cycles of a shape and of a recipe"
BINDS = 0.99  # an engine that is this full in the best mix holds it back


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("--recipe", metavar="NAME", help="also this recipe's own floors")
    add_shape(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the floors. Raises ``SolutionError``; without scipy after all that needs none."""
    shape: Shape = arguments.shape
    counts = None
    if arguments.recipe:
        notes: list[str] = []
        counts = count(recipe.load(arguments.recipe).build(shape, notes))
        print(f"{arguments.recipe} at {shape}: {counts.cycles:,} cycles")
        for note in notes:
            print(f"  note: {note}")
        _print_counts(counts)
    ends = ramp(shape)
    _print_any(floors(shape))
    _print_ends(ends)
    steady, whole = best_mix(shape), best_mix(shape, ends)
    _print_mix(shape, steady, whole)
    if counts:
        own = _own_floor(counts, ends)
        print(
            f"{arguments.recipe} is {_cycles(counts.cycles - own)} above the floor of its own ops"
            f" with their ends ({own:,}), {counts.cycles - ceil(whole.time):,} above the mix floor"
        )
    return 0


def _print_counts(counts: Counts) -> None:
    floors = counts.floors()
    print(f"  {'engine':8} {'slots':>9} {'floor':>8} {'full':>6}")
    for engine in ENGINES:
        print(_count_row(engine, f"{counts.slots[engine]:,}", floors[engine], counts.cycles))
    print(_count_row("compute", f"{counts.vec:,.0f}", floors["compute"], counts.cycles))
    print(f"  compute counts vec-eq: valu slots + alu slots / 8, {VEC_A_CYCLE} a cycle")


def _count_row(name: str, slots: str, floor: int, cycles: int) -> str:
    return f"  {name:8} {slots:>9} {floor:>8,} {floor / cycles:>6.1%}"


def _cycles(number: int) -> str:
    return f"{number:,} cycle{'' if number == 1 else 's'}"


def _print_any(least: Floors) -> None:
    print(
        f"any program: {least.load_cycles:,} cycles ({least.loads:,} loads that none can avoid);"
        f" if it hashes stage by stage, {ROUND_OPS} ops a round and lane: {least.hashing:,}"
    )


def _print_ends(ends: Ramp) -> None:
    print(
        f"ends: at least {ends.head:g} vec-eq idle at the start and {ends.drain:g} at the end"
        f" ({(ends.head + ends.drain) / VEC_A_CYCLE:.1f} cycles); no use for a load in"
        f" {ends.load} cycles, for a select in {ends.flow}; one lane's chain takes {ends.latency}"
    )


def _print_mix(shape: Shape, steady: Mix, whole: Mix) -> None:
    print(
        f"op-mix floor at {shape}: {steady.time:,.1f} cycles;"
        f" with ends: {whole.time:,.1f}, so {ceil(whole.time):,}"
    )
    if not whole.moves:
        print("  binds: the chain of one lane; there is no whole group")
        return
    print("  the mix (groups that go this way; vec-eq, loads, stores, flow of each):")
    for levels, groups, move in whole.moves:
        price = " ".join(f"{part:>4g}" for part in move.price)
        print(f"    {levels:>2} levels {groups:>5} × {price}  {move.way}")
    used = {
        name: demand / capacity / steady.time
        for name, demand, capacity in zip(Price._fields, steady.demand, CAPACITY, strict=True)
    }
    binding = [name for name, part in used.items() if part >= BINDS]
    print(f"  full in steady state: {', '.join(f'{n} {p:.1%}' for n, p in used.items())}")
    print(f"  binds: {', '.join(binding) or 'the chain of one lane'}")


def _own_floor(counts: Counts, ends: Ramp) -> int:
    """The floor of a program's ops with the least that their ends cost."""
    compute = (counts.vec + ends.head + ends.drain) / VEC_A_CYCLE
    return max(ceil(compute), *counts.floors().values(), ends.latency)
