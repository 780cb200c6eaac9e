"""Right programs in other clothes: 300 random combinations of transformations, all to be proved.

    python -m benchmarks.transformations               # one line a recipe
    python -m benchmarks.transformations --judged      # and every recipe itself, judged shape

Each program is a recipe's, changed in up to 25 places by the transformations of the tests, and run
once beside the reference before it counts as right. None may be refuted; what is unknown is listed
with its reason.
"""

import argparse
import random
import time
from collections import Counter

from cycleproof.proof import ProofVerdict, prove
from frozen.decode import Artifact, program_digest
from frozen.machine import Machine
from frozen.problem import JUDGED, Shape, inputs_from_seed, memory_image, reference
from solution import recipe
from tests.cycleproof.proof.transform import transformed

SHAPES = (Shape(4, 6, 8), Shape(5, 8, 16), Shape(3, 9, 8), Shape(6, 4, 24))


def artifact(program, shape: Shape) -> Artifact:
    """The program with the cycles of one run; raises if that run is wrong."""
    inputs = inputs_from_seed(1, shape)
    run = Machine(program).run(memory_image(shape, inputs))
    if run.memory[shape.values_p : shape.memory_size] != reference(shape, inputs)[1]:
        raise SystemExit("a transformation broke a program")
    return Artifact(shape, run.cycles, {}, program, program_digest(program))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=300, help="programs in all")
    parser.add_argument("--judged", action="store_true", help="prove the recipes themselves too")
    options = parser.parse_args()
    names = [row.name for row in recipe.load_all()]
    refuted = 0
    for position, name in enumerate(names):
        start, verdicts, changes = time.process_time(), Counter(), 0
        for number in range(position, options.count, len(names)):
            rng = random.Random(number)
            shape = rng.choice(SHAPES)
            program, applied = transformed(recipe.load(name).build(shape, []), rng, 25)
            result = prove(artifact(program, shape))
            verdicts[result.verdict] += 1
            changes += len(applied)
            if result.verdict is not ProofVerdict.PROVED:
                print(f"  {name}, seed {number}: {result.verdict}: {result.stuck_on}", flush=True)
        refuted += verdicts[ProofVerdict.REFUTED]
        seconds = time.process_time() - start
        counted = ", ".join(f"{verdicts[v]} {v}" for v in ProofVerdict)
        print(f"{name:12} {counted}; {changes} changes, {seconds:.0f} s", flush=True)
        if options.judged:
            start = time.process_time()
            result = prove(artifact(recipe.load(name).build(JUDGED, []), JUDGED))
            seconds = time.process_time() - start
            print(f"{name:12} at {JUDGED}: {result.verdict}, {seconds:.1f} s", flush=True)
    return int(refuted > 0)


if __name__ == "__main__":
    raise SystemExit(main())
