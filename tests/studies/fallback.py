"""How long the fallback takes: the plain kernel with ops respelled so that no rule covers them.

    python -m tests.studies.fallback              # a table on stdout
    python -m tests.studies.fallback --write      # and into docs/studies.md

Seconds are those of the processor, the solvers' processes included.
"""

import argparse
from collections.abc import Sequence

from cycleproof.audit.settle import check_with_solvers
from cycleproof.checker import ACCEPTED
from cycleproof.proof import prove
from cycleproof.view.profiling import timed
from docs.page import publish
from frozen.problem import Shape
from tests.support.artifacts import artifact
from tests.support.kernels.spellings import (
    Respelled,
    Respelling,
    bit_as_or_less_xor,
    bit_by_comparison,
    sum_by_halves,
    xor_by_complements,
    xor_by_halves,
)

COLUMNS = (
    "shape",
    "respelled",
    "cycles",
    "prover",
    "words named",
    "questions",
    "checker",
    "queries",
)
SUBJECTS = (
    ((10, 16, 16), (bit_as_or_less_xor,)),
    ((10, 16, 16), (xor_by_complements,)),
    ((10, 16, 16), (xor_by_halves, sum_by_halves, bit_by_comparison)),
    ((10, 16, 256), (xor_by_halves, sum_by_halves, bit_by_comparison)),
)


def measure(sizes: tuple[int, int, int], respellings: Sequence[Respelling]) -> tuple[str, ...]:
    """One row of the table."""
    subject = artifact(Respelled(sizes, respellings).build(), Shape(*sizes))
    result, proving = timed(lambda: prove(subject, certificate=True))
    if result.certificate is None:
        raise SystemExit(f"error: {subject.shape}: {result.verdict}: {result.stuck_on}")
    certificate = result.certificate
    checked, checking = timed(lambda: check_with_solvers(subject, certificate))
    if checked.verdict != ACCEPTED:
        raise SystemExit(f"error: {subject.shape}: {checked.verdict}: {checked.reason}")
    return (
        str(subject.shape),
        ", ".join(f"`{each.__name__}`" for each in respellings),
        f"{subject.cycles:,}",
        f"{proving.cpu:.1f} s",
        f"{result.figures['fallback']['merged']:,}",
        f"{result.figures['fallback']['questions']}",
        f"{checking.cpu:.1f} s",
        f"{checked.solver_queries}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/studies.md")
    options = parser.parse_args()
    rows = [measure(*subject) for subject in SUBJECTS]
    publish("fallback", COLUMNS, rows, options.write)


if __name__ == "__main__":
    main()
