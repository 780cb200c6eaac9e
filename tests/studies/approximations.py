"""The study of approximate kernels: each refuted in the judged domain, or shown to be right there.

    python -m tests.studies.approximations             # a table on stdout
    python -m tests.studies.approximations --write     # and into docs/studies.md

A refutation counts once the frozen simulator, run anew, fails the input; so does one above 2^30 of
a kernel whose few wrong words no judged input gives. A proof counts once the checker accepts its
certificate. Seconds are those of the processor, the solver's processes included, in ``prove``.
"""

import argparse
import statistics
import sys
from collections import Counter
from multiprocessing import Pool

from cycleproof.audit.settle import check_with_solvers
from cycleproof.checker import ACCEPTED
from cycleproof.proof import ProofVerdict, prove
from cycleproof.view.profiling import timed
from docs.page import publish
from frozen.harness import judge
from tests.support.artifacts import artifact
from tests.support.kernels.approximate import REFUTED, RIGHT, RIGHT_BELOW, SHAPE, cases

OPEN = "open or wrong"
COLUMNS = (REFUTED, RIGHT, RIGHT_BELOW, OPEN)
TIMES = ("processor, median", "processor, longest")
SECONDS = 2.0  # more of the processor is worth a line
CASES = list(cases())


def classify(number: int) -> tuple[str, float]:
    """What became of one kernel, and the seconds of the processor that took."""
    case = CASES[number]
    program = case.build()
    subject = artifact(program, SHAPE, cycles=len(program))
    result, cost = timed(lambda: prove(subject, certificate=True))
    became = OPEN
    if result.verdict is ProofVerdict.PROVED and result.certificate is not None:
        if check_with_solvers(subject, result.certificate).verdict == ACCEPTED:
            became = RIGHT
    elif result.counterexample is not None:
        inputs = result.counterexample.inputs
        below = all(word < 1 << 30 for words in inputs for word in words)
        (answer,) = judge(subject, [{"tree": inputs.tree, "values": inputs.values}])
        if not answer["pass"]:
            became = REFUTED if below else RIGHT_BELOW
    if case.expected not in (None, became) or (became == RIGHT_BELOW and case.expected is None):
        return OPEN, cost.cpu
    return became, cost.cpu


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--processes", type=int, default=2, help="the result is the same with any")
    parser.add_argument("--write", action="store_true", help="put the table into docs/studies.md")
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = {}
    times: dict[str, list[float]] = {}
    with Pool(options.processes) as pool:
        for case, (became, seconds) in zip(
            CASES, pool.imap(classify, range(len(CASES))), strict=True
        ):
            counts.setdefault(case.family, Counter())[became] += 1
            times.setdefault(case.family, []).append(seconds)
            if became == OPEN or seconds > SECONDS:
                print(
                    f"{became}: {case.family}: {case.name}, {seconds:.1f} s",
                    file=sys.stderr,
                    flush=True,
                )
    total = sum(counts.values(), Counter())
    rows = [(*_cells(family, counts[family]), *_seconds(times[family])) for family in counts]
    every = [seconds for one in times.values() for seconds in one]
    rows.append((*_cells("all", total), *_seconds(every)))
    head = ("approximation", "kernels", *COLUMNS, *TIMES)
    publish("approximations", head, rows, options.write)
    return int(total[OPEN] > 0)


def _cells(name: str, counts: Counter[str]) -> tuple[str, ...]:
    return name, f"{counts.total()}", *(f"{counts[column]}" for column in COLUMNS)


def _seconds(times: list[float]) -> tuple[str, str]:
    return f"{statistics.median(times):.1f} s", f"{max(times):.1f} s"


if __name__ == "__main__":
    raise SystemExit(main())
