"""Right programs in other clothes: 300 random combinations of transformations, all to be proved.

    python -m tests.studies.transformations            # a table on stdout
    python -m tests.studies.transformations --write    # and into docs/studies.md

Each program is a recipe's, changed in up to 25 places by the transformations of the tests, and run
once beside the reference before it counts as right. None may be refuted and no certificate
rejected; what is not proved and accepted is listed with its reason.
"""

import argparse
import random
import sys
import time
from collections import Counter

from cycleproof.artifact.strip import strip
from cycleproof.audit.settle import check_with_solvers
from cycleproof.checker import ACCEPTED, REJECTED
from cycleproof.proof import ProofVerdict, prove
from docs.page import publish
from frozen.artifact import Artifact
from frozen.machine import Machine
from frozen.ops import Program
from frozen.problem import Shape, inputs_from_seed, memory_image, reference
from frozen.program import program_digest
from solution import recipe
from tests.support.kernels.transform import transformed

SHAPES = (Shape(4, 6, 8), Shape(5, 8, 16), Shape(3, 9, 8), Shape(6, 4, 24))
COLUMNS = {
    "programs": "programs",
    "changes": "changes applied",
    ProofVerdict.PROVED: "proved",
    ACCEPTED: "certificate accepted",
    ProofVerdict.UNKNOWN: "unknown",
    ProofVerdict.REFUTED: "refuted",
}


def artifact(program: Program, shape: Shape) -> Artifact:
    """The program with the cycles of one run; raises if that run is wrong."""
    inputs = inputs_from_seed(1, shape)
    run = Machine(program).run(memory_image(shape, inputs))
    if run.memory[shape.values_p : shape.memory_size] != reference(shape, inputs)[1]:
        raise SystemExit("a transformation broke a program")
    return Artifact(shape, run.cycles, {}, program, program_digest(program))


def study(name: str, numbers: range) -> Counter[str]:
    """What becomes of one recipe's programs; one for each number, which is its seed."""
    counts: Counter[str] = Counter()
    for number in numbers:
        rng = random.Random(number)
        shape = rng.choice(SHAPES)
        right = strip(recipe.load(name).build(shape, [])).program
        program, applied = transformed(right, rng, 25)
        subject = artifact(program, shape)
        result = prove(subject, certificate=True)
        said, why = "no certificate", result.stuck_on
        if result.certificate is not None:
            checked = check_with_solvers(subject, result.certificate)
            said, why = checked.verdict, checked.reason
        counts.update(programs=1, changes=len(applied))
        counts.update([str(result.verdict), said])
        if said != ACCEPTED:
            print(f"{name}, seed {number}: {result.verdict}, {said}: {why}", flush=True)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=300, help="programs in all")
    parser.add_argument("--write", action="store_true", help="put the table into docs/studies.md")
    options = parser.parse_args()
    names = [row.name for row in recipe.load_all()]
    rows: list[tuple[str, ...]] = []
    total: Counter[str] = Counter()
    for position, name in enumerate(names):
        start = time.process_time()
        counts = study(name, range(position, options.count, len(names)))
        print(f"{name}: {time.process_time() - start:.0f} s", file=sys.stderr, flush=True)
        total.update(counts)
        rows.append((f"`{name}`", *(f"{counts[column]:,}" for column in COLUMNS)))
    rows.append(("all", *(f"{total[column]:,}" for column in COLUMNS)))
    publish("transformations", ("recipe", *COLUMNS.values()), rows, options.write)
    return int(total[ProofVerdict.REFUTED] + total[REJECTED] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
