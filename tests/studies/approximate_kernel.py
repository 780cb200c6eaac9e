"""What an approximate kernel could gain: the shipped mix with ops of the hash left out.

    python -m tests.studies.approximate_kernel             # a table on stdout
    python -m tests.studies.approximate_kernel --write     # and into docs/kernel.md

An op counts the same whatever it does, so only leaving one out gains time. Each row leaves some out
(what one would have made is its first operand instead), in every round of every group, or a single
one in one round of one group; the program is scheduled anew, without the keys of
the search, and run on nine seeds, as many as boards use. The mix stays; what a mix chosen for the
shorter hash could reach at best is the floor beside it.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple
from unittest.mock import patch

from docs.page import ROOT, publish
from frozen.machine import Machine
from frozen.ops import OPS, Program, Slot
from frozen.problem import JUDGED, Shape, inputs_from_seed, memory_image, reference
from solution import recipe
from solution.bounds import mix, prices, ramp
from solution.graph import build, bundles, ir, options, plan, schedule
from solution.graph.price import Price

SEEDS = 9
PAGE = ROOT / "docs" / "kernel.md"
ONE = "g5 r6 "  # the round of one group
COLUMNS = (
    "left out", "where", "cycles", "floor of the best mix", "final values wrong",
    "seeds passed of 9",
)  # fmt: skip

Choice = Callable[[str], bool]


class Row(NamedTuple):
    """``steps``: endings of the labels of what is left out; none for the whole kernel.

    ``ops``: of a group, in every round.
    """

    what: str
    steps: tuple[str, ...]
    ops: int = 0


ROWS = (
    Row("nothing", ()),
    Row("xor with C1", ("c",), 1),
    Row("`b >> 19` and its xor", ("t", "u"), 2),
    Row("`q` and its xor", ("q", "d"), 2),
)


class Leaving(ir.Graph):
    """A graph whose ``leaves(label)`` says which lane-wise ops are left out."""

    leaves: Choice

    def __init__(self, memory_size: int) -> None:
        super().__init__(memory_size)
        self._same: dict[int, int] = {}  # value -> the value that it is instead

    def vector(self, name: str, label: str, dest: int, *sources: int) -> int:
        """As in any graph, if it is not left out."""
        if not self.leaves(label):
            return super().vector(name, label, dest, *sources)
        source = self._true(sources[0])
        self._same[dest // ir.SPAN] = source // ir.SPAN
        return -1

    def add(self, kind, forms, label, reads=(), writes=(), after=(), opens=False):  # type: ignore[no-untyped-def]
        """Operands that nobody made are replaced."""
        placed = {
            engine: [self._placed(engine, slot) for slot in slots]
            for engine, slots in forms.items()
        }
        return super().add(kind, placed, label, reads, writes, after, opens)

    def _true(self, ref: int) -> int:
        return self._same.get(ref // ir.SPAN, ref // ir.SPAN) * ir.SPAN + ref % ir.SPAN

    def _placed(self, engine: str, slot: Slot) -> Slot:
        operands = OPS[engine, str(slot[0])].operands
        return (
            slot[0],
            *(
                self._true(int(ref)) if operand.width else ref
                for operand, ref in zip(operands, slot[1:], strict=True)
            ),
        )


def kernel(leaves: Choice, shape: Shape = JUDGED) -> Program:
    """The program of ``best``'s mix without what ``leaves`` names."""
    choices = {k: v for k, v in recipe.load("best").options.items() if k != "hints"}
    chosen = options.parse(choices)
    with patch.object(build, "Graph", type("Left", (Leaving,), {"leaves": staticmethod(leaves)})):
        built = build.Built(shape, chosen, plan.make(shape, chosen, []))
    found = schedule.make(built.graph, chosen, None, [])
    block = schedule.first_block(built.graph)
    return bundles.make(built.graph, found, block, built.buffer_refs)[0]


def wrong(program: Program, shape: Shape = JUDGED) -> tuple[float, int]:
    """(part of the final values that is wrong, seeds on which none is)."""
    machine, bad, passed = Machine(program), 0, 0
    for seed in range(SEEDS):
        inputs = inputs_from_seed(seed, shape)
        values = machine.run(memory_image(shape, inputs)).memory[shape.values_p :]
        missed = sum(a != b for a, b in zip(values, reference(shape, inputs)[1], strict=True))
        bad, passed = bad + missed, passed + (missed == 0)
    return bad / (SEEDS * shape.batch_size), passed


def choices(row: Row) -> Iterator[tuple[str, Choice]]:
    """(where, what is left out) of the lines of ``row``."""
    yield "everywhere" if row.steps else "", _in("g", row.steps)
    if row.ops == 1:
        yield "one round of one group", _in(ONE, row.steps)


def _in(where: str, steps: tuple[str, ...]) -> Choice:
    return lambda label: label.startswith(where) and label.endswith(tuple(f" {s}" for s in steps))


def floor(ops: int) -> str:
    """The floor of the mix, with its ends, for a hash of ``ops`` fewer."""
    with patch.object(prices, "HASH", prices.HASH.plus(Price(vec=-ops))):
        return f"{mix.best_mix(JUDGED, ramp.ramp(JUDGED)).time:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/kernel.md")
    arguments = parser.parse_args()
    rows = []
    for row in ROWS:
        for number, (where, leaves) in enumerate(choices(row)):
            program = kernel(leaves)
            part, passed = wrong(program)
            known = floor(row.ops) if number == 0 and (row.ops or not row.steps) else ""
            rows.append((row.what, where, f"{len(program)}", known, f"{part:.1%}", f"{passed}"))
            print(*rows[-1], file=sys.stderr, flush=True)
    publish("approximate", COLUMNS, rows, arguments.write, PAGE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
