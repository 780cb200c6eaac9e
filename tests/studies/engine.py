"""Every CPU back end of the second engine against the frozen simulator, bit for bit.

    python -m tests.studies.engine                     # a table on stdout
    python -m tests.studies.engine --write             # and into docs/engine.md

Mutants, transformed programs, the hostile corpus and random programs (jumps on data, stores
anywhere and faults among them) run on a few inputs each, and all of memory must be the same:
outputs, final indices, forest. The interpreter runs all of them. What slices is also compiled by
LLVM, and a share of it by a C++ compiler from the GPU's text; a run that misses a guard says
nothing and is counted.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from unittest import mock

from cycleproof.artifact.strip import strip
from cycleproof.engine import ir
from cycleproof.engine.cuda.grid import Grid
from cycleproof.engine.errors import Unsupported
from cycleproof.engine.ir import execute
from cycleproof.engine.slices import cut
from docs.page import ROOT, publish
from frozen.artifact import Artifact, parse
from frozen.errors import Fault, FrozenError
from frozen.machine import Machine
from frozen.problem import Inputs, Shape, inputs_from_seed, memory_image
from frozen.program import program_digest
from solution import recipe
from tests.corpus import documents
from tests.studies.mutants import mutant, places
from tests.support.artifacts import recipe_artifact
from tests.support.emulated import Emulated
from tests.support.kernels.transform import transformed
from tests.support.optional import optional
from tests.support.programs import random_program

PAGE = ROOT / "docs" / "engine.md"
CROWDED = Shape(3, 4, 37)  # the memory of 96 words that random programs are made for
RECIPES = (("packed", Shape(4, 6, 8)), ("selected", Shape(4, 6, 8)), ("vector", Shape(3, 4, 8)))
FUEL, WORK = 2_000, 15_000  # bundles, words; more than any of these programs takes if it ends
GRID = Grid(1, 32, 32, 1)
COLUMNS: tuple[str, ...] = (
    "programs",
    "runs",
    "faults",
    "interpreted, equal",
    "programs that slice",
)
COLUMNS += ("compiled by LLVM, equal", "missed a guard", "as C++, equal", "different")


class Share(NamedTuple):
    """Of the programs that slice, every how many are compiled."""

    llvm: int = 1
    cpp: int = 10


def of_program(program: object, shape: Shape) -> Artifact:
    return Artifact(shape, 0, {}, program, program_digest(program))  # type: ignore[arg-type]


def mutants(seed: int) -> Iterator[Artifact]:
    """Endless: one op or operand of a recipe's program changed."""
    rng = random.Random(seed)
    subjects = [recipe_artifact(name, tuple(shape)) for name, shape in RECIPES]
    sites = [places(subject.program) for subject in subjects]
    while True:
        number = rng.randrange(len(subjects))
        subject, place = subjects[number], rng.choice(sorted(sites[number]))
        made = mutant(rng, subject.program, place[2], sites[number][place])
        if made is not None:
            _, at, bundle = made
            program = [*subject.program[:at], bundle, *subject.program[at + 1 :]]
            yield of_program(program, subject.shape)


def changed(seed: int) -> Iterator[Artifact]:
    """Endless: a recipe's program in other clothes."""
    rng = random.Random(seed)
    while True:
        name, shape = rng.choice(RECIPES)
        program = strip(recipe.load(name).build(shape, [])).program
        yield of_program(transformed(program, rng, 25)[0], shape)


def hostile(_seed: int) -> Iterator[Artifact]:
    """The documents of the corpus that decode."""
    for row in documents.ROWS:
        try:
            yield parse(row.make())
        except FrozenError:
            continue


def randomly(seed: int) -> Iterator[Artifact]:
    """Endless: random programs of all ops."""
    rng = random.Random(seed)
    while True:
        yield of_program(random_program(rng), CROWDED)


