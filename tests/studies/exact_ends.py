"""The least that the two ends of the shipped mix can lose, by constraint programming (OR-tools).

    python -m tests.studies.exact_ends             # a table on stdout
    python -m tests.studies.exact_ends --write     # and into docs/kernel.md

For the first cycles: which ops of the graph, in an order that keeps dependences and slots, do the
most compute in them. For the last cycles the same with the graph turned round. Scratch is left
out, so what is found bounds any schedule of these ops. vec-eq as in ``solution.bounds.counts``.
"""

import argparse
import sys
from itertools import accumulate
from typing import Any, NamedTuple

from docs.page import publish
from frozen.ops import SLOT_LIMITS, VLEN
from frozen.problem import JUDGED
from solution import recipe
from solution.bounds.counts import VEC_A_CYCLE
from solution.graph import build, ir, kinds, options, plan
from tests.support.optional import optional

from .approximate_kernel import PAGE

WINDOWS = {"first": (2, 3, 4, 5), "last": (4,)}
COLUMNS = ("end", "cycles", "lost as shipped", "least", "proved not below")
WORK = {"valu": VLEN, "alu": 1}  # in eighths of a vec-eq


class Found(NamedTuple):
    """vec-eq that a window of cycles loses: in the best schedule met, and at least in any."""

    lost: float
    least: float


def turned(preds: list[list[int]]) -> list[list[int]]:
    """The successors of each op."""
    succs: list[list[int]] = [[] for _ in preds]
    for op, before in enumerate(preds):
        for other in before:
            succs[other].append(op)
    return succs


def first_cycles(order: list[int], preds: list[list[int]]) -> list[int]:
    """The first cycle that dependences allow, ops in ``order``."""
    found = [0] * len(preds)
    for op in order:
        found[op] = max((found[before] + 1 for before in preds[op]), default=0)
    return found


def window(graph: ir.Graph, cycles: int, last: bool, seconds: float) -> Found:
    """The compute that ``cycles`` cycles at one end must lose."""
    count = len(graph.ops)
    preds = turned(graph.preds) if last else graph.preds
    early = first_cycles([*range(count)][:: -1 if last else 1], preds)
    cp_model = optional("ortools.sat.python.cp_model", "--group studies")
    model = cp_model.CpModel()
    slots: dict[tuple[str, int], list[Any]] = {}
    work, ends = [], {}
    inside = [op for op in range(count) if early[op] < cycles]
    for op in sorted(inside, key=lambda op: early[op]):
        if graph.ops[op].kind == kinds.FETCH or any(before not in ends for before in preds[op]):
            continue  # a fetch takes longer than any window here
        begun, done = model.new_bool_var(""), model.new_bool_var("")
        end = ends[op] = model.new_int_var(early[op], cycles, "")
        model.add_implication(done, begun)
        model.add(end == cycles).only_enforce_if(~done)
        forms = graph.ops[op].forms
        wholes = []
        for engine, units in forms.items():
            parts = []
            for cycle in range(early[op], cycles):
                part = model.new_int_var(0, min(len(units), SLOT_LIMITS[engine]), "")
                some = model.new_bool_var("")
                model.add(part >= 1).only_enforce_if(some)
                model.add(part == 0).only_enforce_if(~some)
                model.add_implication(some, begun)
                model.add(end >= cycle).only_enforce_if(some)
                for before in preds[op]:
                    model.add(ends[before] < cycle).only_enforce_if(some)
                slots.setdefault((engine, cycle), []).append(part)
                parts.append(part)
                if engine in WORK:
                    work.append(WORK[engine] * part)
            whole = model.new_bool_var("")  # this engine does it
            model.add(sum(parts) <= len(units))
            model.add(sum(parts) == 0).only_enforce_if(~whole)
            model.add(sum(parts) == len(units)).only_enforce_if([whole, done])
            wholes.append(whole)
        model.add(sum(wholes) == begun)
    for (engine, _), parts in slots.items():
        model.add(sum(parts) <= SLOT_LIMITS[engine])
    model.maximize(sum(work))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.solve(model)
    room = cycles * VEC_A_CYCLE
    return Found(room - solver.objective_value / VLEN, room - solver.best_objective_bound / VLEN)


def mixed(name: str = "best") -> ir.Graph:
    """The graph of a recipe."""
    chosen = options.parse(recipe.load(name).options)
    return build.Built(JUDGED, chosen, plan.make(JUDGED, chosen, [])).graph


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, help="for each window (default: 60)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/kernel.md")
    arguments = parser.parse_args()
    program = recipe.load("best").build(JUDGED, [])
    lost = [
        VEC_A_CYCLE - sum(WORK[engine] * len(bundle.get(engine, ())) for engine in WORK) / VLEN
        for bundle in program
    ]
    graph, rows = mixed(), []
    for end, windows in WINDOWS.items():
        shipped = [*accumulate(lost if end == "first" else lost[::-1])]
        for cycles in windows:
            found = window(graph, cycles, end == "last", arguments.seconds)
            figures = (shipped[cycles - 1], *found)
            rows.append((end, f"{cycles}", *(f"{figure:.2f}" for figure in figures)))
            print(*rows[-1], file=sys.stderr, flush=True)
    publish("ends", COLUMNS, rows, arguments.write, PAGE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