KINDS = {
    "mutants": mutants,
    "transformed": changed,
    "hostile corpus": hostile,
    "random programs": randomly,
}


def frozen_memory(machine: Machine, shape: Shape, inputs: Inputs) -> list[int] | None:
    """All of memory after a run; None if it faults or does not end."""
    try:
        return machine.run(memory_image(shape, inputs), FUEL).memory
    except Fault:
        return None


def compare(artifact: Artifact, runs: int, llvm: bool, cpp: bool) -> Counter[str]:
    """One program through the back ends; ``different`` counts runs that are not the same."""
    from cycleproof.engine.llvm.compiled import Compiled
    from cycleproof.engine.llvm.interpreter import Interpreter

    shape, counts = artifact.shape, Counter(programs=1)
    inputs = [inputs_from_seed(seed, shape) for seed in range(runs)]
    machine = Machine(artifact.program)
    memories = [frozen_memory(machine, shape, one) for one in inputs]
    counts.update({"runs": runs, "faults": memories.count(None)})

    def hold(name: str, found: list[list[int] | None], miss: bool) -> None:
        for memory, ours in zip(memories, found, strict=True):
            if miss and ours is None:
                counts["missed a guard"] += 1
            else:
                counts[name if memory == ours else "different"] += 1

    interpreted = Interpreter(artifact)
    hold("interpreted, equal", [words(interpreted.evaluate(one)) for one in inputs], miss=False)
    try:
        sliced = cut(execute(artifact.program, shape), whole=True)
    except Unsupported:
        return counts
    counts["programs that slice"] += 1
    if llvm:
        compiled = Compiled(sliced)
        found = [words(compiled.evaluate(one)) for one in inputs]
        hold("compiled by LLVM, equal", found, miss=True)
    if cpp:
        hold("as C++, equal", Emulated(sliced, GRID).evaluate(inputs), miss=True)
    return counts


def words(memory: dict[int, int] | None) -> list[int] | None:
    return None if memory is None else [memory[at] for at in range(len(memory))]


def study(kind: str, count: int, share: Share, runs: int = 3, seed: int = 0) -> Counter[str]:
    """``count`` programs of one kind; fewer if there are no more."""
    from cycleproof.engine.llvm import interpreter

    total: Counter[str] = Counter()
    fuel = mock.patch.object(interpreter, "DEFAULT_FUEL", FUEL)
    with fuel, mock.patch.object(ir, "MAX_WORK", WORK):
        for artifact in islice(KINDS[kind](seed), count):
            number = total["programs that slice"]
            counts = compare(artifact, runs, number % share.llvm == 0, number % share.cpp == 0)
            total.update(counts)
            if counts["different"]:
                print(
                    f"DIFFERENT: {kind}, program {total['programs'] - 1}, seed {seed}", flush=True
                )
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mutants", type=int, default=2050)
    parser.add_argument("--transformed", type=int, default=300)
    parser.add_argument("--random", type=int, default=2000)
    parser.add_argument("--llvm", type=int, default=1, help="every how many are compiled by LLVM")
    parser.add_argument("--cpp", type=int, default=10, help="and every how many as C++")
    parser.add_argument("--write", action="store_true", help="put the table into docs/engine.md")
    options = parser.parse_args()
    optional("llvmlite.binding", "'.[engine]'")
    counts = {
        "mutants": options.mutants,
        "transformed": options.transformed,
        "hostile corpus": len(documents.ROWS),
        "random programs": options.random,
    }
    rows, different = [], 0
    for kind, count in counts.items():
        start = time.process_time()
        found = study(kind, count, Share(options.llvm, options.cpp))
        different += found["different"]
        rows.append((kind, *(f"{found[column]:,}" for column in COLUMNS)))
        print(f"{kind}: {time.process_time() - start:.0f} s", file=sys.stderr, flush=True)
    publish("trust", ("", *COLUMNS), rows, options.write, PAGE)
    return int(different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
